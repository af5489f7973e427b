"""Where numbers stand in text, and how each is to be read: rules that mark spans.

The order matters: what a pattern takes for a plain number must not be part of a date, an amount
or a range any more. Each pattern starts a number at a word boundary (see `normalize_marks`).
Rules that stand twice take two neighbors which share a digit (`5x3x2`).

First of all numbers become one word each, which has no boundary inside: `1,234.5` is written as
`1__234_5`. So the patterns of years and plain numbers can't take a part of it.
"""

from keras_speech.text import numbers_units

_INT = r"\d+(?:__\d{3})*"
_NUMBER = rf"{_INT}(?:_\d+)?"
_CURRENCY = "[$£€¥₹]"
_MONTH = "(January|February|March|April|May|June|July|August|September|October|November|December)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR = r"1[1-9]\d\d|20\d\d"
_YEAR_WORDS = (
    "(?i:in|since|by|from|until|till|before|after|of|year|around|circa|ad|january|february|march|"
    "april|may|june|july|august|september|october|november|december)"
)
_BELOW = "[2-9]|12|16|20|32|64"  # denominators that are read as parts
_SCALE = "hundred|thousand|million|billion|trillion|quadrillion"
_SHORT_SCALE = "|".join(numbers_units.MONEY_SCALES)
_UNIT, _DOTTED, _LENGTH = numbers_units.UNIT, numbers_units.DOTTED_UNIT, numbers_units.LENGTH

_FORMS = [
    (r"_+", " "),
    (rf"\b({_LENGTH})(?:²|2\b)", r"sq\1"),
    (rf"\b({_LENGTH})(?:³|3\b)", r"cu\1"),
    (rf"(\d) ?({_LENGTH})²", r"\1 sq\2"),
    (rf"(\d) ?({_LENGTH})³", r"\1 cu\2"),
    (rf"(\d) ?(sq|cu)\.? ({_LENGTH})\b", r"\1 \2\3"),
    (r"([A-Za-z])(\d)", r"\1 \2"),  # H2O, MP3
    (r"([A-Za-z])[-–](\d)", r"\1 \2"),  # F-16
    (r"\b(\d\d?)\.([0-5]\d) ?([AaPp]\.? ?[Mm])\b", r"\1:\2 \3"),
    (r"([ (\[\"$£€¥–-])\.(\d)", r"\10.\2"),
    (r"\b(\d+)\.(\d+)\.(\d)", r"\1 point \2 point \3"),
    (r"\b(\d+)\.(\d+)\.(\d)", r"\1 point \2 point \3"),
    (r"([^\w.,])(\d{1,3}),(\d{3})(\b|[A-Za-z])", r"\1\2__\3\4"),
    *[(r"(__\d{3}),(\d{3})(\b|[A-Za-z])", r"\1__\2\3")] * 5,
    (r"(\d)\.(\d)", r"\1_\2"),
    (rf"([ (\[\"])[-–]((?:{_CURRENCY} ?)?\d)", r"\1minus \2"),
    (r"# ?(\d)", r"number \1"),
    (r"\+(\d)", r"plus \1"),
    (r"\bUS ?\$", "$"),
]

_DATES = [
    (r"\b(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b", r"<m \2> <o \3>, <y \1>"),
    (r"\b(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])/(\d{4}|\d\d)\b", r"<m \1> <o \2>, <y \3>"),
    (rf"\b{_MONTH} (\d\d?) ?[-–] ?{_DAY}", r"\1 <o \2> to <o \3>"),
    (rf"\b{_MONTH} {_DAY}", r"\1 <o \2>"),
    (rf"\b(?:[Tt]he )?{_DAY} {_MONTH}\b", r"the <o \1> of \2"),
]

_TIMES = [
    (r"(\d) ?([AaPp])\. ?[Mm]\.([\"')\]]*(?: +(?:[A-Z][a-z]|I\b)| *$))", r"\1 <i \2m>.\3"),
    (r"(\d) ?([AaPp])(?:\. ?[Mm]\.|[Mm]\b)", r"\1 <i \2m>"),
    (r"\b(\d\d?):00 \x01i", "<n \\1> \x01i"),
    (r"\b(\d\d?):([0-5]\d):00\b", r"<n \1> <t \2>"),
    (r"\b(\d\d?):([0-5]\d):([0-5]\d)\b", r"<n \1> <t \2> and <w s_\3>"),
    (r"\b(0?[1-9]|1[0-2]):00\b", r"<n \1> o'clock"),
    (r"\b([01]?\d|2[0-4]):00\b", r"<n \1> hundred"),
    (r"\b([01]?\d|2[0-3]):([0-5]\d)\b", r"<n \1> <t \2>"),
    (r"\b(\d+):(\d+)\b", r"<n \1> to <n \2>"),
]

_PHONES = [
    (r"\b(\d)[-. ](\d{3})[-. ](\d{3})[-.](\d{4})\b", r"<d \1>, <d \2>, <d \3>, <d \4>"),
    (r"(?:\(|\b)(\d{3})\)?[-. ]+(\d{3})[-.](\d{4})\b", r"<d \1>, <d \2>, <d \3>"),
    (r"\b(\d{3})-(\d{4})\b", r"<d \1>, <d \2>"),
]

