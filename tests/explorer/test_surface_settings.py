from math import log10

import pytest

from engine import OPTIMIZERS
from explorer.controls import control
from explorer.settings import specs
from explorer.surface.settings import SurfaceSettings, detail_fields


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_setting_of_an_optimizer_has_its_field_with_its_default(name: str) -> None:
    fields = detail_fields(name)
    plain = OPTIMIZERS[name](learning_rate=1.0)
    assert {"learning_rate", *fields} == set(plain.to_dict()) - {"name"}
    for detail, field in fields.items():
        assert getattr(SurfaceSettings(), field) == getattr(plain, detail)


def test_what_is_nearly_one_has_a_logarithmic_slider() -> None:
    row = control("surface", SurfaceSettings, "beta2_adam")
    slider = next(each for each in row._traverse() if getattr(each, "updatemode", None) == "drag")
    assert (slider.min, slider.max) == pytest.approx((0.0, -log10(1.0 - specs(SurfaceSettings)["beta2_adam"].high)))  # type: ignore[attr-defined]
    assert slider.value == pytest.approx(3.0)  # of 0.999 a thousandth is missing
