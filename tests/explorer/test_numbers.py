import math

import pytest

from explorer.numbers import plural, short

NUMBERS = [
    (0.0, 3, "0"),
    (-0.0, 3, "0"),
    (1.0, 3, "1"),
    (100.0, 3, "100"),
    (1450.0, 3, "1,450"),
    (1454.9, 3, "1,450"),
    (999.96, 4, "1,000"),
    (999_949.0, 4, "999,900"),
    (999_950.0, 4, "1e6"),
    (1_234_567.0, 3, "1.23e6"),
    (2e10, 3, "2e10"),
    (0.0123, 3, "0.0123"),
    (0.50001, 3, "0.5"),
    (0.1 + 0.2, 3, "0.3"),
    (0.0001, 3, "0.0001"),
    (0.00009999, 3, "0.0001"),
    (0.00001, 3, "1e-5"),
    (1.9e-7, 3, "1.9e-7"),
    (-2.5, 3, "−2.5"),
    (-1.9e-7, 3, "−1.9e-7"),
    (-1450.0, 3, "−1,450"),
    (5e-324, 3, "4.94e-324"),
    (1.7e308, 2, "1.7e308"),
    (math.inf, 3, "∞"),
    (-math.inf, 3, "−∞"),
    (math.nan, 3, "not a number"),
]


@pytest.mark.parametrize(("value", "digits", "text"), NUMBERS)
def test_numbers_are_short(value: float, digits: int, text: str) -> None:
    assert short(value, digits) == text


@pytest.mark.parametrize("digits", [1, 2, 3, 4, 6])
def test_a_short_number_is_the_number_to_its_digits(digits: int) -> None:
    for exponent in range(-12, 13):
        for mantissa in (1.0, 1.0499999, 3.14159265, 9.4999, 9.99999999):
            value = mantissa * 10.0**exponent
            said = float(short(value, digits).replace(",", ""))
            assert math.isclose(said, value, rel_tol=0.5000001 * 10.0 ** (1 - digits)), (value, digits)
            assert short(-value, digits) == f"−{short(value, digits)}"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 steps"), (1, "1 step"), (2, "2 steps"), (1001, "1,001 steps"), (10**6, "1,000,000 steps")],
)
def test_one_is_singular(count: int, text: str) -> None:
    assert plural(count, "step") == text
