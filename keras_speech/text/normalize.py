"""English text to speakable words, as TensorFlow string operations."""

import tensorflow as tf

from keras_speech.text import normalize_characters, normalize_marks, numbers


def normalize_english(text):
    text = tf.convert_to_tensor(text, tf.string)
    shape = tf.shape(text)
    flat = tf.reshape(text, [-1])
    flat = normalize_characters.to_known_characters(flat)
    flat = tf.strings.regex_replace(flat, r"(\d+)", normalize_marks.mark("c", r" \1 "))
    flat = normalize_marks.replace_marked(
        flat,
        lambda spans: tf.strings.join(
            [" ", numbers.cardinal(tf.strings.regex_replace(spans, r"[^\d]", "")), " "]
        ),
    )
    flat = tidy(tf.strings.lower(flat))
    return tf.ensure_shape(tf.reshape(flat, shape), text.shape)


def tidy(text):
    """Brings lower-case text into its one canonical form of words and punctuation."""
    return normalize_marks.rewrite(
        text,
        [
            (r"[^a-z.,!?;:'\- ]+", " "),
            (r"-(?: *-)+| +- *|- +", ", "),
            (r"([^a-z])['-]+|^['-]+", r"\1"),
            (r"['-]+([^a-z])|['-]+$", r"\1"),
            (r"(?:[.,;:!] *)*\?(?: *[.,;:!?])*", "? "),
            (r"(?:[.,;:] *)*!(?: *[.,;:!])*", "! "),
            (r"(?:[,;:] *)*\.(?: *[.,;:])*", ". "),
            (r"(?:[,:] *)*;(?: *[,;:])*", "; "),
            (r"(?:, *)*:(?: *[,:])*", ": "),
            (r",(?: *,)*", ", "),
            (r" +([.,;:!?])", r"\1"),
            (r" +", " "),
            (r"^[ .,;:!?]+| +$", ""),
        ],
    )
