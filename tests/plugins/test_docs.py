"""What the pages for integrators say is so: signatures, examples, and the tutorial's own test class."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from tests.plugins import hooks_page

from sam_adapters import load_plugins, open_renderer
from sam_adapters.plugins import HOOKS
from sam_adapters.testing import InMemoryAdapter

DOCS = Path(__file__).parents[2] / "docs"


def test_the_hooks_page_is_the_one_made_from_the_code() -> None:
    assert hooks_page.PAGE.read_text("utf-8") == hooks_page.page(), "run python -m tests.plugins.hooks_page"


@pytest.mark.parametrize("name", HOOKS)
def test_every_hooks_exact_signature_stands_in_the_reference(name: str) -> None:
    assert f"\n{hooks_page.signature(name)}\n" in hooks_page.PAGE.read_text("utf-8")


def test_the_host_calls_every_hook_there_is() -> None:
    assert tuple(hooks_page.hooks()) == HOOKS


@pytest.mark.parametrize("name", HOOKS)
def test_a_specification_by_itself_offers_nothing(name: str) -> None:
    assert list(hooks_page.hooks()[name]()) == []


@pytest.mark.parametrize("name", HOOKS)
def test_the_example_of_every_hook_is_a_plugin_without_a_problem(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ModuleType("sam_adapter_acme.rules")
    rules.RULES = ()  # type: ignore[attr-defined]
    adapter = ModuleType("sam_adapter_acme.adapter")
    adapter.AcmeAdapter = InMemoryAdapter  # type: ignore[attr-defined]
    for module in (ModuleType("sam_adapter_acme"), rules, adapter):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    found: dict[str, object] = {}
    exec(compile(hooks_page.example(name), f"<example of {name}>", "exec"), found)
    plugins = load_plugins(given={"acme": SimpleNamespace(**{name: found[name]})})
    assert [str(problem) for problem in plugins.problems if problem.source.plugin == "acme"] == []
    if name == "sam_adapters":
        assert plugins.adapter("acme").load() is InMemoryAdapter
    if name == "sam_renderers":
        assert open_renderer("one-line", plugins=plugins)(7) == "7"


def test_the_tutorials_adapter_passes_the_kit(tmp_path: Path) -> None:
    page = (DOCS / "tutorial" / "your-first-adapter.md").read_text("utf-8")
    code = "".join(re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    (tmp_path / "test_basalt.py").write_text(code, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        tmp_path,
        tmp_path,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_pages_lead_to_pages_that_are_there() -> None:
    pages = [*(DOCS / "how-to").glob("*.md"), *(DOCS / "tutorial").glob("*.md"), hooks_page.PAGE]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+\.md)", page.read_text("utf-8"))
    ]
    assert links
    assert [str(page) for page, link in links if not (page.parent / link).exists()] == []
