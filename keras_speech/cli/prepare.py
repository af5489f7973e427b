"""`keras-speech prepare`: a corpus packed into TFRecord shards."""

import argparse
import os
import shlex
import sys
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import tokenizers
from keras_speech.cli.errors import CommandError, UsageError
from keras_speech.cli.layouts import ALL_LAYOUTS, read_corpus

DESCRIPTION = """\
Pack a corpus into shards: a few large files instead of many small ones, with recordings resampled,
mixed to one channel and compressed without loss. Training reads them in place of the recordings,
  keras-speech train tacotron2 --data OUT ...

OUT becomes a directory with
  shard-00000-of-00004.tfrecord  recordings with their texts and speakers, as TFRecords
  shard-00000-of-00004.jsonl     what is in it and where
  manifest.json                  checksums of all of them; written when all is done
  plan.jsonl                     what it was made of; without it the directory cannot be continued

Stop with Ctrl-C, or in any other way: the same command goes on where it stopped. Shards that are
whole are compared with their checksums first, and made again where they were damaged. The same
recordings and options give the same bytes, with any number of processes.
"""

EPILOG = """\
examples:
  keras-speech prepare LJSpeech-1.1 lj_shards --sample-rate 22050
  keras-speech prepare VCTK-Corpus vctk_shards --layout vctk --sample-rate 22050 --f0 \\
      --on-error skip
  keras-speech prepare recordings shards --tokenizer phones --phone-times phones.jsonl
  keras-speech prepare lj_shards --verify
  keras-speech prepare /mnt/speech /mnt/shards --sample-rate 22050 \\
      --beam="--runner=FlinkRunner --flink_master=cluster:8081"
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "prepare",
        help="pack a corpus into shards, for large trainings",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument("data", metavar="DATA", help="directory of the recordings")
    parser.add_argument(
        "out",
        metavar="OUT",
        nargs="?",
        help="directory of the shards, new or begun; may be left out with --verify",
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="read all shards, those of DATA where there is no OUT, and compare checksums",
    )
    _add_content(parser.add_argument_group("content"))
    _add_known(parser.add_argument_group("what is known of each frame or token"))
    _add_work(parser.add_argument_group("work"))
    parser.set_defaults(run=run)


def _add_content(group):
    group.add_argument(
        "--layout",
        choices=ALL_LAYOUTS,
        default="ljspeech",
        help="how DATA is laid out; default: %(default)s, or shards where it holds those",
    )
    group.add_argument(
        "--sample-rate",
        type=kinds.whole_number(4000),
        metavar="HZ",
        help="rate of the shards' audio, that of the model to train; default: the recordings' own, "
        "if all have the same",
    )
    group.add_argument(
        "--bits",
        type=int,
        choices=(16, 24),
        default=16,
        help="bits of a sample; default: %(default)s",
    )
    group.add_argument(
        "--per-shard",
        type=kinds.whole_number(1),
        default=256,
        metavar="N",
        help="recordings in a shard; fewer suit long recordings; default: %(default)s",
    )
    group.add_argument(
        "--on-error",
        choices=["raise", "skip"],
        default="raise",
        help="stop at a recording that cannot be used, or leave it out and list it; "
        "default: %(default)s",
    )


def _add_known(group):
    group.add_argument(
        "--f0",
        action="store_true",
        help="track the pitch of every frame, as `train fastspeech2` else does once per training",
    )
    group.add_argument(
        "--phone-times",
        metavar="PATH",
        help="when each phone of the recordings sounds, kept as frames of each token, so that "
        "training needs the same --tokenizer: a directory of TextGrids, or a .json or .jsonl file",
    )
    tokenizers.add_options(group)


def _add_work(group):
    group.add_argument(
        "--processes",
        type=kinds.whole_number(1),
        metavar="N",
        help="processes that work side by side; default: one for each core",
    )
    group.add_argument(
        "--beam",
        metavar="OPTIONS",
        help="let an Apache Beam pipeline with these options do the work, on machines that all see "
        "DATA and OUT under these paths; needs the package apache-beam",
    )


def run(arguments):
    tokenizers.check(arguments)
    directory = kinds.require_directory(arguments.data, what="DATA")
    if arguments.out is None:
        if not arguments.verify:
            raise UsageError("OUT is missing: the directory to write shards into.")
        return _verify(directory)
    out = Path(arguments.out).expanduser()
    if out.exists() and not out.is_dir():
        raise UsageError(f"OUT `{out}` is a file; name a directory.")
    if out.exists() and os.path.samefile(directory, out):
        raise UsageError("OUT must be another directory than DATA.")
    if arguments.phone_times is None:
        if arguments.tokenizer != "characters" or arguments.alphabet is not None:
            raise UsageError("--tokenizer and its like are for --phone-times, which are not given.")
    else:
        arguments.phone_times = str(kinds.phone_times(arguments))

    from keras_speech import data

    skipped = []
    choice = {"on_error": arguments.on_error, "skipped": skipped}
    corpus = read_corpus(arguments.layout, directory, **choice)
    spec = _spec(arguments, corpus)
    if arguments.phone_times is not None:
        corpus = _with_phone_times(corpus, spec, arguments, choice)
    try:
        data.prepare(
            corpus,
            out,
            arguments.sample_rate,
            f0=arguments.f0,
            spec=spec,
            bits=arguments.bits,
            per_shard=arguments.per_shard,
            processes=arguments.processes,
            beam=None if arguments.beam is None else shlex.split(arguments.beam),
            **choice,
        )
    except ValueError as error:
        raise CommandError(_in_options(str(error))) from error
    for entry in skipped:
        print(f"keras-speech: skipped {entry.where}: {entry.reason}", file=sys.stderr)
    if arguments.verify:
        _verify(out)
    print(_summary(out))
    return 0


def _spec(arguments, corpus):
    """The frames that pitch and durations are for; `None` where neither is asked for."""
    if not arguments.f0 and arguments.phone_times is None:
        return None
    from keras_speech.cli.specs import spec_for
    from keras_speech.data.audio_files import common_sample_rate

    rate = arguments.sample_rate or common_sample_rate(corpus)
    if rate is None:
        raise CommandError(f"`{arguments.data}` holds no recording that can be read.")
    return spec_for(rate)


def _with_phone_times(corpus, spec, arguments, choice):
    from keras_speech import data
    from keras_speech.cli.quiet import load_quietly

    load_quietly(debug=arguments.debug)
    return data.with_phone_times(
        corpus, tokenizers.make(arguments), spec, arguments.phone_times, **choice
    )


def _in_options(message):
    """Says in the command's words what the library says in Python's."""
    for name in ("sample_rate", "per_shard", "bits", "f0"):
        option = f"--{name.replace('_', '-')}"
        message = message.replace(f"`{name}`", option).replace(f"{name} was ", f"{option} was ")
    return message.replace("`directory`", "OUT").replace("on_error='skip'", "--on-error skip")


def _verify(directory):
    from keras_speech.data import shards
    from keras_speech.data.shards import damages, read_manifest

    _, found = read_manifest(directory)
    damaged = list(damages(directory, found))
    for damage in damaged:
        print(f"keras-speech: {damage}", file=sys.stderr)
    if damaged:
        raise CommandError(
            f"{len(damaged)} of {len(found)} shards are damaged. The command that made them makes "
            "those again."
        )
    n_recordings = len(shards(directory))
    print(f"{directory}: {len(found)} shards of {n_recordings:,} recordings are whole")
    return 0


def _summary(directory):
    from keras_speech.data.shards import read_manifest

    fields, found = read_manifest(directory)
    hours = fields["n_samples"] / fields["sample_rate"] / 3600
    megabytes = sum(shard.n_bytes for shard in found) / 1e6
    shards, clipped = "shard" if len(found) == 1 else "shards", ""
    if fields["n_clipped"]:
        clipped = f"\n{fields['n_clipped']:,} recordings went beyond full scale and were clipped"
    return (
        f"{directory}: {fields['recordings']:,} recordings, {hours:.2f} hours at "
        f"{fields['sample_rate']:,} Hz, in {len(found)} {shards} of {megabytes:,.1f} MB{clipped}"
    )
