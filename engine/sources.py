"""What gives data sets by name: drawn from a law, or chosen among cases that somebody measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine import checks
from engine.datasets import MOST_CASES, Dataset, Origin
from engine.generators import Draw, Kind, Law, View
from engine.parts import drawn_parts, shares
from engine.streams import stream


@dataclass(frozen=True)
class DataSource:
    """A kind of data that can be had by name.

    Attributes
    ----------
    name, title, description : str
        The key in ``DATASETS``, the name for people, one sentence.
    kind : "signs", "classes", "labels" or "regression"
        Targets: -1 or +1 (N, 1); one of K classes, 1 for it and 0 for the others (N, K); K outputs that know nothing
        of each other, 0 or 1 (N, K); any number (N, 1).
    view : "plane", "curve", "images" or "table"
        What the inputs are: two numbers, one number, an image, or anything else.
    input_names, target_names : tuple of str
        Of the D inputs and the K targets; with signs the names of -1 and of +1.
    domain : (low, high) or None
        The window for a plot of the inputs, the same on every axis. None for images and tables.
    noise_scale : float
        The standard deviation of noise 1: normal, on every input, in its units. Made-up regression: on the target.
        Data from elsewhere: on every input, in standard deviations of that input.
    draw : (cases, deviation, generator) -> inputs (N, D), targets (N, K)
    image : (rows, columns) or None
        How the inputs lie in the image, row after row.
    truth : (N, 1) -> (N, 1), or None
        The law of a curve, without noise.
    most_cases : int
        How many cases there can be.
    """

    name: str
    title: str
    kind: Kind
    view: View
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    domain: tuple[float, float] | None
    noise_scale: float
    description: str
    draw: Draw
    image: tuple[int, int] | None = None
    truth: Law | None = None
    most_cases: int = MOST_CASES

    def generate(
        self, cases: int | None = None, noise: float = 0.0, seed: int = 0, split: Sequence[float] | None = None
    ) -> Dataset:
        """Draw a data set; the same settings give the same numbers in every process.

        Parameters
        ----------
        cases : int, optional
            From 2 to ``most_cases``; without it 250, or as many as there are. Of data from elsewhere the seed chooses
            which, and their order.
        noise : float
            From 0 to 1; times ``noise_scale`` it is the standard deviation. At 0 the classes do not mix, where they
            do not overlap by nature.
        seed : int
            At least 0. With the same seed, more noise moves the same points further.
        split : (training, validation, test), optional
            Shares that sum to 1; without it every case trains.
        """
        return _generate(
            self,
            Origin(
                self.name,
                checks.integer("cases", min(250, self.most_cases) if cases is None else cases, 2, self.most_cases),
                checks.number("noise", noise, 0.0, 1.0) + 0.0,  # -0 becomes 0
                checks.integer("seed", seed, 0),
                shares(split),
            ),
        )


@lru_cache(maxsize=32)
def _generate(source: DataSource, origin: Origin) -> Dataset:
    generator = stream("data", origin.seed)
    inputs, targets = source.draw(origin.cases, origin.noise * source.noise_scale, generator)
    return Dataset(inputs, targets, *drawn_parts(origin.split, origin.cases, origin.seed), origin)
