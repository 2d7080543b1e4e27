"""The skeleton of a new adapter package: its tests run at once, and say what to fill in."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sam_adapters.contract import AdapterError

__all__ = ["write_skeleton"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def write_skeleton(name: str, folder: Path) -> Path:
    """Write a package that announces an adapter of that name, with its conformance test.

    Args:
        name: what ``open_book`` is to call it, in small letters, digits and hyphens: ``"acme"``.
        folder: where ``sam-adapter-acme`` is to be made.

    Returns:
        The new folder.

    Raises:
        AdapterError: the name cannot be used, or the folder is there already.
    """
    if not _NAME.fullmatch(name):
        raise AdapterError(
            f"{name!r} is no name for an adapter; use small letters, digits and hyphens: 'acme-crm'"
        )
    target = folder / f"sam-adapter-{name}"
    if target.exists():
        raise AdapterError(f"{target} is there already; choose another name, or remove it first")
    module = name.replace("-", "_")
    words = {
        "@NAME@": name,
        "@MODULE@": f"sam_adapter_{module}",
        "@CLASS@": "".join(part.capitalize() for part in name.split("-")) + "Adapter",
    }
    _copy(files("sam_adapters.scaffold") / "template", target, words)
    return target


def _copy(source: Traversable, target: Path, words: dict[str, str]) -> None:
    for entry in source.iterdir():
        if entry.is_dir():
            name = words["@MODULE@"] if entry.name == "package" else entry.name
            _copy(entry, target / name, words)
        else:
            text = entry.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace(word, value)
            target.mkdir(parents=True, exist_ok=True)
            # the suffix keeps templates from being taken for modules of this package
            (target / entry.name.removesuffix(".in")).write_text(text, encoding="utf-8")
