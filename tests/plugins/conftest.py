"""Distributions as an installer leaves them: a module and a ``dist-info`` folder on ``sys.path``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """``install("acme", code, version="1.2")`` announces the module of that code; gives its name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def installed(
        name: str,
        code: str,
        *,
        version: str = "1.0",
        plugin: str = "",
        entry_points: str = "",
        metadata: str = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
    ) -> str:
        module = f"{name.replace('-', '_')}_plugin"
        (tmp_path / f"{module}.py").write_text(dedent(code), encoding="utf-8")
        info = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        if metadata:
            (info / "METADATA").write_text(metadata.format(name=name, version=version), encoding="utf-8")
        points = entry_points or f"[sam_core]\n{plugin or name} = {module}\n"
        (info / "entry_points.txt").write_text(points, encoding="utf-8")
        return module

    yield installed
    for module in set(sys.modules) - before:
        if module.endswith("_plugin"):
            del sys.modules[module]
