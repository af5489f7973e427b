"""`split_sentences` inside a graph: the same pieces, of a batch of texts at once."""

import dataclasses

import tensorflow as tf

from keras_speech.text import character_classes as classes
from keras_speech.text import sentences
from keras_speech.text.places import Places

# A word before a period is looked up by the codes of its letters, seven bits each.
_LONGEST_ABBREVIATION = 8
_ROW_END = "\n\n"  # between two texts, which so become two paragraphs of one


@dataclasses.dataclass(frozen=True)
class Pieces:
    """Sentences of a batch of texts, in order.

    Attributes:
        texts: string `(pieces,)`.
        rows: int32 `(pieces,)`, the text that each belongs to.
        last: int32 `(pieces,)`, the code point that ends each, quotes and brackets aside; -1 where
            there is none.
        ends_paragraph: bool `(pieces,)`.
    """

    texts: tf.Tensor
    rows: tf.Tensor
    last: tf.Tensor
    ends_paragraph: tf.Tensor


def split_batch(texts, max_characters=200, closing=""):
    """Splits each text as `split_sentences` does, its paragraphs one by one.

    Works in any graph, and is exported with it.

    Args:
        texts: string tensor `(batch,)`, UTF-8; bytes that are not become U+FFFD.
        max_characters: longest piece, in characters. Defaults to 200.
        closing: characters that `Pieces.last` looks through. Defaults to none.

    Returns: `Pieces`.

    Example:

    >>> pieces = split_batch(tf.constant(["Wait! Who?", "Dr. No."]))
    >>> pieces.texts.numpy().tolist(), pieces.rows.numpy().tolist()
    ([b'Wait!', b'Who?', b'Dr. No.'], [0, 0, 1])
    """
    # Outside of AutoGraph, which would convert all this to no end.
    return tf.autograph.experimental.do_not_convert(_split)(texts, max_characters, closing)


def _split(texts, max_characters, closing):
    decoded = tf.strings.unicode_decode(texts + _ROW_END, "UTF-8")
    codes, rows = decoded.flat_values, tf.cast(decoded.value_rowids(), tf.int32)
    hidden, span_starts, span_ends = _without_braces(codes)
    space = classes.is_in(hidden, classes.SPACE)
    speech = Places(~space)
    begins, paragraphs = _boundaries(hidden, space, speech)
    starts, ends = _segments(speech, tf.cumsum(begins))
    starts, ends = _cut(hidden, speech, starts, ends, span_starts, span_ends, max_characters)
    paragraph = tf.gather(tf.cumsum(paragraphs), starts)
    following = tf.concat([paragraph[1:], [-1]], 0)
    last = Places(~classes.among(codes, closing)).before(ends)
    places = tf.RaggedTensor.from_row_lengths(_ranges(starts, ends), ends - starts)
    return Pieces(
        texts=tf.strings.unicode_encode(tf.gather(codes, places), "UTF-8"),
        rows=tf.gather(rows, starts),
        last=tf.where(last < starts, -1, tf.gather(codes, tf.maximum(last, 0))),
        ends_paragraph=tf.not_equal(paragraph, following),
    )


def _ranges(starts, ends):
    return tf.ragged.range(starts, ends).flat_values


def _without_braces(codes):
    """Codes that are 0 in braces, and the bounds of the braces that each place is in."""
    size, here = tf.size(codes), tf.range(tf.size(codes))
    opened = tf.equal(codes, ord("{"))
    edge = Places(classes.among(codes, "{}\n"))
    end = edge.from_here(here + 1)
    closed = tf.equal(tf.gather(tf.pad(codes, [[0, 1]]), end), ord("}"))
    begins = opened & closed & (end - here <= 201)
    first = tf.boolean_mask(here, begins)
    length = tf.boolean_mask(end, begins) + 1 - first
    inside = _ranges(first, first + length)
    starts = tf.tensor_scatter_nd_update(here, inside[:, None], tf.repeat(first, length))
    ends = tf.tensor_scatter_nd_update(here + 1, inside[:, None], tf.repeat(first + length, length))
    zeros = tf.zeros_like(inside)
    hidden = tf.tensor_scatter_nd_update(codes, inside[:, None], zeros)
    return hidden, starts, tf.minimum(ends, size)


