"""The test functions of two weights and their slopes: (w1, w2) -> E and (w1, w2) -> (dE/dw1, dE/dw2).

Sources and minima stand with their records in ``engine.landscapes``.
"""

from math import e, pi

import numpy as np

from engine.types import Array


def rosenbrock(w1: Array, w2: Array) -> Array:
    """E = (1 - w1)^2 + 100 (w2 - w1^2)^2."""
    return (1.0 - w1) ** 2 + 100.0 * (w2 - w1 * w1) ** 2


def rosenbrock_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """b = 200 (w2 - w1^2); dE/dw1 = 2 (w1 - 1) - 2 b w1, dE/dw2 = b."""
    bend = 200.0 * (w2 - w1 * w1)
    return 2.0 * (w1 - 1.0 - bend * w1), bend


def himmelblau(w1: Array, w2: Array) -> Array:
    """E = (w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2."""
    return (w1 * w1 + w2 - 11.0) ** 2 + (w1 + w2 * w2 - 7.0) ** 2


def himmelblau_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """a = w1^2 + w2 - 11, b = w1 + w2^2 - 7; dE/dw1 = 4 w1 a + 2 b, dE/dw2 = 4 w2 b + 2 a."""
    first = w1 * w1 + w2 - 11.0
    second = w2 * w2 + w1 - 7.0
    return 2.0 * (2.0 * (first * w1) + second), 2.0 * (2.0 * (second * w2) + first)


def beale(w1: Array, w2: Array) -> Array:
    """E = sum_k (c_k - w1 (1 - w2^k))^2, c = 1.5, 2.25, 2.625."""
    square = w2 * w2
    first = 1.5 - w1 * (1.0 - w2)
    second = 2.25 - w1 * (1.0 - square)
    third = 2.625 - w1 * (1.0 - square * w2)
    return first**2 + second**2 + third**2


def beale_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """r_k = c_k - w1 (1 - w2^k); dE/dw1 = 2 sum_k r_k (w2^k - 1), dE/dw2 = 2 w1 sum_k k r_k w2^(k-1)."""
    square = w2 * w2
    up1, up2, up3 = w2 - 1.0, square - 1.0, square * w2 - 1.0
    first, second, third = 1.5 + w1 * up1, 2.25 + w1 * up2, 2.625 + w1 * up3
    along1 = 2.0 * (first * up1 + second * up2 + third * up3)
    return along1, 2.0 * w1 * (first + 2.0 * second * w2 + 3.0 * third * square)


def six_hump_camel(w1: Array, w2: Array) -> Array:
    """E = (4 - 2.1 w1^2 + w1^4 / 3) w1^2 + w1 w2 + 4 (w2^2 - 1) w2^2."""
    square1, square2 = w1 * w1, w2 * w2
    return (4.0 + square1 * (square1 / 3.0 - 2.1)) * square1 + w1 * w2 + 4.0 * (square2 - 1.0) * square2


def six_hump_camel_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """dE/dw1 = 8 w1 - 8.4 w1^3 + 2 w1^5 + w2, dE/dw2 = w1 - 8 w2 + 16 w2^3."""
    square = w1 * w1
    return (8.0 + square * (2.0 * square - 8.4)) * w1 + w2, w1 + (16.0 * (w2 * w2) - 8.0) * w2


def rastrigin(w1: Array, w2: Array) -> Array:
    """E = sum_k w_k^2 + 10 (1 - cos 2 pi w_k) = sum_k w_k^2 + 20 sin^2 pi w_k."""
    waves: Array = np.sin(pi * w1) ** 2 + np.sin(pi * w2) ** 2
    return w1 * w1 + w2 * w2 + 20.0 * waves


def rastrigin_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """dE/dw_k = 2 w_k + 20 pi sin 2 pi w_k."""
    return (
        2.0 * w1 + 20.0 * pi * np.sin(2.0 * pi * w1),
        2.0 * w2 + 20.0 * pi * np.sin(2.0 * pi * w2),
    )


