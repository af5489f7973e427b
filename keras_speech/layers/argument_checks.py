"""Numbers that layers and models are given, checked: an error names argument, rule and value."""

import math
import numbers


def check_positive(**numbers_by_name):
    """Raise `ValueError` for the first number that is not greater than 0."""
    for name, value in numbers_by_name.items():
        if not (is_number(value) and value > 0):
            raise ValueError(f"`{name}` must be greater than 0. Received: {name}={value}")


def check_whole(*, least=1, **numbers_by_name):
    """Raise `ValueError` for the first number that is not a whole one from `least` on."""
    for name, value in numbers_by_name.items():
        if not is_whole(value) or value < least:
            raise ValueError(
                f"`{name}` must be a whole number from {least}. Received: {name}={value}"
            )


def check_odd(**numbers_by_name):
    """Raise `ValueError` for the first number that is not a whole and odd one from 1 on."""
    check_whole(**numbers_by_name)
    for name, value in numbers_by_name.items():
        if value % 2 == 0:
            raise ValueError(f"`{name}` must be odd. Received: {name}={value}")


def check_sizes(n, **sizes_by_name):
    """Raise `ValueError` for the first sequence that is not of `n` whole numbers from 1 on."""
    for name, sizes in sizes_by_name.items():
        fits = isinstance(sizes, (tuple, list)) and len(sizes) == n
        if not fits or any(not is_whole(size) or size < 1 for size in sizes):
            raise ValueError(f"`{name}` must be {n} whole numbers from 1. Received: {name}={sizes}")


def check_number(**numbers_by_name):
    """Raise `ValueError` for the first value that is no finite number."""
    for name, value in numbers_by_name.items():
        if not (is_number(value) and math.isfinite(value)):
            raise ValueError(f"`{name}` must be a finite number. Received: {name}={value}")


def check_share(**numbers_by_name):
    """Raise `ValueError` for the first number that is not in [0, 1]."""
    for name, value in numbers_by_name.items():
        if not (is_number(value) and 0 <= value <= 1):
            raise ValueError(f"`{name}` must be in [0, 1]. Received: {name}={value}")


def check_rate(**numbers_by_name):
    """Raise `ValueError` for the first number that is not in [0, 1), as rates of dropout are."""
    for name, value in numbers_by_name.items():
        if not (is_number(value) and 0 <= value < 1):
            raise ValueError(f"`{name}` must be in [0, 1). Received: {name}={value}")


def is_whole(value):
    """Tell whether a value is an integer, NumPy's included; `True` and `False` are none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_number(value):
    """Tell whether a value is a real number, NumPy's included; `True` and `False` are none."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
