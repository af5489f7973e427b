"""One job of `sizes.py`, in a process of its own: a voice made smaller, or one that speaks.

python benchmarks/sizes_sides.py make kathleen --variant int8 --path small
python benchmarks/sizes_sides.py speak kathleen --variant int8 --path small --scored
"""

import argparse
import json
from pathlib import Path

from sizes_devices import run_by_files
from speaking import SENTENCES, clocked
from vocoder_sides import start_ours

N_MELS_KEPT = 20  # sentences
# First words of variants that other programs run -> the function of `ks.export` that makes them.
RUNTIMES = {"LiteRT": "litert", "ONNX": "onnx"}


def make(name, variant, path):
    """Writes a bundled voice as one of the variants of `sizes.py`."""
    import keras_speech as ks

    voice = ks.Voice.from_preset(name)
    runtime, _, weights = variant.rpartition(" ")
    if runtime in RUNTIMES:
        getattr(ks.export, RUNTIMES[runtime])(voice, path, weights=weights)
        return
    if runtime:
        prune(voice, int(runtime.split()[1]) / 100)
    voice.save_to_preset(path, weights_dtype=weights)


def prune(voice, share):
    """Sets so large a share of each matrix to 0, its smallest weights."""
    import numpy as np

    from keras_speech.models import stored_weights

    for weight in (*voice.acoustic_model.weights, *voice.vocoder.weights):
        values = np.asarray(weight)
        if stored_weights.is_large(values):
            limit = np.quantile(np.abs(values), share)
            weight.assign(np.where(np.abs(values) < limit, 0, values))


def speak(name, variant, path, sentences):
    """The figures of a voice and what it says: all times in seconds."""
    from keras_speech.voices import Voice

    if variant.split()[0] in RUNTIMES:
        voice = Voice.from_preset(name)
        # Of the files alone: an app has no use for the rest.
        loading, _ = clocked(lambda: run_by_files(voice, Path(path)))
    else:
        loading, voice = clocked(lambda: Voice.from_preset(path))
    warming, _ = clocked(voice.warm_up)
    for sentence in sentences[:2]:
        voice.speak(sentence)
    seconds, spoken = clocked(lambda: [voice.speak(sentence) for sentence in sentences])
    sound = sum(speech.duration for speech in spoken)
    return dict(loading=loading, warming=warming, seconds=seconds, sound=sound), spoken


def errors(spoken, sentences, data):
    """`[wrong, said]` words of each sentence, as a recognizer that knows all texts hears them."""
    from keras_speech import data as corpora
    from keras_speech.evaluation import ClosedRecognizer

    texts = SENTENCES.read_text(encoding="utf-8").splitlines()
    if data is not None:
        texts += [recording.text for recording in corpora.ljspeech(data)]
    recognizer = ClosedRecognizer(texts)
    heard = [
        (speech.samples, speech.sample_rate, sentence)
        for speech, sentence in zip(spoken, sentences, strict=True)
    ]
    scores = recognizer.word_error_rate(heard).sentences
    return [[score.errors.edits, score.errors.words] for score in scores]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("job", choices=["make", "speak"])
    parser.add_argument("voice")
    parser.add_argument("--variant", required=True, help="as `sizes.py` names it")
    parser.add_argument("--path", required=True, help="where it is, or is to be")
    parser.add_argument("--sentences", type=int, default=200, help="how many are spoken")
    parser.add_argument("--scored", action="store_true", help="count the words that are wrong")
    parser.add_argument("--data", help="corpus whose texts the recognizer knows too")
    parser.add_argument("--mels", type=Path, help="where to write the first mels")
    arguments = parser.parse_args()
    start_ours()
    import numpy as np

    what = arguments.voice, arguments.variant, arguments.path
    if arguments.job == "make":
        make(*what)
        print("FIGURES {}")
        return
    sentences = SENTENCES.read_text(encoding="utf-8").splitlines()[: arguments.sentences]
    figures, spoken = speak(*what, sentences)
    if arguments.mels:
        np.savez(arguments.mels, *[speech.mel for speech in spoken[:N_MELS_KEPT]])
    if arguments.scored:
        figures["errors"] = errors(spoken, sentences, arguments.data)
    print("FIGURES " + json.dumps(figures))


if __name__ == "__main__":
    main()
