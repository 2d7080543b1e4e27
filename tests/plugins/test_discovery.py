"""Plugins are found as installed distributions, one by one, and every fault is named."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from tests.plugins.conftest import Install

from sam_adapters import hookimpl
from sam_adapters.contract import AdapterEntry, AdapterError
from sam_adapters.plugins import PluginError, PluginProblem, Plugins, PluginSource, load_plugins

GOOD = """
    from sam_adapters import AdapterEntry, RendererEntry, hookimpl

    @hookimpl
    def sam_adapters():
        yield AdapterEntry(name="{name}", summary="Books of {name}", load=lambda: dict)

    @hookimpl
    def sam_renderers():
        return [RendererEntry(name="{name}-text", summary="Text", load=lambda: repr)]
"""
RULE = """
    from sam_adapters import hookimpl
    from sam_core.findings import Judgement, met
    from sam_core.rulebook import rule
    from sam_core.book import Account

    @rule({id!r}, title="Named")
    def named(account: Account) -> Judgement:
        '''Every account has a name.

        Fails when there is none.
        '''
        return met(account.name)

    @hookimpl
    def sam_rules():
        return (named,)
"""


def problems_of(plugins: Plugins, plugin: str) -> list[PluginProblem]:
    return [problem for problem in plugins.problems if problem.source.plugin == plugin]


def test_a_strangers_distribution_is_found_with_its_version(install: Install) -> None:
    module = install("acme-crm", GOOD.format(name="acme"), version="2.1", plugin="acme")
    plugins = load_plugins()
    assert plugins.adapter("acme").origin == "acme-crm 2.1"
    assert plugins.renderer("acme-text").origin == "acme-crm 2.1"
    assert (
        PluginSource(plugin="acme", target=module, distribution="acme-crm", version="2.1") in plugins.sources
    )
    assert not problems_of(plugins, "acme")
    [row] = [row for row in plugins.describe() if row["plugin"] == "acme"]
    assert row == {
        "plugin": "acme",
        "distribution": "acme-crm",
        "version": "2.1",
        "target": module,
        "adapters": ["acme"],
        "rules": [],
        "renderers": ["acme-text"],
        "problems": [],
    }


def test_the_built_in_adapters_come_by_the_same_door() -> None:
    plugins = load_plugins()
    assert plugins.adapter("tables").origin.startswith("sam-core ")


@pytest.mark.parametrize(
    ("code", "said", "remedy"),
    [
        ("import a_library_nobody_has", "a_library_nobody_has", "install what it needs"),
        ("raise RuntimeError('no\\nlicence')", "RuntimeError: no)", "upgrade broken"),
        ("raise SystemExit(3)", "SystemExit", "uninstall it"),
        ("x = 1", "it implements no hook", "sam_adapters.hookimpl"),
        (
            "from sam_adapters import hookimpl\n@hookimpl\ndef sam_adaptors(): return []",
            "'sam_adaptors' is no hook; did you mean 'sam_adapters'?",
            "must rename it",
        ),
        (
            "from sam_adapters import hookimpl\n@hookimpl\ndef sam_adapters(config): return []",
            "a hook does not fit",
            "arguments of its specification",
        ),
        (
            "from sam_adapters import hookimpl\n@hookimpl\ndef sam_adapters(): return None",
            "sam_adapters() returned NoneType",
            "iterable of AdapterEntry",
        ),
        (
            "from sam_adapters import hookimpl\n@hookimpl\ndef sam_adapters(): return 'acme'",
            "sam_adapters() returned str",
            "iterable of AdapterEntry",
        ),
        (
            "from sam_adapters import hookimpl\n@hookimpl\ndef sam_renderers(): return [repr]",
            "gave builtin_function_or_method as item 0",
            "iterable of RendererEntry",
        ),
        (
            "from sam_adapters import hookimpl\n@hookimpl\ndef sam_rules():\n    yield 'RESP-1.own'",
            "sam_rules() gave str as item 0",
            "iterable of Rule",
        ),
        (
            "from sam_adapters import hookimpl\n@hookimpl\ndef sam_rules():\n    yield 1 / 0",
            "sam_rules() raised ZeroDivisionError",
            "upgrade broken",
        ),
    ],
)
def test_a_broken_plugin_is_named_and_takes_no_other_with_it(
    install: Install, code: str, said: str, remedy: str
) -> None:
    install("acme", GOOD.format(name="acme"))
    install("broken", code, version="0.3")
    install("zeta", GOOD.format(name="zeta"))
    plugins = load_plugins()
    assert {"acme", "zeta"} <= set(plugins.adapters)
    [problem] = problems_of(plugins, "broken")
    assert said in problem.problem
    assert remedy in problem.remedy
    assert "plugin 'broken' (broken 0.3)" in str(problem)
    with pytest.raises(PluginError, match=r"plugin 'broken' \(broken 0\.3\)") as raised:
        load_plugins(strict=True)
    assert problem in raised.value.problems
    assert not problems_of(load_plugins(without=["broken"]), "broken")


@pytest.mark.parametrize(
    ("arguments", "said", "remedy"),
    [
        ("name='new', summary='s', load=dict, contract=2", "contract version 2", "upgrade sam-core"),
        ("name='old', summary='s', load=dict, contract=0", "contract version 0", "upgrade dated"),
        ("name='odd', summary='s', load=dict, contract='1'", "'1' is no contract version", "whole number"),
        ("name='Not A Name', summary='s', load=dict", "'Not A Name' is no name", "small letters"),
        ("name='mute', summary=' ', load=dict", "'mute' has no summary", "in one line"),
        ("name='idle', summary='s', load={}", "load of 'idle' cannot be called", "a function"),
    ],
)
def test_an_entry_that_cannot_serve_is_left_out_and_its_neighbours_are_kept(
    install: Install, arguments: str, said: str, remedy: str
) -> None:
    install(
        "dated",
        f"""
        from sam_adapters import AdapterEntry, hookimpl

        @hookimpl
        def sam_adapters():
            return [
                AdapterEntry({arguments}),
                AdapterEntry(name="kept", summary="s", load=dict),
            ]
        """,
    )
    plugins = load_plugins()
    assert plugins.adapter("kept").origin == "dated 1.0"
    [problem] = problems_of(plugins, "dated")
    assert said in problem.problem
    assert remedy in problem.remedy


def test_a_misspelt_hook_leaves_the_plugins_other_hooks_standing(install: Install) -> None:
    install("acme", GOOD.format(name="acme") + "\n    @hookimpl\n    def sam_rule():\n        return []\n")
    plugins = load_plugins()
    assert plugins.adapter("acme")
    assert "did you mean 'sam_rules'?" in problems_of(plugins, "acme")[0].problem


def test_a_hook_of_a_later_version_may_be_marked_optional(install: Install) -> None:
    code = "\n    @hookimpl(optionalhook=True)\n    def sam_exporters():\n        return []\n"
    install("acme", GOOD.format(name="acme") + code)
    assert not problems_of(load_plugins(), "acme")


def test_two_adapters_of_one_name_stand_under_their_full_names(install: Install) -> None:
    install("acme", GOOD.format(name="crm"), version="1.0")
    install("zeta", GOOD.format(name="crm"), version="2.0")
    plugins = load_plugins()
    assert "crm" not in plugins.adapters
    assert plugins.adapter("acme:crm").origin == "acme 1.0"
    assert plugins.adapter("zeta:crm").origin == "zeta 2.0"
    [first, *_] = problems_of(plugins, "acme")
    assert "plugin 'zeta' (zeta 2.0)" in str(first)
    assert "plugin 'acme' (acme 1.0)" in str(first)
    assert "ask for 'acme:crm', or uninstall one of them" in str(first)
    with pytest.raises(AdapterError, match="more than one plugin; ask for 'acme:crm' or 'zeta:crm'"):
        plugins.adapter("crm")
    with pytest.raises(AdapterError, match="ask for 'acme:crm-text' or 'zeta:crm-text'"):
        plugins.renderer("crm-text")


def test_one_distribution_that_offers_a_name_twice_gets_it_once(install: Install) -> None:
    module = "acme_plugin"
    install("acme", GOOD.format(name="crm"), entry_points=f"[sam_core]\na = {module}\nb = {module}\n")
    plugins = load_plugins()
    assert plugins.adapter("acme:crm")
    assert any("must offer it once" in str(problem) for problem in problems_of(plugins, "b"))


def test_rules_of_one_id_are_left_out_and_both_providers_named(install: Install) -> None:
    install("acme", RULE.format(id="own:RESP-1.named"))
    install("zeta", RULE.format(id="own:RESP-1.named"))
    install("other", RULE.format(id="other:RESP-1.named"))
    plugins = load_plugins()
    assert [rule.id for rule in plugins.rules] == ["other:RESP-1.named"]
    [problem] = problems_of(plugins, "acme")
    assert "declared by plugin 'zeta' (zeta 1.0) too" in problem.problem
    assert "RuleBook.replacing" in problem.remedy
    assert [rule.id for rule in load_plugins(without=["zeta"]).rules] == [
        "other:RESP-1.named",
        "own:RESP-1.named",
    ]


def test_a_rule_without_a_vendor_is_left_out(install: Install) -> None:
    install("acme", RULE.format(id="RESP-1.named"))
    plugins = load_plugins()
    assert plugins.rules == ()
    [problem] = problems_of(plugins, "acme")
    assert "must name it 'vendor:RESP-1.named'" in problem.remedy


def test_the_rule_book_holds_the_standard_rules_and_the_plugins(install: Install) -> None:
    install("acme", RULE.format(id="acme:RESP-1.named"))
    book = load_plugins().rule_book()
    assert book["acme:RESP-1.named"].title == "Named"
    assert len(book) > 1


def test_unreadable_entry_points_of_one_distribution_hide_no_other(install: Install) -> None:
    install("acme", GOOD.format(name="acme"))
    install("garbled", "", version="0.9", entry_points="[sam_core]\nno equals sign here\n")
    install("unrelated", "", entry_points="[console_scripts]\nno equals sign here\n")
    plugins = load_plugins()
    assert plugins.adapter("acme")
    [problem] = problems_of(plugins, "garbled")
    assert problem.remedy == "reinstall garbled"
    assert problem.source.version == "0.9"
    assert not problems_of(plugins, "unrelated")


def test_the_remains_of_a_distribution_without_metadata_are_passed_over(install: Install) -> None:
    install("ghost", GOOD.format(name="ghost"), metadata="")
    assert "ghost" not in load_plugins().adapters


def test_of_two_copies_of_a_distribution_the_first_on_the_path_counts(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("acme", GOOD.format(name="acme"), version="1.0")
    install("gone", GOOD.format(name="gone"), version="1.0")
    newer = tmp_path / "newer"
    for name, points in (("acme", "[sam_core]\nacme = acme_plugin\n"), ("gone", "[console_scripts]\n")):
        info = newer / f"{name}-1.1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.1\n")
        (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(str(newer))
    versions = {source.plugin: source.version for source in load_plugins().sources}
    assert versions["acme"] == "1.1"
    assert "gone" not in versions  # its newer copy announces nothing any more


def test_plugins_can_be_given_by_hand() -> None:
    class Mine:
        @hookimpl
        def sam_adapters(self) -> list[AdapterEntry]:
            return [AdapterEntry(name="mine", summary="By hand", load=lambda: dict)]

    plugins = load_plugins(given={"mine": Mine()})
    assert plugins.adapter("mine").origin == "given by hand"
    assert "tables" in plugins.adapters or plugins.problems


def test_the_order_of_the_results_is_not_the_order_of_installation(install: Install) -> None:
    for name in ("zeta", "acme", "mid"):
        install(name, GOOD.format(name=name))
    plugins = load_plugins()
    assert list(plugins.adapters) == sorted(plugins.adapters)
    assert [source.plugin for source in plugins.sources] == sorted(
        source.plugin for source in plugins.sources
    )


def test_an_unknown_name_gets_the_nearest_and_the_broken_plugins_named(install: Install) -> None:
    install("acme", GOOD.format(name="acme"))
    install("broken", "import a_library_nobody_has")
    with pytest.raises(AdapterError, match=r"no adapter 'acne'; did you mean 'acme'\?") as raised:
        load_plugins().adapter("acne")
    assert "plugin 'broken' (broken 1.0)" in str(raised.value)
    with pytest.raises(AdapterError, match="no renderer 'x'; none is installed"):
        Plugins().renderer("x")


def test_a_plugin_error_survives_pickling() -> None:
    problem = PluginProblem(source=PluginSource(plugin="a"), problem="p", remedy="r")
    again = pickle.loads(pickle.dumps(PluginError((problem,))))
    assert again.problems == (problem,)
    assert str(again) == "plugin 'a' (given by hand): p; r"


def test_two_loads_share_nothing() -> None:
    first, second = load_plugins(), load_plugins()
    assert first == second
    assert first.adapters is not second.adapters


@pytest.mark.parametrize("module", ["sam_adapters", "sam_adapters.contract"])
def test_importing_the_edges_looks_for_no_plugins_and_no_vendors(module: str) -> None:
    heavy = "pluggy duckdb requests simple_salesforce hubspot click rich importlib.metadata cattrs pytest"
    code = f"import sys, {module}; print(sorted(set({heavy.split()}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_pluggy_the_contract_can_be_imported_and_the_door_says_what_to_install() -> None:
    code = """
import sys
sys.modules["pluggy"] = None
import sam_adapters
try:
    sam_adapters.load_plugins
except sam_adapters.AdapterError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "install sam-core[tables]" in done.stdout


def test_a_name_the_package_does_not_have_is_an_attribute_error() -> None:
    import sam_adapters

    with pytest.raises(AttributeError, match="no attribute 'open_bok'"):
        _ = sam_adapters.open_bok
    assert all(hasattr(sam_adapters, name) for name in sam_adapters.__all__)


def test_pluggy_missing_is_told_apart_from_a_fault_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import sam_adapters

    monkeypatch.setitem(sys.modules, "sam_adapters.hookspecs", None)
    with pytest.raises(ModuleNotFoundError, match="hookspecs"):
        _ = sam_adapters.hookimpl
    monkeypatch.delitem(sys.modules, "sam_adapters.hookspecs")
    monkeypatch.setitem(sys.modules, "pluggy", None)
    with pytest.raises(AdapterError, match=r"install sam-core\[tables\]"):
        _ = sam_adapters.hookimpl
