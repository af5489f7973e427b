"""What is exported speaks where neither this package nor Keras is: another process, C, a shell."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from export import server

TEXT = "Where am I? Elsewhere!"

# TensorFlow is there, Keras and this package are not, though they stand in the same folder.
LOAD = """
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, *arguments):
        hidden = name.split(".")[0] in ("keras", "keras_speech")
        return None if hidden else self.finder.find_spec(name, *arguments)

sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
import numpy as np
import tensorflow as tf

speak = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
np.save(sys.argv[3], speak(text=tf.constant([sys.argv[2]]))["audio"].numpy())
assert not {"keras", "keras_speech"} & set(sys.modules), "the SavedModel must stand alone"
"""


@pytest.fixture
def moved(request, tmp_path):
    """A voice, and the directory of its SavedModel, for the time of a test somewhere else."""
    names = {"tiny": ("voice", "exported"), "bundled": ("kathleen", "exported_kathleen")}
    voice, path = (request.getfixturevalue(name) for name in names[request.param])
    path.rename(tmp_path / "elsewhere")
    yield voice, tmp_path / "elsewhere"
    (tmp_path / "elsewhere").rename(path)


def run(command, directory):
    done = subprocess.run(
        [str(part) for part in command], cwd=directory, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize(
    "moved", ["tiny", pytest.param("bundled", marks=pytest.mark.slow)], indirect=True
)
def test_loads_where_neither_keras_nor_this_package_is(moved, tmp_path):
    voice, path = moved
    # Isolated (-I): no PYTHONPATH, and no script's folder, leads here.
    run([sys.executable, "-I", "-c", LOAD, path, TEXT, tmp_path / "audio.npy"], tmp_path)
    expected = voice.speak(TEXT).samples[None]
    np.testing.assert_allclose(np.load(tmp_path / "audio.npy"), expected, atol=1e-5)


@pytest.mark.parametrize(
    "moved", ["tiny", pytest.param("bundled", marks=pytest.mark.slow)], indirect=True
)
def test_speaks_by_the_c_api(moved, tmp_path):
    voice, path = moved
    signature = server.meta_graph(path).signature_def["serving_default"]
    script, libraries = Path(__file__).parent / "c_api.py", Path(tf.__file__).parent
    names = signature.inputs["text"].name, signature.outputs["audio"].name
    result = tmp_path / "audio.npy"
    run([sys.executable, "-I", script, libraries, path, *names, TEXT, result], tmp_path)
    expected = voice.speak(TEXT).samples[None]
    np.testing.assert_allclose(np.load(result), expected, atol=1e-5)


@pytest.mark.slow
def test_speaks_from_a_shell(exported, voice, tmp_path):
    """`saved_model_cli run`, without a line of code."""
    command = [Path(sys.executable).parent / "saved_model_cli", "run", "--dir", exported]
    command += ["--tag_set", "serve", "--signature_def", "serving_default"]
    command += ["--input_exprs", f'text=["{TEXT}"]', "--outdir", tmp_path]
    printed = run(command, tmp_path)
    assert "Result for output key audio:" in printed
    expected = voice.speak(TEXT).samples[None]
    np.testing.assert_allclose(np.load(tmp_path / "audio.npy"), expected, atol=1e-5)


def test_every_operation_is_a_standard_one_without_python_or_files(exported):
    server.assert_standard(exported)
