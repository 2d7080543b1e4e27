"""The example package is built, installed in an environment of its own, and passes its own tests there."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "sam-adapter-example"


def run(*command: str | Path, cwd: Path) -> str:
    clean = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "COV_CORE_SOURCE")
    }
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment: this one's libraries, and the example's wheel."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("example")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, EXAMPLE, cwd=folder)
    [wheel] = folder.glob("sam_adapter_example-*.whl")
    venv.create(folder / "env", with_pip=False)
    [packages] = (folder / "env").glob("lib/python*/site-packages")
    here = [*site.getsitepackages(), str(Path(__file__).parents[2] / "src")]
    (packages / "here.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in here))
    python = folder / "env" / "bin" / "python"
    run(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    return python


def test_its_own_tests_pass_where_it_is_installed_as_a_wheel(installed: Path, tmp_path: Path) -> None:
    said = run(
        installed,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        EXAMPLE / "pyproject.toml",
        EXAMPLE,
        cwd=tmp_path,
    )
    assert " passed" in said
    assert "failed" not in said


def test_it_is_listed_with_its_version_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    code = (
        "from sam_adapters import load_plugins\n"
        "[row] = [row for row in load_plugins().describe() if row['plugin'] == 'orchard']\n"
        "print(row['distribution'], row['version'], row['adapters'], row['rules'], row['renderers'], row['problems'])"
    )
    said = run(installed, "-c", code, cwd=tmp_path)
    assert said.split() == [
        "sam-adapter-example",
        "1.0.0",
        "['orchard']",
        "['orchard:RESP-6.agent']",
        "['findings-csv']",
        "[]",
    ]


def test_it_is_typed_and_clean(installed: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    folder = EXAMPLE / "src" / "sam_adapter_example"
    run(installed, "-m", "mypy", "--strict", "--cache-dir", tmp_path, folder, cwd=tmp_path)