def ackley(w1: Array, w2: Array) -> Array:
    """E = 20 (1 - exp(-0.2 r)) + e - exp(c), r = sqrt((w1^2 + w2^2) / 2), c = (cos 2 pi w1 + cos 2 pi w2) / 2."""
    radius = np.sqrt(0.5 * (w1 * w1 + w2 * w2))
    waves = 0.5 * (np.cos(2.0 * pi * w1) + np.cos(2.0 * pi * w2))
    error: Array = e - np.exp(waves) - 20.0 * np.expm1(-0.2 * radius)
    return error


def ackley_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """dE/dw_k = 2 exp(-0.2 r) w_k / r + pi exp(c) sin 2 pi w_k; at the kink r = 0 it is set to 0."""
    radius = np.sqrt(0.5 * (w1 * w1 + w2 * w2))
    pull = 2.0 * np.exp(-0.2 * radius) / np.where(radius == 0.0, 1.0, radius)
    waves = pi * np.exp(0.5 * (np.cos(2.0 * pi * w1) + np.cos(2.0 * pi * w2)))
    return pull * w1 + waves * np.sin(2.0 * pi * w1), pull * w2 + waves * np.sin(2.0 * pi * w2)


def saddle(w1: Array, w2: Array) -> Array:
    """E = w1^4 / 4 - w1^2 / 2 + w2^2 / 2."""
    square = w1 * w1
    return 0.25 * square * square - 0.5 * square + 0.5 * (w2 * w2)


def saddle_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """dE/dw1 = w1^3 - w1, dE/dw2 = w2."""
    return (w1 * w1 - 1.0) * w1, w2


def ravine(w1: Array, w2: Array) -> Array:
    """E = ((w1 + w2)^2 + 50 (w1 - w2)^2) / 4."""
    return 0.25 * (w1 + w2) ** 2 + 12.5 * (w1 - w2) ** 2


def ravine_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """a = (w1 + w2) / 2, b = 25 (w1 - w2); dE/dw1 = a + b, dE/dw2 = a - b."""
    along, across = 0.5 * (w1 + w2), 25.0 * (w1 - w2)
    return along + across, along - across


def double_well(w1: Array, w2: Array) -> Array:
    """E = (w1 + 1)^2 (w1^2 - 2.2 w1 + 1.4) + w2^2."""
    return (w1 + 1.0) ** 2 * ((w1 - 2.2) * w1 + 1.4) + w2 * w2


def double_well_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """dE/dw1 = 4 (w1^2 - 1) (w1 - 0.15), dE/dw2 = 2 w2."""
    return 4.0 * (w1 * w1 - 1.0) * (w1 - 0.15), 2.0 * w2


def plateau(w1: Array, w2: Array) -> Array:
    """E = (1 + tanh 5 w1) / 2 + ((w1 + 1.5)^2 + w2^2) / 50."""
    return 0.5 * (1.0 + np.tanh(5.0 * w1)) + 0.02 * ((w1 + 1.5) ** 2 + w2 * w2)


def plateau_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """dE/dw1 = 2.5 (1 - tanh^2 5 w1) + (w1 + 1.5) / 25, dE/dw2 = w2 / 25."""
    return 2.5 * (1.0 - np.tanh(5.0 * w1) ** 2) + 0.04 * (w1 + 1.5), 0.04 * w2


def styblinski_tang(w1: Array, w2: Array) -> Array:
    """E = 1/2 sum_k (w_k^4 - 16 w_k^2 + 5 w_k)."""
    square1, square2 = w1 * w1, w2 * w2
    return 0.5 * ((square1 - 16.0) * square1 + (square2 - 16.0) * square2 + 5.0 * (w1 + w2))


def styblinski_tang_slope(w1: Array, w2: Array) -> tuple[Array, Array]:
    """dE/dw_k = 2 w_k^3 - 16 w_k + 2.5."""
    return (2.0 * (w1 * w1) - 16.0) * w1 + 2.5, (2.0 * (w2 * w2) - 16.0) * w2 + 2.5
