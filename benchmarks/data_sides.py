"""What `data.py` measures, each in a process of its own: `data_sides.py JOB OPTIONS`."""

import concurrent.futures
import json
import os
import resource
import sys
import tempfile
import time

import numpy as np

SAMPLE_RATE, SECONDS = 22050, 6.0
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
TEXT = "The quick brown fox jumps over the lazy dog, and comes back late in the evening."


def make_up(directory, n_recordings):
    """Writes recordings in LJ Speech's layout: a voice-like buzz with pauses, and noise."""
    import soundfile

    os.makedirs(os.path.join(directory, "wavs"))
    generator = np.random.default_rng(0)
    times = np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    with open(os.path.join(directory, "metadata.csv"), "w") as table:
        for number in range(n_recordings):
            pitch = 120 + 60 * np.sin(2 * np.pi * generator.uniform(0.2, 0.6) * times)
            phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
            buzz = sum(np.sin(k * phase) / k for k in range(1, 20))
            envelope = np.clip(np.sin(2 * np.pi * generator.uniform(2, 4) * times), 0, 1)
            noise = generator.normal(0, 0.003, len(times))
            name = f"clip{number:05d}"
            path = os.path.join(directory, "wavs", f"{name}.wav")
            soundfile.write(path, 0.15 * envelope * buzz + noise, SAMPLE_RATE, "PCM_16")
            table.write(f"{name}|{TEXT}\n")


def read(data, layout, limit, times=1, **_):
    """The corpus; the same files several times under other names where it is to be larger."""
    import keras_speech as ks

    corpus = getattr(ks.data, layout)(data)[:limit]
    return ks.data.Corpus(
        (r.replace(id=f"{r.id}-{n}") for n in range(times) for r in corpus), name="benchmark"
    )


def hours(corpus):
    import soundfile

    return sum(soundfile.info(r.path).duration for r in corpus) / 3600


def shards_of(corpus, directory):
    """The corpus as shards, made once."""
    import keras_speech as ks

    return ks.data.prepare(corpus, os.path.join(directory, f"shards{len(corpus)}"), SAMPLE_RATE)


def librosa_features(path):
    import librosa

    samples, _ = librosa.load(path, sr=SAMPLE_RATE)
    mel = librosa.feature.melspectrogram(
        y=samples, sr=SAMPLE_RATE, n_fft=1024, hop_length=256, n_mels=80, fmax=8000, power=1.0
    )
    return np.log(np.maximum(mel, 1e-5)).T


def librosa(**options):
    corpus = read(**options)
    with concurrent.futures.ProcessPoolExecutor(CORES) as pool:
        paths = [r.path for r in corpus]
        list(pool.map(librosa_features, paths[:CORES] * 4))
        begin = time.perf_counter()
        list(pool.map(librosa_features, paths, chunksize=4))
        return {"seconds": time.perf_counter() - begin, "hours": hours(corpus)}


def _features(corpus, cache=None):
    from keras_speech.audio_spec import AudioSpec
    from keras_speech.data import feature_cache, features, tables

    spec = AudioSpec()
    store = feature_cache.mel_cache(cache, spec, level=None, trim=None)
    return features.log_mels(
        list(corpus), spec, cache=store, on_error=tables.OnError("raise"), progress=False
    )


def features(**options):
    corpus = read(**options)
    return {"seconds": _seconds_of_features(corpus), "hours": hours(corpus)}


def features_of_shards(**options):
    corpus = read(**options)
    shards = shards_of(corpus, options["directory"])
    return {"seconds": _seconds_of_features(shards), "hours": hours(corpus)}


def _seconds_of_features(corpus):
    _features(corpus[: 2 * CORES])
    begin = time.perf_counter()
    _features(corpus)
    return time.perf_counter() - begin


def prepare(**options):
    """With everything that a call has to do, such as starting its processes."""
    import keras_speech as ks

    corpus = read(**options)
    per_shard = max(1, min(256, len(corpus) // (4 * CORES)))
    with tempfile.TemporaryDirectory(dir=options["directory"]) as out:
        begin = time.perf_counter()
        ks.data.prepare(corpus, out, SAMPLE_RATE, per_shard=per_shard, processes=CORES)
        seconds = time.perf_counter() - begin
    return {"seconds": seconds, "hours": hours(corpus)}


def prepare_worker(**options):
    """All in this process, which is then what each of several would be."""
    import keras_speech as ks

    with tempfile.TemporaryDirectory(dir=options["directory"]) as out:
        ks.data.prepare(read(**options), out, SAMPLE_RATE, processes=1)
    return {}


def features_cached(**options):
    import keras_speech as ks

    with tempfile.TemporaryDirectory(dir=options["directory"]) as cache:
        train = ks.data.acoustic_batches(
            read(**options), ks.AudioSpec(), ks.text.CharacterTokenizer(), cache=cache, seed=0
        )
        for _ in train:
            pass
    return {}


def crops_cached(**options):
    import keras_speech as ks

    with tempfile.TemporaryDirectory(dir=options["directory"]) as cache:
        train = ks.data.waveform_batches(
            read(**options), 8192, 16, spec=ks.AudioSpec(), cache=cache, seed=0
        )
        for _ in train.take(100):
            pass
    return {}


def waiting(model, steps, **options):
    """Seconds of every training step, of waiting before it, and of reading its batch."""
    import keras

    import keras_speech as ks

    shards = shards_of(read(**options), options["directory"])
    spec, cache = ks.AudioSpec(), os.path.join(options["directory"], f"cache{model}")
    if model == "Tacotron2":
        tokenizer = ks.text.CharacterTokenizer()
        train = ks.data.acoustic_batches(
            shards, spec, tokenizer, 16, cache=cache, seed=0, reduction=2, drop_remainder=True
        )
        size = {**ks.models.tacotron2_configs.SMALL, "reduction": 2}
        net = ks.Tacotron2(vocabulary_size=tokenizer.vocabulary_size, **size)
    else:
        train = ks.data.waveform_batches(shards, 8192, 16, spec=spec, cache=cache, seed=0)
        net = ks.models.Vocos(**ks.models.vocos_configs.PUBLISHED_22K)
    net.compile(optimizer=keras.optimizers.Adam(1e-4))
    batches = iter(train.repeat())
    for _ in range(3):
        net.train_on_batch(next(batches))
    waits, times, readings = [], [], []
    for number in range(steps):
        begin = time.perf_counter()
        batch = next(batches)
        between = time.perf_counter()
        net.train_on_batch(batch)
        waits.append(between - begin)
        times.append(time.perf_counter() - between)
        begin = time.perf_counter()
        for index in range(16):
            ks.data.read_audio(shards[(16 * number + index) % len(shards)].path)
        readings.append(time.perf_counter() - begin)
    return {"waits": waits, "steps": times, "readings": readings}


if __name__ == "__main__":
    result = globals()[sys.argv[1]](**json.loads(sys.argv[2]))
    result["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("FIGURES " + json.dumps(result))
