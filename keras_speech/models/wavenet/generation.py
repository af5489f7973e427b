"""Generation by a WaveNet: requests checked, cut into chunks, and put together again."""

import dataclasses
import functools
import math

import keras
import numpy as np
from keras import ops

from keras_speech.models.compiled import compiled
from keras_speech.models.wavenet.packed_weights import pack
from keras_speech.models.wavenet.queues import BLOCK, Queues
from keras_speech.models.wavenet.request import checked_request, sample_counts
from keras_speech.models.wavenet.sampling_loop import condition_of, run_chunk

# Samples per call of the compiled loop, about. A call costs as much as a hundred samples.
CHUNK = 2048


def chunk_numbers(seed, start, period, begin, end, n_forced):
    """The `numbers` of `run_chunk` for the chunk whose first sample is number `start`."""
    numbers = (seed, start % 2**32, start % period, begin, end, n_forced)
    return ops.stack([ops.cast(number, "uint32") for number in numbers])


class WaveNetGenerator:
    """Runs the sampling loop of a model.

    The loop is compiled for chunks of a fixed size, which begin at the same samples however much
    is asked for at a time; so what comes out does not depend on that, to the bit.

    Args:
        model: `WaveNet`.
    """

    def __init__(self, model):
        self.model = model
        # Chunks begin on frames and on blocks.
        step = math.lcm(model.hop_length or 1, BLOCK)
        self.chunk = step * -(-CHUNK // step)
        self._compiled = {}

    def generate(self, request, lengths=None, progress=None):
        """See `WaveNet.generate`."""
        lengths = sample_counts(lengths, request, self.model.hop_length)
        try:
            result = np.empty((request.batch_size, request.n_samples), "float32")
        except (MemoryError, ValueError) as error:
            raise ValueError(
                "`n_samples` must fit into memory; `stream` gives the samples in chunks. "
                f"Received: n_samples={request.n_samples}, batch of {request.batch_size}"
            ) from error
        if progress is True:
            bar = keras.utils.Progbar(request.n_samples, unit_name="sample")
            progress = lambda done, _: bar.update(done)  # noqa: E731
        done = 0
        for piece in self.pieces(request, self.chunk):
            result[:, done : done + piece.shape[1]] = piece
            done += piece.shape[1]
            if progress:
                progress(done, request.n_samples)
        if lengths is not None:
            # The first frames are those of the prime, which the result does not contain.
            places = request.prime.shape[1] + np.arange(request.n_samples)
            result[places >= lengths[:, None]] = 0.0
        return result

    def step_by_step(self, inputs):
        """What `model(inputs)` gives, computed by the loop that generates: a check of it.

        Args:
            inputs: as the model's call arguments, of NumPy arrays.

        Returns: float32 array `(batch, samples, n_parameters)`.
        """
        samples = np.asarray(inputs["samples"], "float32")
        n_samples = samples.shape[1]
        request = self.request(0, samples, inputs.get("speaker"), inputs.get("mel"))
        request = dataclasses.replace(request, n_samples=n_samples)
        (result,) = self.pieces(request, n_samples, "parameters", n_prime=0)
        return result

    def pieces(self, request, size, output="samples", n_prime=None):
        """Yields `(batch, size, ...)` arrays of what comes after the first `n_prime` samples."""
        queues = Queues(self.model)
        n_prime = request.prime.shape[1] if n_prime is None else n_prime
        weights, run = self._packed(), self._function(request.top_p, output)
        windows = self._windows(request)
        state = queues.initial_state(request.batch_size, weights)
        # Samples that the state has seen; those of them that wait to be given away.
        seen, waiting, conditioned = 0, None, None
        total = n_prime + request.n_samples
        for begin in range(n_prime, total, size):
            end = min(begin + size, total)
            while seen < end:
                chunk, offset = divmod(seen, self.chunk)
                start = chunk * self.chunk
                stop = min(self.chunk, -(-(end - start) // BLOCK) * BLOCK)
                forced = request.prime[:, start : start + self.chunk].T
                numbers = chunk_numbers(
                    request.seed, start, queues.period, offset // BLOCK, stop // BLOCK, len(forced)
                )
                forced = np.pad(forced, [[0, self.chunk - len(forced)], [0, 0]])
                given = [] if request.speaker is None else [request.speaker]
                if windows is not None:
                    if conditioned != chunk:
                        conditioned, condition = chunk, self._condition(windows(chunk))
                    given.append(condition)
                out, *state = run(weights, numbers, request.temperature, forced, *given, *state)
                out = np.moveaxis(ops.convert_to_numpy(out)[offset:stop], 0, 1)
                waiting = out if waiting is None else np.concatenate([waiting, out], axis=1)
                seen = start + stop
                # Of a prime nothing is given away.
                waiting = waiting[:, max(0, n_prime - (seen - waiting.shape[1])) :]
            length = waiting.shape[1] - (seen - end)
            piece, waiting = waiting[:, :length], waiting[:, length:]
            yield piece

    def initial_state(self, batch_size):
        """The queues before the first sample: all that generation remembers, a list of arrays."""
        return Queues(self.model).initial_state(batch_size, self._packed())

    def _packed(self):
        if "packed" not in self._compiled:
            function = functools.partial(pack, self.model)
            self._compiled["packed"] = compiled(self.model, function)
        return self._compiled["packed"]()

    def _condition(self, window):
        if "condition" not in self._compiled:
            function = functools.partial(condition_of, self.model)
            self._compiled["condition"] = compiled(self.model, function)
        return self._compiled["condition"](window)

    def _function(self, top_p, output):
        key = (top_p, output)
        if key not in self._compiled:
            function = functools.partial(run_chunk, self.model, top_p=top_p, output=output)
            self._compiled[key] = compiled(self.model, function, jit=True)
        return self._compiled[key]

    def _windows(self, request):
        """Function of a chunk's number to the local condition that it needs; `None` if none."""
        if request.mel is None:
            return None
        frames = self.chunk // self.model.hop_length
        context = self.model.upsampler.context_frames
        last = request.mel.shape[1] - 1

        def window(chunk):
            first = chunk * frames - context
            places = np.arange(first, first + frames + 2 * context)
            # Beyond its ends the condition stays as it is there, as in the parallel form.
            return request.mel[:, np.clip(places, 0, last)]

        return window

    def request(
        self, n_samples=None, prime=None, speaker=None, mel=None, temperature=None, top_p=1.0,
        seed=0, batch_size=None,
    ):  # fmt: skip
        """Checks the arguments of `WaveNet.generate`."""
        if temperature is None:
            temperature = self.model.default_temperature
        return checked_request(
            self.model, n_samples, prime, speaker, mel, temperature, top_p, seed, batch_size
        )
