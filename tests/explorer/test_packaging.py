"""What `pip install .` installs is the whole app, and what is published builds it from nothing else."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def run(*command: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(kind: str, source: Path, target: Path) -> Path:
    """A wheel or sdist, by the build backend itself: no index, no environment of its own."""
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target), folder=source)
    (built,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", REPOSITORY, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", REPOSITORY, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(sdist.parent, filter="data")
    return sdist.with_name(sdist.name.removesuffix(".tar.gz"))


def files(folder: str) -> set[str]:
    found = (REPOSITORY / folder).rglob("*")
    names = {str(file.relative_to(REPOSITORY)) for file in found if file.is_file()}
    return {name for name in names if "__pycache__" not in name and not Path(name).name.startswith(".")}


def test_the_wheel_holds_exactly_the_packages_and_the_assets(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assets = {f"explorer/{name}" for name in files("assets")}
    assert {Path(name).suffix for name in assets} >= {".css", ".js"}
    assert held == files("engine") | files("explorer") | assets


def test_the_wheel_brings_command_and_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name.partition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name}
        assert "explorer.__main__:main" in archive.read(held["entry_points.txt"]).decode()
        assert "MIT License" in archive.read(held["licenses/LICENSE"]).decode()


def test_the_sdist_is_enough_to_build_the_same_wheel(wheel: Path, unpacked: Path, tmp_path: Path) -> None:
    again = build("wheel", unpacked, tmp_path)
    assert zipfile.ZipFile(again).namelist() == zipfile.ZipFile(wheel).namelist()


def test_the_sdist_is_enough_to_test(unpacked: Path) -> None:
    for name in ("Makefile", "README.md", "CHANGELOG.md", "tests/conftest.py", "pyproject.toml"):
        assert (unpacked / name).is_file()
    assert not list(unpacked.rglob("__pycache__"))


def test_the_installed_app_uses_its_own_assets_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    code = "import explorer.server as s; print(s.__file__, s.assets_folder(), sep='\\n')"
    told = run(sys.executable, "-c", code, folder=tmp_path, PYTHONPATH=str(installed)).splitlines()
    package = (installed / "explorer").resolve()
    assert told == [str(package / "server.py"), str(package / "assets")]
