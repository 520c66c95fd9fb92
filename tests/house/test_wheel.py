"""What `pip install .` gives: a server that needs nothing but Python."""

import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from stamps import ROOT
from taskmanager import __version__


def built(target: str, source: Path, folder: Path) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def served(wheel: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server that runs from the wheel alone, with no Node within reach."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = {
        "PATH": "/nowhere",
        "PYTHONPATH": str(tmp_path / "site"),
        "TASKMANAGER_DATA_DIR": str(tmp_path / "data"),
        "TASKMANAGER_PORT": "0",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "taskmanager", "serve"],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stderr is not None
        line = server.stderr.readline()
        found = re.search(r"http://[0-9.:]+", line)
        assert found, line
        yield found[0]
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0


def test_the_wheel_holds_the_web_app_precompressed_and_nothing_of_the_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"taskmanager/static/{name}" for name in ("index.html", "index.html.br", "csp.json")} <= set(names)
    assert all(name.startswith(("taskmanager/", "taskmanager-")) for name in names)
    assert not [name for name in names if name.endswith((".ts", ".tsx", ".map")) or "node_modules" in name]


def test_what_was_installed_serves_the_api_and_the_web_app_with_python_alone(served: str) -> None:
    assert httpx.get(f"{served}/api/health").status_code == 200
    script = re.search(r'src="(/_next/static/[^"]+\.js)"', httpx.get(served).text)
    assert script
    assert "immutable" in httpx.get(served + script[1]).headers["cache-control"]


def test_pip_installs_the_wheel_with_its_command(wheel: Path, tmp_path: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(tmp_path)]
    subprocess.run([*install, str(wheel)], check=True)
    command = [sys.executable, str(tmp_path / "bin" / "taskmanager"), "--version"]
    environment = {"PATH": "/nowhere", "PYTHONPATH": str(tmp_path)}
    told = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert told.stdout == f"taskmanager {__version__}\n"


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_the_sdist_gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """Installs the web app's packages and builds it anew, which takes minutes."""
    sdist = built("sdist", ROOT, tmp_path / "sdist")
    shutil.unpack_archive(sdist, tmp_path, filter="data")
    again = built("wheel", tmp_path / sdist.name.removesuffix(".tar.gz"), tmp_path / "wheel")
    one, other = (zipfile.ZipFile(each).namelist() for each in (wheel, again))
    assert "taskmanager/static/index.html.br" in other
    assert [name for name in other if "/_next/" not in name] == [name for name in one if "/_next/" not in name]
