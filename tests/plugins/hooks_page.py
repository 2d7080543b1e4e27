"""The reference page of the hooks, made from their specifications.

Run ``python -m tests.plugins.hooks_page`` in the root of the repository to write it anew.
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from textwrap import dedent
from types import FunctionType

from sam_adapters import contract, hookspecs

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "hooks.md"


def hooks() -> dict[str, FunctionType]:
    """The hooks, in the order they are written in: whatever carries the specification's mark."""
    return {
        name: value for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.PROJECT}_spec")
    }


def signature(name: str) -> str:
    """As it stands in the code: ``sam_adapters() -> Iterable[AdapterEntry]``."""
    tree = ast.parse(inspect.getsource(hooks()[name]))
    [function] = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return f"{name}({ast.unparse(function.args)}) -> {ast.unparse(function.returns or ast.Constant(None))}"


def example(name: str) -> str:
    """The code of the example in a hook's docstring."""
    text = inspect.getdoc(hooks()[name]) or ""
    return dedent(text.partition("Example::\n")[2].partition("\nReturns:")[0]).strip()


def _sentences(name: str, part: str) -> str:
    text = inspect.getdoc(hooks()[name]) or ""
    chosen = text.partition("Returns:")[2] if part == "returns" else text.partition("\n")[0]
    return _markdown(" ".join(dedent(chosen).split()))


def _markdown(text: str) -> str:
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text.replace("``", "`"))


def _entry(kind: type) -> str:
    text = inspect.getdoc(kind) or ""
    attributes = dedent(text.partition("Attributes:")[2])
    fields = re.findall(r"^(\w+): (.*?)(?=^\w+: |\Z)", attributes, re.MULTILINE | re.DOTALL)
    rows = [f"| `{name}` | {_markdown(' '.join(what.split()))} |" for name, what in fields]
    head = _markdown(text.partition("\n")[0])
    return "\n".join(
        [f"## `{kind.__name__}`", "", head, "", "| field | what it is |", "| --- | --- |", *rows]
    )


def page() -> str:
    """The whole page."""
    parts = [
        "# Hooks",
        "A plugin is a module, announced by its package as an entry point of the group `sam_core`. It implements any of "
        "these hooks, each marked with `sam_adapters.hookimpl`. They take no arguments, and are called once whenever "
        "plugins are loaded. How to build the package stands in [Distribute a plugin](../how-to/distribute-a-plugin.md).",
    ]
    for name in hooks():
        parts += [
            f"## `{name}`",
            f"```text\n{signature(name)}\n```",
            _sentences(name, "head"),
            f"Returns: {_sentences(name, 'returns')}",
            f"```python\n{example(name)}\n```",
        ]
    parts += [_entry(contract.AdapterEntry), _entry(contract.RendererEntry)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
