"""What the server offers, as OpenAPI describes it."""

from keras_speech.serving import encoders
from keras_speech.voices.request import LIMITS

MODEL_ERRORS = {"404": "There is no such model or version."}
WORK_ERRORS = {
    "400": "The request is not as it has to be.",
    "404": "There is no such model.",
    "413": "The body is too large.",
    "415": "The body is compressed.",
    "429": "There are too many requests at once; `Retry-After` says when to try again.",
    "500": "Something failed inside the server.",
    "503": "The server stops.",
    "504": "The answer took too long.",
}


def description(models, formats, limits):
    """Describes a server.

    Args:
        models: dict of `Model`s by name.
        formats: names of formats of sound.
        limits: `Limits`.

    Returns: dict, an OpenAPI 3.1 document.
    """
    name_parameter = _parameter("name", list(models))
    versions = sorted({model.version for model in models.values()})
    version_parameter = _parameter("version", versions)
    predictions = [_prediction(model.signatures, limits) for model in models.values()]
    paths = {}
    for path, parameters in (
        ("/v1/models/{name}", [name_parameter]),
        ("/v1/models/{name}/versions/{version}", [name_parameter, version_parameter]),
    ):
        paths[path] = _get("Whether the model is served", parameters)
        paths[path + "/metadata"] = _get("The model's signatures", parameters)
        paths[path + ":predict"] = {
            "post": {
                "summary": "Predict, as TensorFlow Serving does",
                "parameters": parameters,
                "requestBody": _body(_any_of(predictions)),
                "responses": {"200": _json_answer("`predictions` or `outputs`"), **_work_errors()},
            }
        }
    sounds = {encoders.CONTENT_TYPES[each]: {} for each in formats}
    speaking = [model for model in models.values() if model.voice is not None]
    if speaking:
        paths["/v1/audio/speech"] = {
            "post": {
                "summary": "Speak, as OpenAI's clients ask for it",
                "requestBody": _body(
                    _any_of([_speech(model, formats, limits) for model in speaking])
                ),
                "responses": {
                    "200": {"description": "Sound, sentence by sentence", "content": sounds},
                    **_work_errors(),
                },
            }
        }
    paths["/healthz"] = _get("Whether the process answers")
    paths["/readyz"] = _get("Whether the first request need not wait", errors={"503": "Not yet."})
    paths["/metrics"] = _get("Metrics for Prometheus", content={"text/plain": {}})
    paths["/openapi.json"] = _get("This document")
    paths["/v1/voices"] = _get("What can be asked of each voice")
    html, file = {"text/html": {}}, _parameter("name")
    paths["/"] = _get("A page to try a voice in a browser", content=html)
    paths["/static/{name}"] = _get(
        "A file of the page", [file], {"404": "No such file."}, {"*/*": {}}
    )
    info = {"title": f"keras-speech: {', '.join(models)}", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths}


def _parameter(name, values=None):
    schema = {"type": "string", **({"enum": values} if values else {})}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _any_of(schemas):
    """One of several, each of them once."""
    different = [each for i, each in enumerate(schemas) if each not in schemas[:i]]
    return different[0] if len(different) == 1 else {"anyOf": different}


def _json_answer(text):
    return {"description": text, "content": {"application/json": {}}}


def _work_errors():
    return {code: _json_answer(text) for code, text in WORK_ERRORS.items()}


def _get(summary, parameters=None, errors=None, content=None):
    errors = errors or (MODEL_ERRORS if parameters else {})
    answer = {"description": summary, "content": content or {"application/json": {}}}
    responses = {"200": answer, **{code: _json_answer(text) for code, text in errors.items()}}
    operation = {"summary": summary, "responses": responses}
    return {"get": {**operation, **({"parameters": parameters} if parameters else {})}}


def _body(schema):
    # The type that a client names is not looked at.
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _prediction(signatures, limits):
    """One schema for each signature in each of the two formats."""
    choices = []
    for name, signature in signatures.items():
        is_default = name == "serving_default"
        chosen = {"enum": [name, "", None] if is_default else [name]}
        required = [] if is_default else ["signature_name"]
        items = {each: _of_tensor(tensor) for each, tensor in signature.inputs.items()}
        row = _object(items, list(items))
        columns = {
            each: {"type": "array", "items": item} if signature.inputs[each].shape else item
            for each, item in items.items()
        }
        columns = _object(columns, list(columns))
        if len(items) == 1:
            # A single input goes without its name, too.
            (item,) = items.values()
            row, columns = (
                {"anyOf": [row, item]},
                {"anyOf": [columns, {"type": "array", "items": item}]},
            )
        rows = {"type": "array", "items": row, "minItems": 1, "maxItems": limits.max_rows}
        ways = [("instances", rows), ("inputs", columns)]
        if not all(tensor.shape for tensor in signature.inputs.values()):
            # What is one for all rows comes in columns alone.
            del ways[0]
        for field, schema in ways:
            choices.append(_object({"signature_name": chosen, field: schema}, [*required, field]))
    return {"anyOf": choices}


def _of_tensor(tensor):
    """The schema of one row."""
    if tensor.dtype == "string":
        base64 = _object({"b64": {"type": "string"}}, ["b64"])
        return {"anyOf": [{"type": "string"}, base64]}
    schema = {"type": "number" if tensor.dtype == "float32" else "integer"}
    for size in reversed(tensor.shape[1:]):
        exact = {} if size is None else {"minItems": size, "maxItems": size}
        schema = {"type": "array", "items": schema, **exact}
    return schema


def _speech(model, formats, limits):
    name, speakers = model.name, model.voice.speakers
    controls = model.signatures["speak"].inputs
    # `null` is what is left out.
    numbers = {
        each: {"type": ["number", "null"], "minimum": low, "maximum": high}
        for each, (low, high) in LIMITS.items()
    }
    # What the voice has no control of may only be left as it is.
    numbers |= {each: {"enum": [0, None]} for each in LIMITS if each not in controls}
    voices = [*(speakers or ()), name, "default", ""]
    seed = {"type": ["integer", "null"], "minimum": 0, "maximum": 2**63 - 1, "default": 0}
    properties = {
        "model": {"type": "string", "const": name},
        "input": {"type": "string", "minLength": 1, "maxLength": limits.max_text},
        "voice": {"enum": [*voices, None], "default": name},
        "response_format": {"enum": [*formats, None], "default": formats[0]},
        "stream_format": {"enum": ["audio", None], "default": "audio"},
        "seed": seed,
        **numbers,
    }
    return _object(properties, ["model", "input"])


def _object(properties, required):
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
