"""Directions for planes through the weights of a network: random ones, and those that a path of weights took."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.network import Network
from engine.streams import stream
from engine.types import Array

# First weights are drawn from the same purpose without a place.
_FILTERS, _STAND_INS = 1, 2
# What a decomposition leaves of a singular value that is 0, as a part of the largest.
_DUST = 1e-10
# On which side of the present weights the path's farthest point lies, along each direction.
_SIDES = (-1.0, 1.0)


class PathDirections(NamedTuple):
    """Where a path of weights led: orthonormal ``directions`` (2, P), and the share (2,) of its variance in each."""

    directions: Array
    shares: Array


def random_directions(network: Network, weights: npt.ArrayLike, seed: int, mask: Array | None = None) -> Array:
    """Two random directions (2, P), filter-normalised: every neuron's part is as long as its incoming weights are.

    Biases and links that do not exist, 0 in ``mask`` (P,), stay as they are, and so does a neuron whose weights are
    all 0.

    Notes
    -----
    Li, Xu, Taylor, Studer and Goldstein 2018, "Visualizing the loss landscape of neural nets", section 4, where the
    filter of a layer that is not convolutional is what enters one neuron; their experiments leave biases out, too.
    They take the two as they were drawn, which in many dimensions are nearly perpendicular. Here a neuron's second
    direction is made perpendicular to its first before it is scaled, wherever the neuron has two links or more: in
    small networks, too, what looks equally far on the map is equally far. ValueError where all weights are 0.
    """
    vector = checks.array("weights", weights, network.dimension)
    drawn = stream("weights", checks.integer("seed", seed, 0), _FILTERS).normal(size=(2, network.dimension))
    drawn[:, ~network.is_link] = 0.0
    if mask is not None:
        drawn *= mask
    for filters, own in zip(network.matrices(drawn), network.matrices(vector), strict=True):
        first, second = filters[0], filters[1]
        second -= _along(first, second)
        lengths = np.linalg.norm(own[:, :-1], axis=1, keepdims=True)
        for each in (first, second):
            # d_ij <- d_ij |w_ij| / |d_ij|
            each *= _divided(lengths, np.linalg.norm(each, axis=1, keepdims=True))
    if not drawn.any(axis=1).all():
        raise ValueError("weights are 0, and so are directions as long as they are; they span no plane")
    return drawn


def path_directions(
    path: npt.ArrayLike, weights: npt.ArrayLike, mask: Array | None = None, resolution: float = 2.0**-52
) -> PathDirections:
    """The two directions in which a path (M, P) lies farthest from ``weights`` (P,), its present end.

    They are the principal components of w_i - w. Nothing is subtracted but w itself: of all planes through the
    present weights theirs is the one that the path stays closest to, and the shares tell how much less its squared
    distances from the plane are than those from w. Links that do not exist, 0 in ``mask`` (P,), stay as they are:
    what the path did there counts as distance. Of both signs a direction has that which lets the path come, from
    where it was farthest, out of negative coordinates along the first and of positive ones along the second. A
    direction that the path does not have, or by no more than rounding to ``resolution`` of its numbers, is 0.

    Notes
    -----
    As Li et al. 2018, section 7, and before them Lorch 2016, "Visualizing deep network training trajectories with
    PCA".
    """
    vector = checks.array("weights", weights, None)
    points = checks.array("path", path, None, len(vector))
    with np.errstate(over="ignore"):
        apart = checks.all_finite("path - weights", points - vector)
    # squares of any numbers are then numbers
    size = float(np.abs(apart).max()) or 1.0
    apart /= size
    whole = float(np.einsum("mp,mp->", apart, apart))
    kept = apart if mask is None else apart * mask
    # of the few rows of a triangle, which has the same left vectors and singular values: a third of the time
    triangle = np.asarray(np.linalg.qr(kept.T, mode="r"))
    left, values, _ = np.linalg.svd(triangle.T, full_matrices=False)
    rounding = max(resolution * float(np.linalg.norm(points / size)), _DUST * float(values[0]))
    directions, shares = np.zeros((2, len(vector))), np.zeros(2)
    for place in range(min(2, int((values > rounding).sum()))):
        farthest = left[np.abs(left[:, place]).argmax(), place]
        # v_k = u_k' (w_i - w) / s_k
        directions[place] = (_SIDES[place] * np.sign(farthest) / values[place]) * (left[:, place] @ kept)
        # s_k^2 / sum |w_i - w|^2
        shares[place] = values[place] ** 2 / whole
    return PathDirections(directions, shares)


def completed(directions: Array, seed: int, mask: Array | None = None) -> Array:
    """Orthonormal directions (2, P), or zeros, with random ones of length 1, perpendicular to those, for the zeros.

    ValueError where fewer than two weights exist.
    """
    whole = directions.copy()
    drawn = stream("weights", checks.integer("seed", seed, 0), _STAND_INS).normal(size=whole.shape)
    if mask is not None:
        if np.count_nonzero(mask) < 2:
            raise ValueError("mask leaves fewer than two weights; they span no plane")
        drawn *= mask
    for place in np.flatnonzero(~whole.any(axis=1)):
        for other in (whole[1 - place], whole[1 - place]):  # twice: the first time leaves what rounding left
            drawn[place] -= (drawn[place] @ other) * other
        whole[place] = drawn[place] / np.linalg.norm(drawn[place])
    return whole


def _along(first: Array, second: Array) -> Array:
    """The part of each row of ``second`` that lies along that of ``first``; nothing where a row has one number."""
    several = np.count_nonzero(first, axis=1, keepdims=True) > 1
    products = np.einsum("ij,ij->i", first, second)[:, None]
    part: Array = np.where(several, _divided(products, np.einsum("ij,ij->i", first, first)[:, None]), 0.0) * first
    return part


def _divided(one: Array, other: Array) -> Array:
    quotient: Array = np.divide(one, other, out=np.zeros_like(one), where=other != 0.0)
    return quotient
