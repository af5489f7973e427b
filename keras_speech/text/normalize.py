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


@tf.autograph.experimental.do_not_convert  # nothing to convert, and it takes seconds
def normalize_english(text):
    """Writes English text as it is spoken: lower-case words and punctuation.

    All of it are string operations of TensorFlow (regular expressions, look-ups in constant
    tables, integer arithmetic on the digits), so that the same function runs in a `tf.data` map,
    in any `tf.function`, and in an exported graph, without resources or Python code in it.

    | written | spoken | note |
    |---|---|---|
    | `“Curly” — café…` | `curly, cafe.` | Latin letters lose accents; quotes are silent; a dash is a comma, an ellipsis a period, a bracket a comma |
    | `Mr. Fox, etc.` | `mister fox, et cetera.` | a period at the end of the text stays |
    | `St. Mary, Baker St.` | `saint mary, baker street.` | saint before a saint's name, street after a name |
    | `12 Elm Dr.` | `twelve elm drive` | doctor elsewhere |
    | `No. 5, p. 3` | `number five, page three` | only before numbers |
    | `1,234` `1234567` | `one thousand two hundred thirty four` … | American, no "and", no hyphen; up to 18 digits, then digit by digit |
    | `-3.14` `.5` `007` | `minus three point one four` `zero point five` `zero zero seven` | |
    | `21st` `1/2` `2 3/4` `8/10` | `twenty first` `one half` `two and three quarters` `eight out of ten` | |
    | `5%` `5-10%` | `five percent` `five to ten percent` | |
    | `$3.50` `£0.20` `$3.5 million` | `three dollars and fifty cents` `twenty pence` `three point five million dollars` | $ £ € ¥ ₹ ¢ |
    | `10:30` `10:05 pm` `10:00` | `ten thirty` `ten oh five p m` `ten o'clock` | 24 hours: `thirteen hundred` |
    | `1984` `1905` `2007` `1980s` | `nineteen eighty four` `nineteen oh five` `two thousand seven` `nineteen eighties` | 1100 to 2099 without a comma; 1000 to 1099 after "in", "since", … |
    | `May 5, 1999` `12/25/1999` `2020-05-17` | `may fifth, nineteen ninety nine` … | month first in the second form |
    | `555-1234` | `five five five, one two three four` | telephone numbers by digits |
    | `5 km` `1 ft` `20°C` `5x3` `5 m²` | `five kilometers` `one foot` `twenty degrees celsius` `five by three` `five square meters` | |
    | `FBI` `NASA` `U.S.` `TVs` | `f b i` `nasa` `u s` `t v's` | see below |
    | `Henry VIII` `World War II` | `henry the eighth` `world war two` | |
    | `&` `@` `#5` `+` `=` `/` | `and` `at` `number five` `plus` `equals` `slash` | |

    A word in capitals is spelled if it has no vowel or at most three letters, unless it is in a
    list of common short words ("THE", "NOT"); lists hold the exceptions on either side. In a text
    without lower-case letters that has three such words or more (a headline), only those without
    a vowel and listed ones are spelled.

    The output holds only the letters a to z, apostrophes and hyphens between letters, single
    marks of ``.,;:!?`` at the end of a word, and single spaces. It does not change when it is
    normalized again. Whatever has no reading is dropped (`normalize_characters
    .unknown_characters` lists it), bytes that are no UTF-8 as well.

    Args:
        text: `str`, list of `str`, or string tensor of any shape.

    Returns: string tensor of the same shape. A text without anything to say gives `""`.

    Example:
    >>> normalize_english("Dr. Who paid $3.50 at 10:30.").numpy().decode()
    'doctor who paid three dollars and fifty cents at ten thirty.'
    """  # noqa: E501 (a table has one line per row)
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
    *[(r"([A-Za-z0-9])\.([a-z]{2,}|(?:COM|ORG|NET|EDU|GOV)\b)", r"\1 dot \2")] * 2,
    (r"www dot", " w w w dot"),
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
