"""`Recording` and `Corpus`: what a reader gives and what the batches are made from."""

import dataclasses
import functools
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Recording:
    """One utterance on disk.

    Args:
        id: name, unique in its corpus.
        path: the audio file, or its place in a shard, `shard-00000-of-00004.tfrecord:8192`.
        text: what is said; empty where nobody wrote it down.
        speaker: name of the speaker, or `None`.
        line: line number (from 1) in the table that named this recording, for error messages.
        durations: integer array `(tokens,)`, the mel frames each token lasts, or `None`.
        source: name of that table.
        change: an `AudioChange`, done to the samples whenever the file is read, or `None`.
    """

    id: str
    path: str
    text: str = ""
    speaker: str | None = None
    line: int | None = None
    durations: np.ndarray | None = dataclasses.field(default=None, compare=False, repr=False)
    source: str | None = None
    change: object | None = None

    @property
    def where(self):
        """The recording as an error names it: `'LJ001-0002' (line 2 of metadata.csv)`."""
        if self.line is None:
            return repr(self.id)
        of = f" of {self.source}" if self.source else ""
        return f"{self.id!r} (line {self.line}{of})"

    def replace(self, **changes):
        """The same recording with some fields changed."""
        return dataclasses.replace(self, **changes)


class Corpus(Sequence):
    """A sequence of recordings with a fixed split and a fixed numbering of speakers.

    Args:
        recordings: iterable of `Recording`, ids all different.
        name: shown in messages.
        root: the directory that was read, or `None`.
        speakers: speaker names in the order of their ids. Defaults to the sorted names found. A
            part of a corpus keeps the whole corpus's numbering, and its fixed split.
        train_ids: ids of the fixed training part. Defaults to all that are not in
            `validation_ids`.
        validation_ids: ids of the fixed validation part. Defaults to those that `split()` picks.

    Example:

    >>> corpus = Corpus([Recording(f"clip{i}", f"clip{i}.wav", "hello") for i in range(40)])
    >>> len(corpus.train), len(corpus.validation)
    (38, 2)
    """

    def __init__(
        self,
        recordings,
        name="corpus",
        root=None,
        *,
        speakers=None,
        train_ids=None,
        validation_ids=None,
    ):
        self.recordings = tuple(recordings)
        self.name = name
        self.root = None if root is None else os.fspath(root)
        self._by_id = {}
        for recording in self.recordings:
            first = self._by_id.setdefault(recording.id, recording)
            if first is not recording:
                raise ValueError(
                    "Recording ids must be unique. Received the same id twice: "
                    f"{first.where} and {recording.where}, files {first.path} and "
                    f"{recording.path}."
                )
        found = {r.speaker for r in self.recordings if r.speaker is not None}
        self.speakers = tuple(sorted(found) if speakers is None else speakers)
        if missing := sorted(found - set(self.speakers)):
            raise ValueError(
                "`speakers` must name every speaker of the recordings. "
                f"Received: speakers={list(self.speakers)} without {missing}."
            )
        self._train_ids = None if train_ids is None else frozenset(train_ids)
        self._validation_ids = None if validation_ids is None else frozenset(validation_ids)

    def __len__(self):
        return len(self.recordings)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return self._part(self.recordings[index])
        if isinstance(index, str):
            return self._by_id[index]
        return self.recordings[index]

    def __repr__(self):
        speakers = f", {len(self.speakers)} speakers" if self.speakers else ""
        return f"<Corpus {self.name!r}: {len(self)} recordings{speakers}>"

    def __add__(self, other):
        """Both corpora's recordings; speakers are numbered anew, fixed splits are joined."""
        if not isinstance(other, Corpus):
            return NotImplemented
        validation = self._fixed_validation_ids | other._fixed_validation_ids
        return Corpus(
            self.recordings + other.recordings,
            name=f"{self.name}+{other.name}",
            speakers=sorted({*self.speakers, *other.speakers}),
            validation_ids=validation,
        )

    @property
    def ids(self):
        """The recordings' ids, in order."""
        return [recording.id for recording in self.recordings]

    @property
    def train(self):
        """The fixed training part: the corpus's own list, or `split()[0]`."""
        in_train, held_out = self._train_ids, self._fixed_validation_ids
        return self._part(
            r
            for r in self.recordings
            if r.id not in held_out and (in_train is None or r.id in in_train)
        )

    @property
    def validation(self):
        """The fixed validation part: the corpus's own list, or `split()[1]`."""
        return self._part(r for r in self.recordings if r.id in self._fixed_validation_ids)

    @functools.cached_property
    def _fixed_validation_ids(self):
        if self._validation_ids is not None:
            return self._validation_ids
        return self._held_out(0.05, 0) if len(self) > 1 else frozenset()

    def split(self, validation=0.05, seed=0):
        """Splits at random, the same way on every machine.

        Which side a recording falls on depends on its id and the seed only, not on its place.

        Args:
            validation: fraction (below 1) or number of recordings held out; at least one is.
            seed: another seed gives another split.

        Returns: `(train, validation)`, two corpora.
        """
        held_out = self._held_out(validation, seed)
        return (
            self._part(r for r in self.recordings if r.id not in held_out),
            self._part(r for r in self.recordings if r.id in held_out),
        )

    def _held_out(self, validation, seed):
        n = validation if isinstance(validation, int) else round(validation * len(self))
        n = max(1, n)
        if validation <= 0 or n >= len(self):
            raise ValueError(
                "`validation` must leave recordings on both sides. "
                f"Received: validation={validation}, corpus of {len(self)}."
            )

        def rank(name):
            # Names of files need not be UTF-8.
            return hashlib.sha256(f"{seed}:{name}".encode("utf-8", "surrogateescape")).digest()

        return frozenset(sorted(self.ids, key=rank)[:n])

    def subset(self, ids: Iterable[str]):
        """The recordings with these ids, in the order given. An unknown id is an error."""
        ids = list(ids)
        if unknown := [i for i in ids if i not in self._by_id]:
            raise ValueError(
                f"`ids` must be in the corpus {self.name!r}. Received {len(unknown)} unknown, "
                f"first of them: {unknown[:5]}."
            )
        return self._part(self._by_id[i] for i in ids)

    def filter(self, keep: Callable | Iterable[str]):
        """The recordings to keep, in this corpus's order.

        Args:
            keep: ids (unknown ones are ignored), or a function of a `Recording` to bool.
        """
        if not callable(keep):
            wanted = frozenset(keep)
            return self._part(r for r in self.recordings if r.id in wanted)
        return self._part(r for r in self.recordings if keep(r))

    def shard(self, index, count):
        """One of `count` parts that have no recording in common, for one worker of several.

        Args:
            index: which part, from 0.
            count: number of parts; their sizes differ by one at most.

        Returns: `Corpus`.

        Raises:
            ValueError: `count` is not positive, or `index` not below it.
        """
        if not 0 <= index < count:
            raise ValueError(
                "`index` must be at least 0 and less than `count`. "
                f"Received: index={index}, count={count}."
            )
        return self._part(self.recordings[index::count])

    def with_durations(self, durations: Mapping[str, Sequence[int]]):
        """The same corpus with `Recording.durations` set.

        Args:
            durations: from id to frames per token; must hold every recording of the corpus.
        """
        if missing := [i for i in self.ids if i not in durations]:
            raise ValueError(
                f"`durations` must hold every recording of the corpus {self.name!r}. "
                f"Received none for {len(missing)}, first of them: {missing[:5]}."
            )
        return self._part(r.replace(durations=np.asarray(durations[r.id])) for r in self.recordings)

    def with_recordings(self, recordings, sides):
        """The same corpus with other recordings, each on the side of the fixed split that it names.

        Args:
            recordings: sequence of `Recording`.
            sides: from the id of a recording of this corpus to ids that are where it is.
        """

        def followed(ids):
            return ids and frozenset(ids).union(*(sides.get(i, ()) for i in ids))

        return self._part(
            recordings, followed(self._train_ids), followed(self._fixed_validation_ids)
        )

    def _part(self, recordings, train_ids=None, validation_ids=None):
        return Corpus(
            recordings,
            name=self.name,
            root=self.root,
            speakers=self.speakers,
            train_ids=self._train_ids if train_ids is None else train_ids,
            validation_ids=(
                self._fixed_validation_ids if validation_ids is None else validation_ids
            ),
        )
