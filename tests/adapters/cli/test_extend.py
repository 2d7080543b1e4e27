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
    for name in app._HOME:
        result = run(name, "--help")
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
