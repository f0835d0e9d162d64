"""Planes through weight space: the error of many weights as an error surface of two, which a map can show."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine import checks
from engine.differences import hessian_by_differences
from engine.surfaces import ErrorSurface, HasHessian
from engine.types import Array


class Projection(NamedTuple):
    """Where weights lie as seen from a plane: the nearest points' ``coordinates`` (..., 2), and the way to these."""

    coordinates: Array
    distances: Array


class Plane:
    """The error at w(a) = origin + a1 direction1 + a2 direction2: itself an error surface of two weights a.

    Parameters
    ----------
    surface : ErrorSurface
    origin : (P,)
    directions : (2, P)

    Notes
    -----
    By the chain rule its gradient is D dE/dw and its Hessian D H D', with the directions as the rows of D.
    """

    def __init__(self, surface: ErrorSurface, origin: npt.ArrayLike, directions: npt.ArrayLike) -> None:
        checks.instance("surface", surface, ErrorSurface)
        self.surface = surface
        self.origin = np.array(checks.array("origin", origin, surface.dimension))
        self.directions = np.array(checks.array("directions", directions, 2, surface.dimension))

    @classmethod
    def of_weights(cls, surface: ErrorSurface, origin: npt.ArrayLike, first: int, second: int) -> "Plane":
        """The plane that two of the weights span, through ``origin`` (P,); its coordinates are their values."""
        point = np.array(checks.array("origin", origin, surface.dimension))
        for name, index in (("first", first), ("second", second)):
            checks.integer(name, index, 0, surface.dimension - 1)
        if first == second:
            raise ValueError(f"second is {second}; two different weights span a plane")
        point[[first, second]] = 0.0
        directions = np.zeros((2, surface.dimension))
        directions[[0, 1], [first, second]] = 1.0
        return cls(surface, point, directions)

    @property
    def dimension(self) -> int:
        """The number of weights: 2."""
        return 2

    def weights(self, coordinates: npt.ArrayLike) -> Array:
        """The weights at points of the plane, (..., 2) -> (..., P)."""
        points = checks.shaped_vectors("coordinates", coordinates, 2)
        whole: Array = self.origin + np.matmul(points, self.directions)
        return whole

    def project(self, weights: npt.ArrayLike) -> Projection:
        """The points of the plane nearest to weights (..., P), and the Euclidean distances (...) from there.

        Where the directions span a line alone, of all coordinates that tell a point the shortest.
        """
        vectors = checks.weight_vectors("weights", weights, self.surface.dimension)
        apart = vectors.reshape(-1, self.surface.dimension) - self.origin
        # min |w - w0 - a D|
        coordinates = np.linalg.lstsq(self.directions.T, apart.T, rcond=None)[0].T.astype(np.float64)
        distances: Array = np.linalg.norm(apart - np.matmul(coordinates, self.directions), axis=1)
        leading = vectors.shape[:-1]
        return Projection(coordinates.reshape(*leading, 2), distances.reshape(leading))

    def error(self, coordinates: npt.ArrayLike) -> Array:
        """The error at each point, (..., 2) -> (...)."""
        return self.surface.error(self.weights(coordinates))

    def gradient(self, coordinates: npt.ArrayLike) -> Array:
        """The slope within the plane, (..., 2) -> (..., 2)."""
        slope: Array = np.matmul(self.surface.gradient(self.weights(coordinates)), self.directions.T)
        return slope

    def hessian(self, coordinates: npt.ArrayLike) -> Array:
        """The second derivatives within the plane, (..., 2) -> (..., 2, 2)."""
        if not isinstance(self.surface, HasHessian):
            return hessian_by_differences(self.gradient, checks.shaped_vectors("coordinates", coordinates, 2))
        whole = self.surface.hessian(self.weights(coordinates))
        within: Array = np.matmul(np.matmul(self.directions, whole), self.directions.T)
        return within
