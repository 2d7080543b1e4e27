"""Opening by name: what is missing, misspelt or misbuilt is said in words."""

from __future__ import annotations

from typing import Any

import pytest

from sam_adapters import (
    Adapter,
    AdapterEntry,
    AdapterError,
    Capabilities,
    RendererEntry,
    SourceError,
    open_adapter,
    open_book,
    open_renderer,
)
from sam_adapters.plugins import Plugins
from sam_adapters.testing import InMemoryAdapter, differences, reference_book, reference_corpus
from sam_core.errors import RecordError
from sam_core.standards import Policy, Revision
from sam_core.values import Period, Unknown, Why

MANAGER = reference_corpus().managers[0].id


def in_memory() -> type[InMemoryAdapter]:
    return InMemoryAdapter


def plugins(**entries: Any) -> Plugins:
    return Plugins(
        adapters={
            name: AdapterEntry(name=name, summary="s", extra="sam-core[that]", load=load, origin="acme 1.0")
            for name, load in entries.items()
        }
    )


def test_a_book_is_opened_by_the_adapters_name() -> None:
    reading = open_book("memory", manager=MANAGER, period="2026", plugins=plugins(memory=in_memory))
    assert differences(reference_book(), reading.book) == []
    assert len(reading.problems) == 0


def test_an_adapter_at_hand_needs_no_plugin() -> None:
    policy = Policy((Revision(effective=Period.year(2026).start),))
    reading = open_book(InMemoryAdapter(), manager=MANAGER, period=Period.parse("2026H1"), policy=policy)
    assert reading.book.header.period == Period.parse("2026H1")
    assert reading.book.header.policy == policy


def test_settings_beside_an_adapter_at_hand_are_refused() -> None:
    with pytest.raises(AdapterError, match=r"settings \(corpus\) were given beside a built adapter"):
        open_book(InMemoryAdapter(), manager=MANAGER, period="2026", corpus=None)


def test_settings_reach_the_adapter() -> None:
    few = Capabilities(provides=frozenset({"sale_lines"}))
    adapter = open_adapter("memory", plugins=plugins(memory=in_memory), capabilities=few)
    assert adapter.capabilities == few


def test_a_misspelt_setting_gets_the_nearest_named() -> None:
    with pytest.raises(AdapterError, match=r"adapter 'memory': settings: .*did you mean 'corpus'\?"):
        open_adapter("memory", plugins=plugins(memory=in_memory), corpse=None)


def test_a_missing_setting_is_named() -> None:
    def load() -> Any:
        return lambda folder: folder

    with pytest.raises(AdapterError, match="missing a required argument: 'folder'"):
        open_adapter("needy", plugins=plugins(needy=load))


def test_what_keeps_its_signature_to_itself_is_called_all_the_same() -> None:
    with pytest.raises(AdapterError, match="built a dict without capabilities, managers, read"):
        open_adapter("odd", plugins=plugins(odd=lambda: dict))


def test_a_missing_library_names_the_extra_only_when_asked_for() -> None:
    def load() -> Any:
        import a_library_nobody_has  # type: ignore[import-not-found]

        return a_library_nobody_has

    found = plugins(vendor=load, memory=in_memory)
    assert isinstance(open_adapter("memory", plugins=found), Adapter)
    with pytest.raises(AdapterError, match=r"a_library_nobody_has.*; install sam-core\[that\]"):
        open_adapter("vendor", plugins=found)


def test_without_an_extra_its_distribution_is_named() -> None:
    def load() -> Any:
        raise ImportError("no luck")

    found = Plugins(adapters={"a": AdapterEntry(name="a", summary="s", load=load, origin="acme 1.0")})
    with pytest.raises(AdapterError, match=r"no luck\); see what acme 1\.0 asks to be installed"):
        open_adapter("a", plugins=found)


def test_an_unknown_adapter_gets_the_nearest_of_those_installed() -> None:
    with pytest.raises(AdapterError, match=r"no adapter 'tabels'; did you mean 'tables'\?"):
        open_book("tabels", manager="1", period="2026")


def test_an_unknown_manager_and_an_unreadable_period_are_refused() -> None:
    with pytest.raises(SourceError, match="no book of manager 'nobody'"):
        open_book(InMemoryAdapter(), manager="nobody", period="2026")
    with pytest.raises(RecordError, match="is not a period"):
        open_book(InMemoryAdapter(), manager=MANAGER, period="last year")


def test_a_renderer_is_opened_by_name() -> None:
    entry = RendererEntry(name="short", summary="s", load=lambda: lambda scorecard, **_: str(scorecard))
    assert open_renderer("short", plugins=Plugins(renderers={"short": entry}))(7) == "7"
    with pytest.raises(AdapterError, match="did you mean 'short'"):
        open_renderer("shrot", plugins=Plugins(renderers={"short": entry}))


def test_a_gap_may_be_one_field_of_a_concept() -> None:
    hidden = Unknown(Why.NOT_PERMITTED, "column cost")
    few = Capabilities(
        provides=frozenset({"sale_lines"}), gaps={"sale_lines.cost": hidden, "account.tier": hidden}
    )
    assert few.gap("sale_lines") is None
    assert few.gap("sale_lines.cost") == hidden
    assert few.gap("sale_lines.quantity") is None
    assert few.gap("account.tier") == hidden
    assert few.gap("account.segment") is None
    assert few.absent(["sale_lines", "plans"]) == {"plans": Unknown(Why.NOT_SUPPORTED, "plans")}
    assert few.gap("plans.sessions") == Unknown(Why.NOT_SUPPORTED, "plans")
    with pytest.raises(AdapterError, match="'sales' is no concept"):
        Capabilities(gaps={"sales.cost": hidden})
    with pytest.raises(AdapterError, match="'plans' is provided and a gap at once"):
        Capabilities(provides=frozenset({"plans"}), gaps={"plans": hidden})
