"""A SavedModel appears whole or not at all."""

import pytest
import tensorflow as tf

from keras_speech.export.directories import save_whole


def doubling():
    module = tf.Module()
    module.double = tf.function(lambda x: {"y": 2 * x}, input_signature=[tf.TensorSpec([None])])
    return module, {"serving_default": module.double}


def test_what_is_finished_is_moved_as_a_whole(tmp_path):
    module, signatures = doubling()
    target = tmp_path / "a" / "b" / "1"
    save_whole(module, target, signatures, lambda path: (path / "note").write_text("mine"))
    assert (target / "note").read_text() == "mine"
    assert [path.name for path in target.parent.iterdir()] == ["1"]
    loaded = tf.saved_model.load(str(target)).signatures["serving_default"]
    assert loaded(x=tf.constant([2.0]))["y"].numpy().tolist() == [4.0]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_nothing(tmp_path, error):
    def fail(path):
        raise error("no more room")

    with pytest.raises(error, match="no more room"):
        save_whole(*_at(tmp_path / "a" / "b" / "1"), fail)
    assert list(tmp_path.iterdir()) == []


def test_what_came_in_the_meantime_is_not_overwritten(tmp_path):
    target = tmp_path / "1"

    def meanwhile(path):
        target.mkdir()
        (target / "saved_model.pb").write_text("theirs")

    with pytest.raises(OSError):
        save_whole(*_at(target), meanwhile)
    assert (target / "saved_model.pb").read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def _at(target):
    module, signatures = doubling()
    return module, target, signatures
