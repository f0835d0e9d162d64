"""What a data set is about: how its cases are pictured and its outputs read, under which names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import DATASETS, Dataset
from engine.types import Array
from explorer.training.own import About, about_of
from explorer.training.settings import BROUGHT, TrainingSettings

Kind = Literal["signs", "classes", "labels", "regression"]
View = Literal["plane", "curve", "images", "table"]
Range = tuple[float, float]

DRAWN_DOMAIN = (-6.0, 6.0)
_MARGIN = 0.08  # of its range, that a window of a person's own inputs is wider on either side


@dataclass(frozen=True)
class Subject:
    """What is told of a data set beside its numbers.

    ``domains`` are the windows of the inputs of a plane or a curve, one for each input, else empty. ``truth`` is the
    law of a curve without its noise, (N, 1) -> (N, 1), where one is known.
    """

    kind: Kind
    view: View
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    domains: tuple[Range, ...]
    image: tuple[int, int] | None = None
    truth: Callable[[Array], Array] | None = None
    value_range: Range | None = None  # of the targets, where it is known beforehand


def brought(settings: TrainingSettings) -> bool:
    """Whether a person brought the data: it travels with the run and is in no link."""
    return settings.dataset in BROUGHT


def subject(settings: TrainingSettings, data: Dataset, own: object = None) -> Subject:
    """What these settings' data set is about; ``own`` is what the page tells of data that a person brought."""
    if brought(settings):
        return _of_own(about_of(own, data), data, DRAWN_DOMAIN if settings.dataset == "drawn" else None)
    source = DATASETS[settings.dataset]
    windows = () if source.domain is None else (source.domain,) * len(source.input_names)
    return Subject(
        source.kind, source.view, source.input_names, source.target_names, windows, source.image, source.truth
    )


def _of_own(about: About, data: Dataset, window: Range | None) -> Subject:
    width = data.inputs.shape[1]
    view: View = "curve" if width == 1 else "plane" if width == 2 else "table"
    if view == "curve" and about.kind != "regression":
        view = "table"  # a curve is drawn of numbers
    windows: tuple[Range, ...] = ()
    if view != "table":
        windows = (window,) * width if window else tuple(_window(column) for column in data.inputs.T)
    drawn = (-1.0, 1.0) if window and about.kind == "regression" else None
    return Subject(about.kind, view, about.names, about.target_names, windows, value_range=drawn)


def _window(values: Array) -> Range:
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low) if high > low else max(1.0, abs(low))
    return low - margin, high + margin


def value_range(targets: Array, kind: Kind) -> Range:
    """What the colours of an output reach from and to, in the units of the targets."""
    if kind == "signs":
        return -1.0, 1.0
    if kind != "regression":
        return 0.0, 1.0
    low, high = np.quantile(targets[:, 0], (0.0, 1.0)) if len(targets) else (0.0, 1.0)
    margin = 0.05 * (high - low) if high > low else 1.0
    return float(low - margin), float(high + margin)
