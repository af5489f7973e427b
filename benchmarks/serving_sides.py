"""One job of `serving.py`, in a process of its own.

python benchmarks/serving_sides.py make kathleen --directory exports
python benchmarks/serving_sides.py run --side saved_model --directory exports
"""

import argparse
import json
import re
import statistics
import sys
import time
from pathlib import Path

from vocoder_sides import THREADS, memory

# Names of the folders of `make`, and what runs there.
SIDES = ("voice", "saved_model", "c_api", "litert", "litert int8", "onnx")


def make(voice_name, directory, n_words):
    """Writes all exports of a bundled voice, and the texts with their tokens."""
    from speaking import prose

    import keras_speech as ks

    voice = ks.Voice.from_preset(voice_name)
    ks.export.saved_model(voice, directory / "saved_model", version=1)
    ks.export.litert(voice, directory / "litert")
    ks.export.litert(voice, directory / "litert int8", weights="int8")
    ks.export.onnx(voice, directory / "onnx")
    texts = {"sentence": prose(1), "text": prose(n_words)}
    tokens = {
        name: [voice.tokenizer([each])[0][0].numpy().tolist() for each in voice.sentences(text)]
        for name, text in texts.items()
    }
    facts = {
        "voice": voice_name, "texts": texts, "tokens": tokens,
        "sample_rate": voice.spec.sample_rate, "c_api": tensor_names(directory / "saved_model/1"),
    }  # fmt: skip
    (directory / "texts.json").write_text(json.dumps(facts), encoding="utf-8")


def tensor_names(path):
    """What to feed and to fetch in C, as `saved_model_cli show` tells."""
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString((path / "saved_model.pb").read_bytes())
    signature = saved.meta_graphs[0].signature_def["serving_default"]
    return {"text": signature.inputs["text"].name, "audio": signature.outputs["audio"].name}


def run(side, directory, repeats):
    """Times in seconds: loading, the first request, later ones; sound, and memory in GiB."""
    facts = json.loads((directory / "texts.json").read_text(encoding="utf-8"))
    loader = LOADERS[side.split()[0]]
    start = time.perf_counter()
    speak = loader(directory / side, facts)
    figures = {"loading": time.perf_counter() - start}
    start = time.perf_counter()
    speak("sentence")
    figures["first"] = time.perf_counter() - start
    for name in ("sentence", "text"):
        speak(name)
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            n_samples = speak(name)
            times.append(time.perf_counter() - start)
        figures[name] = statistics.median(times)
        figures[f"{name} sound"] = n_samples / facts["sample_rate"]
    return {**figures, "memory": memory()}


def _voice(directory, facts):
    """This package in Python."""
    from vocoder_sides import start_ours

    start_ours()
    from keras_speech.voices import Voice

    voice = Voice.from_preset(facts["voice"]).warm_up()
    return lambda name: len(voice.speak(facts["texts"][name]).samples)


def _saved_model(directory, facts):
    """TensorFlow in Python, without Keras and this package."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    loaded = tf.saved_model.load(directory / "1")
    speak = loaded.signatures["serving_default"]

    def run(name, loaded=loaded):
        return int(speak(text=tf.constant([facts["texts"][name]]))["audio_lengths"][0])

    return run


def _c_api(directory, facts):
    """TensorFlow's C API, as `tests/export/c_api.py` calls it, without TensorFlow's Python."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "export"))
    import c_api

    names = facts["c_api"]
    libraries = next(Path(each) / "tensorflow" for each in sys.path if _has_tensorflow(each))
    api = c_api.open_library(libraries)
    graph, session = api.load(str(directory.with_name("saved_model") / "1"))
    fed, fetched = (c_api.Output(*api.place(graph, names[each])) for each in ("text", "audio"))

    def run(name):
        text = api.string_tensor(facts["texts"][name].encode())
        return api.run(session, fed, text, fetched).shape[1]

    return run


def _has_tensorflow(folder):
    return (Path(folder) / "tensorflow" / "libtensorflow_cc.so.2").exists()


def _by_sentences(directory, facts):
    """An interpreter of LiteRT or onnxruntime, from the tokens of each sentence."""
    from sizes_devices import runner

    card = json.loads((directory / "model.json").read_text(encoding="utf-8"))
    acoustic, vocoder = (runner(directory, card["parts"][x]) for x in ("acoustic", "vocoder"))
    return lambda name: sum(
        _sentence(each, acoustic, vocoder, card["parts"]["acoustic"])
        for each in facts["tokens"][name]
    )


def _sentence(tokens, acoustic, vocoder, part):
    import numpy as np

    inputs = {"tokens": np.array([tokens], "int32")}
    for name, limits in part.get("controls", {}).items():
        inputs[name] = np.array([limits["neutral"]], "float32")
    if "noise" in part["inputs"]:
        shape = (part["max_frames"] // part["frames_per_step"], part["noise_channels"])
        inputs["noise"] = np.random.default_rng(0).random(shape, dtype="float32")
    return vocoder({"mel": acoustic(inputs)["mel"]})["audio"].shape[1]


LOADERS = {
    "voice": _voice,
    "saved_model": _saved_model,
    "c_api": _c_api,
    "litert": _by_sentences,
    "onnx": _by_sentences,
}


def stream(voice_name, directory, repeats):
    """Seconds to the first sound of the long text, of a warm server, and to its end."""
    import subprocess
    import urllib.request

    text = json.loads((directory / "texts.json").read_text(encoding="utf-8"))["texts"]["text"]
    command = [sys.executable, "-m", "keras_speech.cli", "serve", voice_name, "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = re.match(r"http://\S+(?=: )", server.stdout.readline())[0]
        content = {"model": voice_name, "input": text, "response_format": "pcm"}
        firsts, wholes = [], []
        for _ in range(repeats + 2):
            while not _is_ready(url):
                time.sleep(0.1)
            start = time.perf_counter()
            request = urllib.request.Request(f"{url}/v1/audio/speech", json.dumps(content).encode())
            with urllib.request.urlopen(request) as answer:
                answer.read(2)  # a sample
                firsts.append(time.perf_counter() - start)
                answer.read()
            wholes.append(time.perf_counter() - start)
    finally:
        server.terminate()
        server.wait(60)
    firsts, wholes = firsts[2:], wholes[2:]
    return {
        "first": statistics.median(firsts),
        "latest first": max(firsts),
        "whole": statistics.median(wholes),
    }


def _is_ready(url):
    import urllib.request

    try:
        with urllib.request.urlopen(f"{url}/readyz") as answer:
            return answer.status == 200
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("job", choices=["make", "run", "stream"])
    parser.add_argument("voice", nargs="?", default="kathleen")
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--words", type=int, default=100, help="of the long text")
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    figures = {}
    if arguments.job == "make":
        make(arguments.voice, arguments.directory, arguments.words)
    elif arguments.job == "run":
        figures = run(arguments.side, arguments.directory, arguments.repeats)
    else:
        figures = stream(arguments.voice, arguments.directory, arguments.repeats)
    print("FIGURES " + json.dumps(figures))


if __name__ == "__main__":
    main()