def _boundaries(codes, space, speech):
    """int32 `(characters,)` twice: 1 where a sentence begins, 1 where a paragraph does."""
    size, here = tf.size(codes), tf.range(tf.size(codes))
    at = lambda place: tf.gather(codes, tf.clip_by_value(place, 0, size - 1))  # noqa: E731
    # Ends with white space behind them: at the first character after it.
    after = tf.boolean_mask(here, ~space & tf.concat([[False], space[:-1]], 0))
    gap = speech.before(after) + 1  # where the white space begins
    newlines = tf.cumsum(tf.cast(tf.equal(codes, ord("\n")), tf.int32), exclusive=True)
    paragraph = tf.gather(newlines, after) - tf.gather(newlines, gap) >= 2
    wide = _wide_ends(codes)
    ends = paragraph | _ends_sentence(codes, at, gap, after, space, wide)
    zeros = tf.zeros_like(codes)
    paragraphs = tf.tensor_scatter_nd_update(zeros, after[:, None], tf.cast(paragraph, tf.int32))
    begins = tf.tensor_scatter_nd_max(zeros, after[:, None], tf.cast(ends, tf.int32))
    return tf.maximum(begins, tf.cast(wide, tf.int32)), paragraphs


def _wide_ends(codes):
    """Where a sentence begins after Chinese and Japanese marks, which need no space."""
    here = tf.range(tf.size(codes))
    mark, closer = classes.among(codes, "。！？"), classes.among(codes, "”’」』")
    before = tf.maximum(Places(~closer).before(here), 0)
    ended = tf.gather(mark, before) & (here > 0)
    goes_on = closer | (mark & tf.concat([[False], mark[:-1]], 0))
    return ended & ~goes_on


def _ends_sentence(codes, at, gap, after, space, wide):
    """Whether a sentence ends before the white space from `gap` to `after`."""
    mark = classes.among(codes, ".!?…")
    last_mark = Places(~classes.among(codes, "\"'”’»)]")).before(gap)
    first_mark = Places(~mark).before(last_mark + 1) + 1
    marked = tf.gather(mark, tf.maximum(last_mark, 0)) & (last_mark >= 0)
    opening = lambda c: classes.among(c, sentences._OPENING)  # noqa: E731
    first, second = at(after), at(after + 1)
    following = tf.where(opening(first), tf.where(opening(second), 0, second), first)
    # The word before a period on its own.
    word = tf.maximum(Places(space).before(first_mark) + 1, first_mark - 20)
    word = tf.maximum(word, Places(wide).before(first_mark + 1))
    word = tf.minimum(Places(~opening(codes)).from_here(word), first_mark)
    length, letter = first_mark - word, at(word)
    key = _keys(at, word, length)
    numbered = classes.found(key, _keys_of(sentences._NUMBERED))
    abbreviated = classes.found(key, _keys_of(sentences._ABBREVIATIONS))
    initial = tf.equal(length, 1) & classes.is_in(letter, classes.UPPER)
    initial &= tf.not_equal(letter, ord("I")) & classes.is_in(following, classes.UPPER)
    goes_on = tf.where(numbered, classes.is_in(following, classes.DIGIT), abbreviated | initial)
    alone = tf.equal(first_mark, gap - 1)
    lower = classes.is_in(following, classes.LOWER)
    period = tf.equal(at(first_mark), ord("."))
    return marked & ~(period & (lower | (alone & goes_on)))


