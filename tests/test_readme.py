"""The README keeps its word: its example runs as written, its files exist."""

import re
from pathlib import Path

import pytest

import engine

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()


def test_the_example_runs_as_written_and_tells_the_truth():
    [example] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict = {}
    exec(example, names)
    assert names["bowl"].gradient(names["bowl"].minimum) == pytest.approx([0.0, 0.0], abs=1e-9)
    assert names["path"].weights.shape == (201, 2)
    assert names["run"].step == 200 * 25
    assert engine.measure(names["run"]).training_error < 0.1
    assert names["forward"].activities[0].shape == (250, 2)
    assert engine.check_gradient(names["surface"], names["weights"]).relative_error < 1e-6


@pytest.mark.parametrize("path", re.findall(r"\]\(([\w./-]+)\)", README))
def test_what_it_shows_exists(path):
    assert (REPOSITORY / path).is_file()


def test_the_folders_it_names_exist():
    for folder in re.findall(r"^\| `(\w+)/`", README, re.MULTILINE):
        assert (REPOSITORY / folder).is_dir()
