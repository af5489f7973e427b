"""Clients that never rest, for a minute: nothing fails and nothing piles up."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "serving_load.py"


@pytest.mark.slow
def test_eight_clients_for_a_minute_lose_nothing_and_leave_nothing():
    command = [sys.executable, SCRIPT, "--clients", "8", "--seconds", "60", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["failed"] == 0, figures["errors"]
    assert figures["requests"] >= 16
    assert abs(figures["growth of memory (%)"]) < 5