_MONEY = [
    (rf"({_CURRENCY}) ?({_NUMBER}) ?(?:-|–|to) ?{_CURRENCY}? ?(\d)", r"<n \2> to \1\3"),
    (rf"({_CURRENCY}) ?({_NUMBER})[ -]?({_SCALE})\b", r"<n \2> \3 <u \1>"),
    (rf"({_CURRENCY}) ?({_NUMBER}) ?({_SHORT_SCALE})\b", r"<n \2> <z \3> <u \1>"),
    (rf"({_CURRENCY}) ?({_INT})-([a-z])", r"<n \2> <s \1> \3"),
    (r"([$£€]) ?0+_(\d\d)\b", r"<w \1c_\2>"),
    (rf"({_CURRENCY}) ?({_INT})_00\b", r"<w \1_\2>"),
    (rf"([$£€]) ?({_INT})_(\d\d)\b", r"<w \1_\2> and <w \1c_\3>"),
    (rf"({_CURRENCY}) ?({_NUMBER})", r"<w \1_\2>"),
    (rf"\b({_NUMBER}) ?([$£€¥₹])", r"<w \2_\1>"),
    (rf"\b({_NUMBER}) ?¢", r"<w $c_\1>"),
]

_FRACTIONS = [
    (r"\b24/7\b", r"<n 24> <n 7>"),
    (r"\b50/50\b", r"<n 50> <n 50>"),
    (r"\b9/11\b", r"<n 9> <n 11>"),
    (rf"\b(\d+)[ -](\d\d?)/({_BELOW}) ?({_UNIT})\b", r"<n \1> and <f \2_\3> <u \4>"),
    (rf"\b(\d+)[ -](\d\d?)/({_BELOW})\b", r"<n \1> and <f \2_\3>"),
    (rf"\b(\d\d?\d?)/({_BELOW})[ -]?({_UNIT})\b", r"<f \1_\2> <s \3>"),
    (rf"\b(\d\d?\d?)/({_BELOW})\b", r"<f \1_\2>"),
    (r"\b(\d+)/(10|100)\b", r"<n \1> out of <n \2>"),
    (rf"\b({_YEAR})/(\d\d)\b", r"<y \1> <y \2>"),
    (r"\b(\d+) ?/ ?(\d+)\b", r"<n \1> over <n \2>"),
]

_RANGES = [
    (rf"\b({_YEAR})[-–](\d\d)\b", r"<y \1> to <y \2>"),
    (r"(\d)(%?) - (\d)", r"\1\2 minus \3"),
    (r"(\d)(%?) ?[-–] ?(\d)", r"\1\2 to \3"),
    (r"(\d)(%?) ?[-–] ?(\d)", r"\1\2 to \3"),
    (r"(\d)% to (\d[\d_]*%)", r"\1 to \2"),
]

_MEASURES = [
    (r"\b(\d+)' ?(\d+)\"", r"<w ft_\1> <w inch_\2>"),
    (r"(\d) ?[xX×] ?(\d)", r"\1 by \2"),
    (r"(\d) ?[xX×] ?(\d)", r"\1 by \2"),
    (rf"(\d) ?({_UNIT}) ?[xX×] ?(\d)", r"\1 \2 by \3"),
    (rf"(\d) ?({_UNIT}) ?[xX×] ?(\d)", r"\1 \2 by \3"),
    (r"(\d)[xX×]", r"\1 times"),
    (r"\b(\d\d)'?s\b", r"<e \1>"),
    (r"\b([1-9]\d\d0)'?s\b", r"<e \1>"),
    (r"[ (\[]'(\d\d)\b", r" <y \1>"),
    (rf"\b({_NUMBER}) ?° ?([CF])\b", r"<w °\2_\1>"),
    (rf"\b({_NUMBER}) ?°", r"<w °_\1>"),
    (rf"\b({_NUMBER})-({_UNIT})\b", r"<n \1> <s \2>"),
    (rf"\b({_NUMBER}) ?({_DOTTED})\.([\"')\]]*(?: +[A-Z]| *$))", r"<w \2_\1>.\3"),
    (rf"\b({_NUMBER}) ?({_DOTTED})\.", r"<w \2_\1>"),
    (rf"\b({_NUMBER}) ?({_UNIT})\b", r"<w \2_\1>"),
    (rf"\b({_NUMBER}) ?%", r"<n \1> percent"),
]

_NUMBERS = [
    (rf"\b({_INT})(?:st|nd|rd|th|ST|ND|RD|TH)\b", r"<o \1>"),
    (rf"\b({_YEAR_WORDS}) (1\d\d\d|20\d\d)\b", r"\1 <y \2>"),
    (r"\b(1\d\d\d|20\d\d) ?(BCE?|CE|AD)\b", r"<y \1> <i \2>"),
    (rf"\b({_YEAR})\b", r"<y \1>"),
    (rf"\b({_NUMBER})([A-Za-z])", r"\1 \2"),
    (r"\b(0\d+)\b", r"<d \1>"),
    (rf"\b({_NUMBER})", r"<n \1>"),
]

RULES = [
    *_FORMS,
    *_DATES,
    *_TIMES,
    *_PHONES,
    *_MONEY,
    *_FRACTIONS,
    *_RANGES,
    *_MEASURES,
    *_NUMBERS,
]
