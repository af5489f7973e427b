"""Makes the golden files `addons_*.npz`, in a throw-away environment with tensorflow-addons.

    python make_addons_golden.py                     # about 300 MB of downloads
    python make_addons_golden.py --environment DIR   # kept in DIR, and used again if it is there

tensorflow-addons ended with TensorFlow 2.15 and Keras 2, which cannot share an environment with
this package, and it needs Python 3.9 to 3.11. What runs in there is `addons_cases.py`; the same
cases give the same files, byte by byte.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

REQUIREMENTS = [
    "tensorflow-cpu==2.15.*; sys_platform == 'linux'",
    "tensorflow==2.15.*; sys_platform != 'linux'",
    "tensorflow-addons==0.23.0",
    "numpy<2",
]


def old_python():
    """Returns a Python that tensorflow-addons has wheels for; exits if there is none."""
    if sys.version_info < (3, 12):
        return sys.executable
    for name in ("python3.11", "python3.10", "python3.9"):
        if found := shutil.which(name):
            return found
    sys.exit(
        "tensorflow-addons needs Python 3.9 to 3.11, and none is on the PATH. "
        f"Received: Python {sys.version_info.major}.{sys.version_info.minor}."
    )


def python_in(directory):
    """Returns the Python of an environment with tensorflow-addons, made if it is not there."""
    python = Path(directory) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([old_python(), "-m", "venv", str(directory)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *REQUIREMENTS], check=True)
    return python


def make_files(python, output):
    """Runs the cases with this Python and writes their files to the folder `output`."""
    output.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    command = [str(python), "-W", "ignore", str(HERE / "addons_cases.py"), str(output)]
    subprocess.run(command, env=environment, check=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", help="folder to keep the environment in")
    parser.add_argument("--output", default=HERE, type=Path, help="folder for the files")
    options = parser.parse_args(arguments)
    if options.environment:
        make_files(python_in(options.environment), options.output)
        return
    with tempfile.TemporaryDirectory(prefix="addons-") as directory:
        make_files(python_in(directory), options.output)


if __name__ == "__main__":
    main()
