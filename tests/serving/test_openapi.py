"""The description is true: of all paths, and of what requests are taken."""

import re


def endpoints(client):
    """Pairs of path and method that the application has, HEAD aside."""
    (measured,) = {client.http.app}
    routes = measured.app.routes
    return {(route.path, method) for route in routes for method in route.methods - {"HEAD"}}


def test_it_has_every_path_and_no_other(client):
    document = client.http.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    described = {
        (path, method.upper()) for path, item in document["paths"].items() for method in item
    }
    assert described == endpoints(client)
    for path, item in document["paths"].items():
        for operation in item.values():
            names = {each["name"] for each in operation.get("parameters", [])}
            assert names == set(re.findall(r"{(\w+)}", path))


def test_predictions_have_the_signatures_of_the_metadata(client):
    paths = client.http.get("/openapi.json").json()["paths"]
    body = paths["/v1/models/{name}:predict"]["post"]["requestBody"]
    choices = body["content"]["application/json"]["schema"]["anyOf"]
    metadata = client.http.get("/v1/models/tiny/metadata").json()["metadata"]
    signatures = metadata["signature_def"]["signature_def"]
    described = {}
    for choice in choices:
        name = choice["properties"]["signature_name"]["enum"][0]
        if columns := choice["properties"].get("inputs"):
            described[name] = set(columns.get("anyOf", [columns])[0]["properties"])
    assert described == {name: set(each["inputs"]) for name, each in signatures.items()}


def test_parameters_of_speech_are_those_that_are_taken(client):
    paths = client.http.get("/openapi.json").json()["paths"]
    operation = paths["/v1/audio/speech"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    limits = schema["properties"]
    for name in limits["voice"]["enum"]:
        client.speech(voice=name)
    for name in limits["response_format"]["enum"]:
        answer = client.speech(response_format=name)
        assert answer.headers["content-type"] in operation["responses"]["200"]["content"]
    for name in ("speed", "pitch"):
        low, high = limits[name]["minimum"], limits[name]["maximum"]
        client.speech(**{name: low})
        client.speech(**{name: high})
        client.speech(**{name: low - 0.1}, status=400)
        client.speech(**{name: high + 0.1}, status=400)
    assert limits["energy"] == {"enum": [0, None]}
    client.speech(energy=0)
    client.speech(energy=None, speed=None, seed=None)
    client.speech(energy=1, status=400)
    client.speech(seed=limits["seed"]["maximum"])
    client.speech(seed=limits["seed"]["maximum"] + 1, status=400)
    client.speech(input="a" * (limits["input"]["maxLength"] + 1), status=400)
