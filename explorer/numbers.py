"""Numbers as people read them."""

import math


def short(value: float, digits: int = 3) -> str:
    """A number with so many significant digits: 1,450, 0.0123, 1.9e-7; no exponent where none is needed."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "not a number"
    rounded = float(f"{value:.{digits}g}")
    if rounded == 0.0:
        return "0"
    if not 1e-4 <= abs(rounded) < 1e6:
        mantissa, exponent = f"{rounded:.{digits - 1}e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    else:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(rounded))))
        text = f"{rounded:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"−{text[1:]}" if text.startswith("-") else text


def plural(count: int, noun: str) -> str:
    """1 step, 2 steps."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
