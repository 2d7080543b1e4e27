"""The sample on disk, and the command as a caller sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import sam_adapters
from sam_adapters.cli.app import cli
from sam_adapters.demo import write_sample

AS_OF = ("--as-of", "2026-09-30")


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The sample, written once; read only."""
    path = tmp_path_factory.mktemp("sample") / "sample"
    write_sample(path)
    return path


@pytest.fixture(scope="session", autouse=True)
def opened_once(folder) -> Iterator[None]:
    """The sample is loaded once for all the commands that only read it; every other source as ever."""
    real, held = sam_adapters.open_adapter, {}

    def open_adapter(name: str, **settings: Any) -> Any:
        if settings.get("path") != folder or "mapping" in settings:
            return real(name, **settings)
        if name not in held:
            held[name] = real(name, **settings)
        return held[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sam_adapters.open_adapter", open_adapter)
        yield


@pytest.fixture(scope="session")
def run() -> Callable[..., Result]:
    """Runs a command; an exception of ours never comes through, any other one fails the test."""

    def call(*args: object, **options: Any) -> Result:
        result = CliRunner().invoke(cli, [str(arg) for arg in args], **options)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture(scope="session")
def data(run) -> Callable[..., Any]:
    """Runs a command with ``--json``, and reads what it says; the same command on the sample is run once."""

    @cache
    def said(*args: str) -> str:
        result = run(*args, "--json")
        assert result.exit_code in {0, 1, 4}, result.output
        return result.stdout

    def call(*args: object) -> Any:
        return json.loads(said(*map(str, args)))

    return call


@pytest.fixture(scope="session")
def shown(run) -> Callable[..., Result]:
    """Runs a command that only reads the sample; the same command is run once."""
    return cache(run)
