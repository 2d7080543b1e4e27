"""Checks what is sent to HubSpot against the types that its own client was generated with."""

from __future__ import annotations

import importlib
import re
from typing import Any

__all__ = ["wire_problem"]


def wire_problem(package: str, model: str, body: Any) -> str | None:
    """What is wrong with a body, by the generated model of that name; ``None`` where it fits.

    Args:
        package: the client's sub-package, ``"hubspot.crm.objects.models"``.
        model: the class, ``"PublicObjectSearchRequest"``.
        body: the decoded JSON.
    """
    return _problem(importlib.import_module(package), model, body, model)


def _problem(models: Any, declared: str, value: Any, where: str) -> str | None:
    if declared == "str":
        return None if isinstance(value, str) else f"{where}: {type(value).__name__} is no str"
    if declared == "int":
        fits = isinstance(value, int) and not isinstance(value, bool)
        return None if fits else f"{where}: {type(value).__name__} is no int"
    if declared == "bool":
        return None if isinstance(value, bool) else f"{where}: {type(value).__name__} is no bool"
    if inner := re.fullmatch(r"list\[(.*)\]", declared):
        if not isinstance(value, list):
            return f"{where}: {type(value).__name__} is no list"
        problems = (_problem(models, inner[1], item, f"{where}[{n}]") for n, item in enumerate(value))
        return next((problem for problem in problems if problem), None)
    generated = getattr(models, declared)
    if not isinstance(value, dict):
        return f"{where}: {type(value).__name__} is no {declared}"
    wire_names = {wire: name for name, wire in generated.attribute_map.items()}
    for wire, item in value.items():
        if wire not in wire_names:
            return f"{where}: {declared} has no {wire!r}"
        if problem := _problem(models, generated.openapi_types[wire_names[wire]], item, f"{where}.{wire}"):
            return problem
    return None
