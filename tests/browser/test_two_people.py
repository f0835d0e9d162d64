"""Two people with a browser each: one sends a link, the other sees the same; and neither disturbs the other."""

from __future__ import annotations

from urllib.parse import urlencode

from explorer.settings import to_link
from explorer.surface.settings import SurfaceSettings
from tests.browser.labs import SurfaceLab, TrainingLab
from tests.browser.page import Page


def path_of(link: str, page: Page) -> str:
    assert link.startswith(page.url)
    return link[len(page.url) :]


def test_a_link_shows_the_other_person_the_same_screen(page: Page, second_page: Page) -> None:
    here, there = TrainingLab(page), TrainingLab(second_page)
    here.open("seed=5&hidden_layers=5&dataset=moons&batch_size=7&optimizer=momentum&learning_rate=0.02&speed=500")
    here.play()
    here.wait_for_update(300)
    here.type("learning_rate", "0.1")
    page.wait_for("new URLSearchParams(location.search).get('changes')")
    here.wait_for_update(here.update() + 200)
    here.pause()
    page.wait_for("document.getElementById('training-sentence').textContent.length > 30")
    assert len(here.run().changes) == 1
    link = here.copied_link()

    second_page.open(path_of(link, page))
    there.wait_until_shown()
    there.settle()
    assert there.settings() == here.settings()
    assert there.weights() == here.weights()
    assert there.run_text() == here.run_text() == here.alone(first_rate=0.02)
    assert there.pictures() == here.pictures()
    for words in ("#training-epoch", "#training-step", "#training-training-error", "#training-sentence"):
        assert second_page.text(words) == page.text(words)
    for words in ("#training-state", "#training-notice"):
        assert second_page.text(words) == ""
    assert there.copied_link() == link
    assert second_page.text("#training-play") == "Play"

    # in the other lab the link is all there is
    chosen = SurfaceSettings(
        surface="himmelblau", optimizers=("momentum", "adam"), steps=60, start_w1=-1.0, start_w2=2.0
    )
    surface = SurfaceLab(second_page)
    surface.open_flat(urlencode(to_link(chosen)))
    assert surface.settings() == chosen
    assert len(surface.wait_until_drawn()) == 2


def test_two_people_train_at_once_without_seeing_each_other(page: Page, second_page: Page) -> None:
    labs = [TrainingLab(page), TrainingLab(second_page)]
    for lab, seed in zip(labs, (21, 22), strict=True):
        lab.open(f"seed={seed}&speed=500")
        lab.play()
    for _ in range(2):  # both go on while the other one does
        for lab in labs:
            lab.wait_for_update(lab.update() + 150)
    for lab in labs:
        lab.pause()
    for lab, seed in zip(labs, (21, 22), strict=True):
        assert lab.run().seed == lab.settings().seed == seed
        assert lab.run_text() == lab.alone()
    assert labs[0].weights() != labs[1].weights()
