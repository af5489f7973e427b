"""`keras-speech serve` under load: clients that never rest, each request followed by the next.

    python benchmarks/serving_load.py
    python benchmarks/serving_load.py --voice kathleen-tacotron2 --clients 16 --seconds 120

Starts the command in a process of its own on a free loopback port, and asks it for 60 texts of one
to three sentences of `examples/prose_sentences_200.txt`: WAV files and numbers by TensorFlow
Serving's REST API, and streams as OpenAI's clients ask for them. Before it counts, each text is
asked for in each way: TensorFlow keeps what it prepares for each length of a sentence. (`--fresh`
leaves that out, and takes new texts all the time.) Prints how many requests failed, how long they
took, how much sound was made and how the server's memory went. Nothing else should run.
"""

import argparse
import base64
import io
import itertools
import json
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SENTENCES = Path(__file__).parents[1] / "examples" / "prose_sentences_200.txt"
N_TEXTS = 60


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voice", default="kathleen", help="what is served")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--fresh", action="store_true", help="new texts all the time")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    figures = measure(arguments.voice, arguments.clients, arguments.seconds, arguments.fresh)
    if arguments.json:
        print(json.dumps(figures))
        return
    print("| | |\n|---|---|")
    for name, value in figures.items():
        print(f"| {name} | {value:,.4g} |" if isinstance(value, float) else f"| {name} | {value} |")


def measure(voice, n_clients, seconds, fresh=False):
    """The figures of one run: a dict of numbers, and the errors by what they said."""
    command = [sys.executable, "-m", "keras_speech.cli", "serve", voice, "--name", "voice"]
    command += ["--port", "0", "--max-requests", str(n_clients)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = re.match(r"http://\S+(?=: )", server.stdout.readline())[0]
        while not _answers(f"{url}/readyz"):
            time.sleep(0.1)
        texts = _texts(N_TEXTS)
        if not fresh:
            asked = [(kind, *text) for text in texts for kind in KINDS]
            with ThreadPoolExecutor(n_clients) as pool:
                list(pool.map(lambda each: each[0](url, *each[1:]), asked))
        return _load(server.pid, url, n_clients, seconds, None if fresh else texts)
    finally:
        server.terminate()
        server.wait(60)


def _texts(n, seed=0):
    """So many texts, each with a number that options follow."""
    chance = random.Random(seed)
    sentences = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [
        (" ".join(chance.sample(sentences, chance.choice((1, 1, 2, 3)))), chance.randrange(1000))
        for _ in range(n)
    ]


def _load(pid, url, n_clients, seconds, texts):
    done, errors, memory = [], [], []
    start = time.perf_counter()
    end = start + seconds
    clients = [
        threading.Thread(target=_client, args=(url, each, end, texts, done, errors))
        for each in range(n_clients)
    ]
    for client in clients:
        client.start()
    while time.perf_counter() < end:
        memory.append((time.perf_counter() - start, _resident(pid)))
        time.sleep(0.25)
    for client in clients:
        client.join()
    took = time.perf_counter() - start
    alive = _answers(f"{url}/healthz")
    first, last = (
        statistics.median(kib for at, kib in memory if low <= at / seconds <= high)
        for low, high in ((1 / 6, 1 / 3), (5 / 6, 1))
    )
    latencies = sorted(latency for latency, _, _ in done)
    firsts = sorted(first for _, first, _ in done if first is not None)
    return {
        "requests": len(done) + len(errors),
        "failed": len(errors) + (not alive),
        "requests/s": len(done) / took,
        "latency p50 (s)": latencies[len(latencies) // 2],
        "latency p95 (s)": latencies[int(len(latencies) * 0.95)],
        "first sound of streams p50 (s)": firsts[len(firsts) // 2],
        "audio seconds per second": sum(sound for _, _, sound in done) / took,
        "memory after a sixth (MiB)": first / 1024,
        "memory at the end (MiB)": last / 1024,
        "growth of memory (%)": 100 * (last / first - 1),
        "errors": sorted(set(errors))[:5],
    }


def _client(url, number, end, texts, done, errors):
    """Asks until the end; keeps `(latency, time to the first sound or None, seconds of sound)`."""
    chance = random.Random(number)
    for kind in itertools.cycle(KINDS):
        text, option = chance.choice(texts or _texts(1, chance.random()))
        start = time.perf_counter()
        if start >= end:
            return
        try:
            first, sound = kind(url, text, option)
            done.append((time.perf_counter() - start, first and first - start, sound))
        except (OSError, ValueError, KeyError, wave.Error) as error:
            body = error.read().decode() if isinstance(error, urllib.error.HTTPError) else ""
            errors.append(f"{error} {body}"[:300])


def _wav(url, text, option):
    content = {"signature_name": "wav_bytes", "instances": [{"text": text}]}
    (row,) = json.loads(_post(f"{url}/v1/models/voice:predict", content).read())["predictions"]
    with wave.open(io.BytesIO(base64.b64decode(row["b64"]))) as file:
        return None, file.getnframes() / file.getframerate()


def _numbers(url, text, option):
    inputs = {"text": [text], "speed": [0.8 + option / 2500], "seed": [option]}
    content = {"signature_name": "speak", "inputs": inputs | _rest(url)}
    outputs = json.loads(_post(f"{url}/v1/models/voice:predict", content).read())["outputs"]
    return None, outputs["audio_lengths"][0] / outputs["sample_rate"][0]


def _stream(url, text, option):
    content = {"model": "voice", "input": text, "seed": option, "response_format": "pcm"}
    with _post(f"{url}/v1/audio/speech", content) as answer:
        answer.read(2)
        first = time.perf_counter()
        # 16 bits at 24 kHz; two bytes are read already.
        return first, (2 + len(answer.read())) / 48_000


KINDS = (_wav, _numbers, _stream)


def _rest(url):
    """The inputs of `speak` that some voices have, as they change nothing."""
    if url not in _INPUTS:
        with urllib.request.urlopen(f"{url}/v1/models/voice/metadata") as answer:
            metadata = json.load(answer)["metadata"]["signature_def"]["signature_def"]
        names = set(metadata["speak"]["inputs"]) - {"text", "speed", "seed"}
        _INPUTS[url] = {name: [""] if name == "speaker" else [0] for name in names}
    return _INPUTS[url]


_INPUTS = {}


def _post(url, content):
    return urllib.request.urlopen(url, json.dumps(content).encode(), timeout=300)


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


def _resident(pid):
    """KiB of memory that a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


if __name__ == "__main__":
    main()