def _keys(at, start, length):
    """int64 keys of words in ASCII, lower case; -1 for others."""
    places = tf.range(_LONGEST_ABBREVIATION)
    letters = at(start[:, None] + places)
    used = places < length[:, None]
    known = tf.reduce_all((letters < 128) | ~used, axis=1) & (length <= _LONGEST_ABBREVIATION)
    upper = (letters >= ord("A")) & (letters <= ord("Z"))
    letters = tf.where(used, letters + 32 * tf.cast(upper, tf.int32), 0)
    powers = tf.constant([128**place for place in range(_LONGEST_ABBREVIATION)], tf.int64)
    return tf.where(known, tf.reduce_sum(tf.cast(letters, tf.int64) * powers, axis=1), -1)


def _keys_of(words):
    keys = [sum(ord(c) * 128**place for place, c in enumerate(word)) for word in words]
    return tf.constant(sorted(keys), tf.int64)


def _segments(speech, number):
    """Where sentences start and end, without white space about them."""
    places = speech.all()
    number = tf.gather(number, places)
    new = tf.not_equal(number[1:], number[:-1])
    first, last = tf.concat([[True], new], 0), tf.concat([new, [True]], 0)
    some = tf.size(places) > 0
    keep = lambda mask: tf.boolean_mask(places, mask[: tf.size(places)] & some)  # noqa: E731
    return keep(first), keep(last) + 1


def _cut(codes, speech, starts, ends, span_starts, span_ends, most):
    """Cuts what is longer than `most` as `sentences._cut` does; sorted starts and ends."""
    clause = classes.among(codes, sentences._CLAUSE_MARKS)
    blank = tf.equal(codes, ord(" "))
    mark_then_blank = clause & tf.concat([blank[1:], [False]], 0)
    breaks = Places(mark_then_blank)
    spaces = Places(classes.is_in(codes, classes.SPACE))

    def cut(number, starts, ends, cut_starts, cut_ends):
        end = breaks.before(starts + most) + 1 - starts
        by_space = tf.maximum(spaces.before(starts + most + 1) - starts, 0)
        end = tf.where(end < most // 2, by_space, end)
        end = starts + tf.where(end < 1, most, end)
        # Not in the middle of braces.
        first, last = tf.gather(span_starts, end - 1), tf.gather(span_ends, end - 1)
        outside = tf.where(first > starts, first, last)
        end = tf.where(last > end, outside, end)
        cut_starts = cut_starts.write(number, starts)
        cut_ends = cut_ends.write(number, speech.before(end) + 1)
        starts = tf.minimum(speech.from_here(end), ends)
        # What fits waits for the end; what is left is cut again.
        fits = ends - starts <= most
        whole = tf.boolean_mask(starts, fits), tf.boolean_mask(ends, fits)
        cut_starts = cut_starts.write(number + 1, whole[0])
        cut_ends = cut_ends.write(number + 1, whole[1])
        long = ~fits
        starts, ends = tf.boolean_mask(starts, long), tf.boolean_mask(ends, long)
        return number + 2, starts, ends, cut_starts, cut_ends

    arrays = [
        tf.TensorArray(tf.int32, 1, True, infer_shape=False, element_shape=[None]) for _ in "se"
    ]
    fits = ends - starts <= most
    arrays = [
        array.write(0, tf.boolean_mask(values, fits))
        for array, values in zip(arrays, (starts, ends), strict=True)
    ]
    starts, ends = tf.boolean_mask(starts, ~fits), tf.boolean_mask(ends, ~fits)
    *_, cut_starts, cut_ends = tf.while_loop(
        lambda number, starts, *_: tf.size(starts) > 0,
        cut,
        (tf.constant(1), starts, ends, *arrays),
    )
    starts, ends = cut_starts.concat(), cut_ends.concat()
    real = starts < ends
    starts, ends = tf.boolean_mask(starts, real), tf.boolean_mask(ends, real)
    order = tf.argsort(starts)
    return tf.gather(starts, order), tf.gather(ends, order)
