"""Voices that are exported once for all tests: a bundled one, and a tiny one."""

import pytest
import tensorflow as tf

import keras_speech as ks
from export.tiny_models import tiny_voice


@pytest.fixture(scope="session")
def kathleen():
    return ks.Voice.from_preset("kathleen")


@pytest.fixture(scope="session")
def exported_kathleen(kathleen, tmp_path_factory):
    """The directory of the version."""
    return ks.export.saved_model(kathleen, tmp_path_factory.mktemp("export") / "kathleen")


@pytest.fixture(scope="session")
def voice():
    """With three speakers, and a control of pitch."""
    return tiny_voice()


@pytest.fixture(scope="session")
def exported(voice, tmp_path_factory):
    """The directory of the version."""
    return ks.export.saved_model(voice, tmp_path_factory.mktemp("export") / "tiny")


@pytest.fixture(scope="session")
def served(exported):
    """Its signatures."""
    return tf.saved_model.load(str(exported)).signatures
