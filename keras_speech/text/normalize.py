"""English text to speakable words, as TensorFlow string operations."""

import tensorflow as tf

from keras_speech.text import (
    abbreviations,
    abbreviations_acronyms,
    normalize_characters,
    normalize_marks,
    normalize_spans,
    numbers_rules,
)


def normalize_english(text):
    """Writes English text as it is spoken."""
    text = as_strings(text)
    flat = tf.reshape(text, [-1])
    flat = normalize_characters.to_known_characters(flat)
    # A space at both ends spares every rule a case for the ends.
    flat = normalize_marks.rewrite(flat, [(r"\s*\n\s*\n\s*", ". "), (r"\s+", " "), (r"^|$", " ")])
    flat = normalize_marks.rewrite(flat, _WEB)
    flat = abbreviations.expand(flat)
    flat = normalize_marks.rewrite(flat, numbers_rules.RULES)
    flat = abbreviations_acronyms.mark_acronyms(flat)
    flat = normalize_spans.read_marked(flat)
    flat = tidy(normalize_marks.rewrite(tf.strings.lower(flat), _SYMBOLS))
    flat = tidy(abbreviations.expand_lower(flat))
    return tf.ensure_shape(tf.reshape(flat, tf.shape(text)), text.shape)


def as_strings(text):
    """Returns `str`, `bytes`, a list of these or a tensor as a string tensor."""
    if isinstance(text, str):
        text = _encoded(text)
    elif isinstance(text, (list, tuple)):
        text = [_encoded(row) if isinstance(row, str) else row for row in text]
    return tf.convert_to_tensor(text, tf.string)


def _encoded(text):
    # A lone surrogate has no UTF-8 form; its bytes are dropped later as any invalid bytes are.
    return text.encode("utf-8", errors="surrogatepass")


_WEB = [
    (r"https?://", ""),
    (r"([A-Za-z0-9])\.([a-z]{2,})", r"\1 dot \2"),
    (r"([A-Za-z0-9])\.([a-z]{2,})", r"\1 dot \2"),
    (r"\bwww dot", "w w w dot"),
]

_SYMBOLS = [
    (r"\bkm/h\b", "kilometers per hour"),
    (r"/ ?(?:hour|hr|h)\b", " per hour"),
    (r"/ ?(?:month|mo)\b", " per month"),
    (r"/ ?(?:year|yr)\b", " per year"),
    (r"/ ?(day|week|person|night|second|minute)\b", r" per \1"),
    (r"and/or\b", "and or"),
    (r"&", " and "),
    (r"@", " at "),
    (r"# ?([a-z])", r" hashtag \1"),
    (r"%", " percent "),
    (r"\+", " plus "),
    (r"=", " equals "),
    (r"<", " less than "),
    (r">", " greater than "),
    (r"/", " slash "),
    (r"\$", " dollars "),
    (r"£", " pounds "),
    (r"€", " euros "),
    (r"¥", " yen "),
    (r"₹", " rupees "),
    (r"¢", " cents "),
    (r"° ?c\b", " degrees celsius "),
    (r"° ?f\b", " degrees fahrenheit "),
    (r"°", " degrees "),
    (r"²", " squared "),
    (r"³", " cubed "),
    (r"×", " times "),
    (r"µ", " micro "),
    (r"([a-z])–([a-z])", r"\1-\2"),
    (r"–", "--"),
    (r"[()\[\]]", ", "),
]


def tidy(text):
    """Brings lower-case text into its one canonical form of words and punctuation.

    Words are letters, with single apostrophes and hyphens between letters. A dash is a comma. Of
    marks that follow one another the strongest stays, at the word before, with a space behind.
    """
    return normalize_marks.rewrite(
        text,
        [
            (r"[^a-z.,!?;:'\- ]+", " "),
            (r"-(?: *-)+| +- *|- +", ", "),
            (r"(['-])['-]+", r"\1"),
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
