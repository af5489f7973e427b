"""Abbreviations: titles, streets, months, Latin, references to numbers."""

import functools

from keras_speech.text import normalize_marks

# Read in any case, and wherever they stand, when a period follows.
_ANY_CASE = {
    "mr": "mister", "mrs": "missus", "ms": "miss", "messrs": "messieurs", "mme": "madame",
    "dr": "doctor", "prof": "professor", "jr": "junior", "sr": "senior", "esq": "esquire",
    "approx": "approximately", "dept": "department", "govt": "government", "vs": "versus",
    "viz": "namely", "cf": "compare", "ave": "avenue", "blvd": "boulevard", "inc": "incorporated",
    "ltd": "limited", "corp": "corporation", "assn": "association", "intl": "international",
    "etc": "et cetera", "et al": "and others",
}  # fmt: skip

# Read only with a capital letter and a period, for in lower case they are words or unclear.
_CAPITALIZED = {
    "Gen": "General", "Col": "Colonel", "Capt": "Captain", "Lt": "Lieutenant", "Sgt": "Sergeant",
    "Cpl": "Corporal", "Pvt": "Private", "Maj": "Major", "Adm": "Admiral", "Cmdr": "Commander",
    "Gov": "Governor", "Sen": "Senator", "Rep": "Representative", "Pres": "President",
    "Rev": "Reverend", "Hon": "Honorable", "Supt": "Superintendent", "Mt": "Mount", "Ft": "Fort",
    "Rd": "Road", "Ln": "Lane", "Hwy": "Highway", "Pkwy": "Parkway", "Sq": "Square",
    "Co": "Company", "Bros": "Brothers", "Univ": "University", "Jan": "January",
    "Feb": "February", "Mar": "March", "Apr": "April", "Jun": "June", "Jul": "July",
    "Aug": "August", "Sep": "September", "Sept": "September", "Oct": "October",
    "Nov": "November", "Dec": "December", "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday",
    "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday",
    "Fri": "Friday",
}  # fmt: skip

# Read only in front of a number.
_BEFORE_NUMBERS = {
    "no": "number", "nos": "numbers", "p": "page", "pp": "pages", "vol": "volume",
    "vols": "volumes",
    "ch": "chapter", "fig": "figure", "figs": "figures", "eq": "equation", "sec": "section",
    "art": "article", "op": "opus", "pt": "part", "ca": "circa", "c": "circa",
    "ext": "extension",
    "apt": "apartment", "rm": "room", "ver": "version",
}  # fmt: skip

_SAINTS = (
    "Louis Paul Paul's Peter Peter's Petersburg John John's Mary Mary's George George's James "
    "James's Patrick Patrick's Francis Thomas Andrew Andrew's Andrews Joseph Michael Nicholas "
    "Augustine Martin Martin's Lucia Helena Helens Moritz Tropez Lawrence Catherine Kitts "
    "Vincent Clair Albans Ives Pancras Bernard Anthony Elizabeth Mark Matthew Luke Stephen Anne "
    "Agnes Jude Valentine Bartholomew Charles Denis"
).split()


def _any_of(words):
    return "|".join(sorted(words, key=len, reverse=True))


_NAME = r"\b([A-Z][a-z]+|\d+(?:st|nd|rd|th))"

_RULES = [
    # Latin, any case. The period of "etc." also ends a sentence when a capital follows.
    (r"(?i)\be\. ?g\.", "for example "),
    (r"(?i)\bi\. ?e\.", "that is "),
    (r"(?i)\ba\.k\.a\.|\baka\b", "also known as "),
    (r"\b[Ee]tc\.([\"')\]]* +[\"'(\[]*)([A-Z])", r"et cetera.\1\2"),
    (r"(?i)\bw/o\b", "without"),
    (r"(?i)\bw/ ?\b", "with "),
    (r"(?i)\bc/o\b", "care of"),
    (r"\b[Pp]h\.? ?[Dd]\b\.?", "P H D"),
    # "St." is a saint before a saint's name, a street after a name, else a saint before a name.
    (rf"\bSt\.? ({_any_of(_SAINTS)})\b", r"Saint \1"),
    (rf"{_NAME} St\.([\"')\]]* +[A-Z]|[\"')\]]* *$)", r"\1 Street.\2"),
    (rf"{_NAME} St\b\.?", r"\1 Street"),
    (r"\bSt\.? ([A-Z])", r"Saint \1"),
    (r"\bSt\.", "Street"),
    # "Dr." is a drive at the end of an address.
    (r"\b(\d+ (?:[A-Z]\w* ){1,3})Dr\b\.?", r"\1Drive"),
    (r"\b(Mr|Mrs|Ms|Dr|Prof) ([A-Z])", r"\1. \2"),
    (rf"\b({_any_of(_CAPITALIZED)})\.( *$)", r"<b \1>.\2"),
    (rf"\b({_any_of(_CAPITALIZED)})\.", r"<b \1>"),
    (
        rf"(?i)\b({_any_of(_BEFORE_NUMBERS)})\. ?#?(\d)",
        r"<c \1> \2",
    ),
]

_FINAL_RULES = [
    (rf"\b({_any_of(_ANY_CASE)})\.$", r"<b \1>."),
    (rf"\b({_any_of(_ANY_CASE)})\.", r"<b \1>"),
    (r"\b(etc|vs)\b", r"<b \1>"),
]


@functools.cache
def _table():
    entries = {"b" + short: long for short, long in (_ANY_CASE | _CAPITALIZED).items()}
    entries |= {"c" + short: long for short, long in _BEFORE_NUMBERS.items()}
    entries |= {"c" + short.title(): long for short, long in _BEFORE_NUMBERS.items()}
    entries |= {"c" + short.upper(): long for short, long in _BEFORE_NUMBERS.items()}
    return normalize_marks.ConstantTable(entries)


def _expand(spans):
    return _table().lookup(spans, "")


def expand(text):
    """Expands what needs capitals, digits or places to be told, in text of any case."""
    return normalize_marks.replace_marked(normalize_marks.rewrite(text, _RULES), _expand)


def expand_lower(text):
    """Expands what is clear without capitals, in lower-case text with its final spacing."""
    return normalize_marks.replace_marked(normalize_marks.rewrite(text, _FINAL_RULES), _expand)
