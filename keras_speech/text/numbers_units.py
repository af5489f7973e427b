"""Units of measure and money: what is written and what is said, in singular and plural."""

import functools

from keras_speech.text import normalize_marks

_LENGTHS = {
    "mm": "millimeter", "cm": "centimeter", "m": "meter", "km": "kilometer", "ft": "foot",
    "yd": "yard", "mi": "mile", "in": "inch",
}  # fmt: skip

_UNITS = {
    **{unit: name for unit, name in _LENGTHS.items() if unit != "in"},
    "nm": "nanometer", "µm": "micrometer", "inch": "inch", "yds": "yard",
    "mg": "milligram", "g": "gram", "kg": "kilogram", "lb": "pound", "lbs": "pound", "oz": "ounce",
    "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "l": "liter", "L": "liter",
    "gal": "gallon", "tsp": "teaspoon", "tbsp": "tablespoon",
    "ms": "millisecond", "s": "second", "sec": "second", "secs": "second", "min": "minute",
    "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "yr": "year", "yrs": "year",
    "V": "volt", "kV": "kilovolt", "mV": "millivolt", "W": "watt", "kW": "kilowatt",
    "MW": "megawatt", "GW": "gigawatt", "kWh": "kilowatt hour", "mA": "milliamp",
    "mAh": "milliamp hour", "cal": "calorie", "kcal": "kilocalorie", "kJ": "kilojoule",
    "Pa": "pascal", "kPa": "kilopascal", "dB": "decibel", "kB": "kilobyte", "KB": "kilobyte",
    "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "px": "pixel", "°": "degree",
}  # fmt: skip

# Those whose plural is not the singular with an s, as (singular, plural).
_IRREGULAR = {
    "ft": ("foot", "feet"),
    "inch": ("inch", "inches"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "mph": ("mile per hour", "miles per hour"),
    "mpg": ("mile per gallon", "miles per gallon"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "m/s": ("meter per second", "meters per second"),
    "fps": ("frame per second", "frames per second"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "bpm": ("beat per minute", "beats per minute"),
    "psi": ("pound per square inch", "pounds per square inch"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "°C": ("degree celsius", "degrees celsius"),
    "°F": ("degree fahrenheit", "degrees fahrenheit"),
    "$": ("dollar", "dollars"),
    "$c": ("cent", "cents"),
    "£": ("pound", "pounds"),
    "£c": ("penny", "pence"),
    "€": ("euro", "euros"),
    "€c": ("cent", "cents"),
    "¥": ("yen", "yen"),
    "₹": ("rupee", "rupees"),
}

# Units that are often written with a period.
_DOTTED = (
    "ft in lb lbs oz mi yd yds sec secs min mins hr hrs yr yrs gal tsp tbsp sqft sqin sqmi cuft"
).split()

MONEY_SCALES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million",
    "bn": "billion", "b": "billion", "B": "billion", "tn": "trillion", "T": "trillion",
}  # fmt: skip


def _names():
    names = {unit: (name, name + "s") for unit, name in _UNITS.items()} | _IRREGULAR
    for unit, name in _LENGTHS.items():
        plural = {"ft": "feet", "in": "inches"}.get(unit, name + "s")
        for short, long in (("sq", "square"), ("cu", "cubic")):  # as rules write m² and m³
            names[short + unit] = (f"{long} {name}", f"{long} {plural}")
    return names


def _any_of(units):
    return "|".join(sorted(units, key=len, reverse=True))


#: Patterns of the units that follow a number, and of those that may end with a period.
UNIT = _any_of(unit for unit in _names() if unit[-1].isalpha() and unit[0] not in "°µ$£€") + "|µm"
DOTTED_UNIT = _any_of(_DOTTED)
LENGTH = _any_of(_LENGTHS)


@functools.cache
def singular():
    """Table from units to their singular names."""
    return normalize_marks.ConstantTable({unit: pair[0] for unit, pair in _names().items()})


@functools.cache
def plural():
    """Table from units to their plural names."""
    table = {unit: pair[1] for unit, pair in _names().items()}
    return normalize_marks.ConstantTable(table | {"in": "inches"})


@functools.cache
def money_scale():
    """Table from the short forms of large amounts to their names."""
    return normalize_marks.ConstantTable(MONEY_SCALES)
