"""What the launchers run: workers that know one another, and a command that exists."""

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from keras_speech.cli.main import _parser
from keras_speech.training.strategies import check_cluster

LAUNCHERS = Path(__file__).parent.parent.parent / "examples" / "launchers"

# In the command's place: says what it was called with.
COMMAND = '#!/bin/bash\nprintf "%s\\n" "$TF_CONFIG" "$*"\n'
SCONTROL = "#!/bin/bash\nprintf 'node7\\nnode9\\n'\n"
SRUN = '#!/bin/bash\nshift\nfor i in 0 1; do SLURM_PROCID=$i "$@"; done\n'


@pytest.fixture
def run(tmp_path):
    """Runs a script where the programs it calls only say so; returns its lines."""
    for name, text in (("keras-speech", COMMAND), ("scontrol", SCONTROL), ("srun", SRUN)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)

    def run(*command, **environment):
        environment["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    return run


def check(config, arguments, index, hosts):
    check_cluster(config)
    config = json.loads(config)
    assert config["cluster"] == {"worker": hosts}
    assert config["task"] == {"type": "worker", "index": index}
    parsed = _parser().parse_args(shlex.split(arguments))
    assert (parsed.command, parsed.strategy) == ("train tacotron2", "multi_worker")


def test_kubernetes(run):
    service, job = yaml.safe_load_all((LAUNCHERS / "kubernetes.yaml").read_text())
    spec = job["spec"]["template"]["spec"]
    # Names that pods of an indexed job with a headless service have.
    assert spec["subdomain"] == service["metadata"]["name"] == job["metadata"]["name"]
    assert service["spec"]["selector"] == {"job-name": job["metadata"]["name"]}
    assert service["spec"]["clusterIP"] == "None"
    (container,) = spec["containers"]
    given = {each["name"]: each["value"] for each in container["env"]}
    assert int(given["WORKERS"]) == job["spec"]["completions"] == job["spec"]["parallelism"]
    hosts = [f"my-voice-{i}.my-voice:12345" for i in range(2)]
    assert container["ports"] == [{"containerPort": 12345}]
    for index in range(2):
        command = [*container["command"], *container["args"]]
        config, arguments = run(*command, JOB_COMPLETION_INDEX=str(index), **given)
        check(config, arguments, index, hosts)


def test_slurm(run):
    lines = run(
        "bash", str(LAUNCHERS / "slurm.sh"),
        SLURM_JOB_ID="70001", SLURM_JOB_NODELIST="node[7,9]", HOME="/home/me",
    )  # fmt: skip
    hosts = ["node7:30001", "node9:30001"]
    for index in range(2):
        check(lines[2 * index], lines[2 * index + 1], index, hosts)
    assert "--data /home/me/LJSpeech-1.1 --out /home/me/my_voice" in lines[1]
