"""Words in capitals: spelled letter by letter, or said as a word."""

import functools

import tensorflow as tf

from keras_speech.text import normalize_marks, numbers

# Short words that are words in capitals too (headlines, emphasis). "US" is the country.
_WORDS = (
    "AM AN AS AT BE BY DO GO HE HI IF IN IS IT ME MY NO OF OH ON OR SO TO UP WE YE AH HA HO "
    "ACT ADD AGE AGO AIR ALL AND ANY ARE ARM ART ASK BAD BAG BAR BED BIG BIT BOX BOY BUS BUT BUY "
    "CAN CAR CAT CRY CUP CUT DAD DAY DID DOG DRY EAR EAT END EYE FAR FEW FIT FLY FOR FUN GET GOD "
    "GOT GUN HAD HAS HAT HER HEY HIM HIS HIT HOT HOW ICE ITS JOB JOY KEY LAW LAY LET LIE LOT LOW "
    "MAD MAN MAY MEN MET MOM MRS MR MS DR MUM NET NEW NOR NOT NOW ODD OFF OLD ONE OUR OUT OWN PAY "
    "PUT RAN RED RUN SAD SAT SAW SAY SEA SEE SET SHE SIR SIT SIX SKY SON SUN TEA TEN THE TOO TOP "
    "TRY TWO USE VAN VIA WAR WAS WAY WET WHO WHY WIN WON YES YET YOU ZOO "
    # Acronyms of three letters that are said as words.
    "PIN RAM ROM SIM GIF LAN WAN GUI CAD DOS ZIP JIT BIOS"
).split()

# Four letters or more with a vowel, spelled all the same.
_SPELLED = (
    "AARP ACLU AFAIK AFLCIO ASAP CNBC ESPN FDIC HDMI IEEE IMDB IMHO ISBN NAACP NCAA NYPD LAPD OECD "
    "SEIU SQLITE UCLA UNLV USAF USDA USSR USPS USMC USAID UNHCR USB HIPPA MSNBC IUPAC IETF OLED "
    "UHD AAAS AAAI ICML CUDA"
).split()  # fmt: skip

_OTHERS = {"OK": "okay", "PHD": "p h d", "COVID": "covid", "SQLITE": "s q lite", "CUDA": "cuda"}

_ROMAN = (
    "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII XXIII XXIV"
).split()
_RULERS = (
    "Henry|Louis|George|Edward|Richard|Charles|James|William|Elizabeth|Philip|Napoleon|Frederick|"
    "Peter|Catherine|Nicholas|Alexander|Ivan|Mary|Paul|Pius|Benedict|Gregory|Leo|John|Francis|"
    "Ferdinand|Ramses|Ptolemy|Darius|Gustav|Christian|Wilhelm|Umberto|Leopold|Innocent|Urban"
)

_RULES = [
    (rf"\b({_RULERS}) ([IVX]+)\b", r"\1 <r \2>"),
    (
        r"\b(Chapter|Part|War|Volume|Act|Scene|Book|Section|Type|Phase|Class|Title|Bowl) "
        r"([IVX]+)\b",
        r"\1 <v \2>",
    ),
    (r"\b([A-Z]{1,3})&([A-Z]{1,3})\b", r"<i \1> and <i \2>"),
    (r"\b([A-Z]+'(?:T|LL|RE|VE|D|M))\b", r"<l \1>"),
    # At the end of the text the last period of initials ends the sentence as well.
    (r"\b((?:[A-Za-z]\.){2,})([\"')\]]* *$)", r"\1.\2"),
    (r"\b((?:[A-Za-z]\.){2,}(?:[A-Z]\b)?|[A-Z]\.[A-Z]\b)", r"<i \1>"),
    # Initials of a name ("J. K. Rowling"); "I" rather ends a sentence. Twice, for a match takes
    # the letter that the next one starts with.
    (r"\b([A-HJ-Z])\. ([A-Z])", r"\1 \2"),
    (r"\b([A-HJ-Z])\. ([A-Z])", r"\1 \2"),
]
_SHOUTED = r"[^a-z]*\b[A-Z]{2,}\b[^a-z]*\b[A-Z]{2,}\b[^a-z]*\b[A-Z]{2,}\b[^a-z]*"


@functools.cache
def _tables():
    cardinal, ordinal = {}, {}
    for value, roman in enumerate(_ROMAN, start=1):
        cardinal[roman] = numbers.PHRASES[value]
        ordinal[roman] = "the " + numbers.ordinal_phrase(value)
    clear = {roman: words for roman, words in cardinal.items() if len(roman) > 1 and roman != "XX"}
    spoken = {word: word.lower() for word in _WORDS}
    spoken |= {word: " ".join(word.lower()) for word in _SPELLED} | clear | _OTHERS
    return [normalize_marks.ConstantTable(entries) for entries in (spoken, cardinal, ordinal)]


def mark_acronyms(text):
    """Marks dotted initials, Roman numerals and words in capitals.

    A row without lower-case letters and with three words or more is taken for shouting (a
    headline), in which only words without a vowel are spelled.
    """
    text = normalize_marks.rewrite(text, _RULES)
    shouted = tf.strings.regex_full_match(text, _SHOUTED)
    # "TVs" and "TV's" sound the same, and "t v's" keeps the ending apart from the letters.
    plural = tf.strings.regex_replace(text, r"\b([A-Z]{2,})s\b", r"\1's")
    return tf.where(
        shouted,
        normalize_marks.rewrite(plural, [(r"\b([A-Z]{2,})\b", r"<h \1>")]),
        normalize_marks.rewrite(plural, [(r"\b([A-Z]{2,})\b", r"<a \1>")]),
    )


def spelled(letters):
    """`"U.S."` -> `"u s"`."""
    letters = tf.strings.regex_replace(tf.strings.lower(letters), r"[^a-z]+", "")
    return tf.strings.strip(tf.strings.regex_replace(letters, "(.)", r"\1 "))


def acronym(words):
    """Reads words in capitals by list, else by rule: a vowel and four letters make a word."""
    is_word = tf.strings.regex_full_match(words, r".*[AEIOUY].*") & (tf.strings.length(words) >= 4)
    default = tf.where(is_word, tf.strings.lower(words), spelled(words))
    return _tables()[0].lookup(words, default)


def shouted_word(words):
    """Reads words in capitals among others in capitals: a vowel makes a word."""
    is_word = tf.strings.regex_full_match(words, r".*[AEIOUY].*")
    default = tf.where(is_word, tf.strings.lower(words), spelled(words))
    return _tables()[0].lookup(words, default)


def roman_cardinal(numerals):
    """`"IV"` -> `"four"`; what is no numeral is spelled."""
    return _tables()[1].lookup(numerals, spelled(numerals))


def roman_ordinal(numerals):
    """`"VIII"` -> `"the eighth"`; what is no numeral is spelled."""
    return _tables()[2].lookup(numerals, spelled(numerals))
