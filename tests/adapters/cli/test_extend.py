from __future__ import annotations

import subprocess
import sys

import pytest

from sam_adapters import cli as package
from sam_adapters.cli import app
from sam_adapters.plugins import load_plugins


def test_the_built_in_adapter_is_listed_by_the_same_door(run, data):
    text = run("plugins").stdout
    assert "adapter tables" in text
    assert "sam-core 0.1.0" in text
    assert "tables" in {name for plugin in data("plugins") for name in plugin["adapters"]}


def test_a_plugin_with_a_problem_is_named_and_strict_exits_with_1(run, monkeypatch):
    class Misspelt:
        sam_adapter = None

    broken = load_plugins(given={"misspelt": Misspelt()})
    monkeypatch.setattr("sam_adapters.plugins.load_plugins", lambda: broken)
    result = run("plugins", "--strict")
    assert result.exit_code == 1
    assert "What is wrong" in result.stdout
    assert "misspelt" in result.stdout
    assert run("plugins").exit_code == 0


def test_no_plugin_at_all_is_said(run, monkeypatch):
    from sam_adapters.plugins import Plugins

    monkeypatch.setattr("sam_adapters.plugins.load_plugins", Plugins)
    assert "None." in run("plugins").stdout


def test_a_new_adapter_is_written_where_asked(run, tmp_path):
    result = run("new-adapter", "acme-crm", "--into", tmp_path)
    assert result.exit_code == 0
    assert (tmp_path / "sam-adapter-acme-crm" / "pyproject.toml").is_file()
    assert "python -m pytest" in result.stdout


def test_a_new_adapter_never_writes_over_another(run, tmp_path):
    run("new-adapter", "acme", "--into", tmp_path)
    result = run("new-adapter", "acme", "--into", tmp_path)
    assert result.exit_code == 2
    assert "is there already" in result.stderr


def test_a_name_that_cannot_be_used_is_refused(run, tmp_path):
    assert run("new-adapter", "Acme!", "--into", tmp_path).exit_code == 2


def test_a_mistyped_command_is_answered_with_the_nearest(run):
    result = run("scorcard")
    assert result.exit_code == 2
    assert "there is no command 'scorcard'; did you mean 'scorecard'?" in result.stderr


def test_every_command_has_help_with_examples_that_fits_80_columns(run):
    nested = [("plan", name) for name in ("draft", "check", "diff", "render")]
    nested += [(vendor, "doctor") for vendor in ("salesforce", "hubspot")]
    for name in [*((name,) for name in app._HOME), *nested]:
        result = run(*name, "--help")
        assert result.exit_code == 0
        assert "Examples:" in result.stdout or "Commands:" in result.stdout, name
        assert max(map(len, result.stdout.splitlines())) <= 80, name
    assert max(map(len, run("--help").stdout.splitlines())) <= 80


def test_the_exit_codes_are_documented(run):
    text = run("--help").stdout
    assert all(f"  {code}  " in text for code in range(5))


def test_the_version_is_that_of_the_distribution(run):
    assert run("--version").stdout.startswith("sam-core 0.")


def test_without_its_libraries_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "click", None)
    monkeypatch.delitem(sys.modules, "sam_adapters.cli.app", raising=False)
    with pytest.raises(SystemExit, match=r"install sam-core\[cli\]"):
        package.main()


def test_another_missing_module_is_not_hidden(monkeypatch):
    monkeypatch.setitem(sys.modules, "sam_adapters.cli.app", None)
    with pytest.raises(ModuleNotFoundError):
        package.main()


def test_the_command_starts_without_importing_a_vendor_library_or_the_renderers():
    code = (
        "import sys; sys.argv = ['sam-core', '--version']\n"
        "from sam_adapters.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'duckdb', 'rich', 'simple_salesforce', 'hubspot', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_built_in_renderers_are_announced_like_any_others():
    from sam_adapters import open_renderer
    from sam_adapters.demo import AS_OF, sample
    from sam_core import score

    plugins = load_plugins(strict=True)
    assert {"text", "markdown", "html"} <= set(plugins.renderers)
    card = score(sample().book("E-14"), as_of=AS_OF)
    for name, start in (("text", "Scorecard"), ("markdown", "# Scorecard"), ("html", "<!DOCTYPE")):
        assert open_renderer(name, plugins=plugins)(card).startswith(start)


def test_a_renderer_of_a_plugin_shows_a_scorecard(run, folder, monkeypatch):
    from sam_adapters import RendererEntry, hookimpl
    from sam_adapters.contract import AdapterEntry

    class Loud:
        @hookimpl
        def sam_renderers(self):
            return [
                RendererEntry(
                    name="loud", summary="In capitals", load=lambda: lambda card, **_: repr(card).upper()
                )
            ]

        @hookimpl
        def sam_adapters(self):
            return [AdapterEntry(name="pathless", summary="Takes no path", load=lambda: lambda *, url: url)]

    found = load_plugins(given={"loud": Loud()})
    monkeypatch.setattr("sam_adapters.plugins.load_plugins", lambda: found)
    where = ("--manager", "E-14", "--as-of", "2026-09-30")
    result = run("scorecard", folder, *where, "--format", "loud")
    assert result.exit_code == 0
    assert result.stdout.startswith("<SCORECARD OF LUCA FERRI")
    result = run("scorecard", folder, *where, "--adapter", "pathless")
    assert result.exit_code == 2
    assert "adapter 'pathless' takes no SOURCE; it takes --set url" in result.stderr


def test_a_plugin_with_a_problem_is_told_beside_any_report(run, folder, monkeypatch):
    broken = load_plugins(given={"misspelt": object()})
    monkeypatch.setattr("sam_adapters.plugins.load_plugins", lambda: broken)
    result = run("managers", folder)
    assert result.exit_code == 0
    assert "warning: plugin 'misspelt'" in result.stderr


def test_a_missing_library_names_what_to_install(run, folder, monkeypatch):
    from sam_adapters.contract import AdapterEntry
    from sam_adapters.hookspecs import hookimpl

    def load():
        raise ImportError("no module named 'acme'")

    class Acme:
        @hookimpl
        def sam_adapters(self):
            return [AdapterEntry(name="acme", summary="Acme", load=load, extra="sam-adapter-acme[client]")]

    found = load_plugins(given={"acme": Acme()})
    monkeypatch.setattr("sam_adapters.plugins.load_plugins", lambda: found)
    result = run("managers", folder, "--adapter", "acme")
    assert result.exit_code == 2
    assert "install sam-adapter-acme[client]" in result.stderr


def test_main_runs_the_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["sam-core", "--version"])
    with pytest.raises(SystemExit) as end:
        package.main()
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("sam-core 0.")
