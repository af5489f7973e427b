"""TensorFlow Serving's REST API: `/v1/models/NAME`."""

import asyncio

import numpy as np

from keras_speech.serving.errors import RequestError, short
from keras_speech.serving.speaking import require_length, require_tokens
from keras_speech.serving.tensors import columns_of, predictions_json, values_of

FIELDS = ("signature_name", "instances", "inputs")


class Predict:
    """Answers about models, in TensorFlow Serving's form.

    Args:
        models: dict of `Model`s by name.
        worker: `Worker`.
        limits: `Limits`.
        metrics: `Metrics`.
    """

    def __init__(self, models, worker, limits, metrics):
        self.models = models
        self.worker, self.limits, self.metrics = worker, limits, metrics

    def model(self, name, version=None):
        """The `Model` of a name; raises `RequestError` 404 unless it is served."""
        model = self.models.get(name)
        if model is None or version not in (None, model.version):
            asked = name if version is None else f"{name}, version {version}"
            there = [f"{each.name}, version {each.version}" for each in self.models.values()]
            raise RequestError(
                404, f"There is no model {short(asked)}; there is {'; '.join(there)}."
            )
        return model

    def status(self, model):
        """What `GET /v1/models/NAME` answers, a dict."""
        status = {"error_code": "OK", "error_message": ""}
        version = {"version": model.version, "state": "AVAILABLE", "status": status}
        return {"model_version_status": [version]}

    def metadata(self, model):
        """What `GET /v1/models/NAME/metadata` answers, a dict."""
        signatures = {
            name: {
                "inputs": _tensors(name, signature.inputs),
                "outputs": _tensors("StatefulPartitionedCall", signature.outputs),
                "method_name": "tensorflow/serving/predict",
            }
            for name, signature in model.signatures.items()
        }
        return {
            "model_spec": {"name": model.name, "signature_name": "", "version": model.version},
            "metadata": {"signature_def": {"signature_def": signatures}},
        }

    async def predict(self, model, content):
        """Answers a prediction.

        Args:
            model: `Model`.
            content: dict, the request.

        Returns: bytes of JSON.

        Raises:
            RequestError: 400, for what is not asked as it has to be.
        """
        unknown = sorted(content.keys() - set(FIELDS))
        if unknown:
            raise RequestError(400, f"There is no field {short(unknown[0])}: {', '.join(FIELDS)}.")
        name = content.get("signature_name")
        # TensorFlow Serving takes no name for the default, too.
        name = "serving_default" if name is None or name == "" else name
        if not isinstance(name, str) or name not in model.signatures:
            names = ", ".join(model.signatures)
            raise RequestError(400, f"`signature_name` must be one of {names}, not {short(name)}.")
        signature = model.signatures[name]
        columns = columns_of(content, signature.inputs)
        n_rows = max(
            len(columns[each]) for each, tensor in signature.inputs.items() if tensor.shape
        )
        if n_rows > self.limits.max_rows:
            raise RequestError(
                400, f"A request must have at most {self.limits.max_rows} rows, not {n_rows}."
            )
        inputs = {
            each: values_of(each, columns[each], tensor)
            for each, tensor in signature.inputs.items()
        }
        require_length(inputs.get("text", ()), self.limits.max_text)
        require_tokens(inputs.get("tokens"), self.limits.max_text)
        outputs = await self._run(model, signature.run(**inputs))
        return await asyncio.to_thread(predictions_json, outputs, by_rows="instances" in content)

    async def _run(self, model, steps):
        """Takes the steps one by one in the worker, so that other requests have turns between."""
        while True:
            done, value = await self.worker.run(_step, steps)
            if done:
                break
            self.metrics.audio_seconds.labels(model.name).inc(value)
        for name, array in value.items():
            if isinstance(array, np.ndarray) and not np.isfinite(array).all():
                raise FloatingPointError(f"the output {name} holds numbers that are not finite")
        return value


def _step(steps):
    """The next that a generator yields, or what it returns: `(done, value)`."""
    try:
        return False, next(steps)
    except StopIteration as stop:
        return True, stop.value


def _tensors(prefix, tensors):
    return {
        name: {
            "dtype": {"float32": "DT_FLOAT"}.get(tensor.dtype, f"DT_{tensor.dtype.upper()}"),
            "tensor_shape": {
                "dim": [{"size": str(-1 if n is None else n), "name": ""} for n in tensor.shape],
                "unknown_rank": False,
            },
            "name": tensor.name or f"{prefix}_{name}:0",
        }
        for name, tensor in tensors.items()
    }
