"""Each check fails for an adapter that breaks its promise, and says where; gaps and overrides are policed."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from attrs import evolve

from sam_adapters.contract import (
    CONCEPTS,
    Adapter,
    AdapterEntry,
    BookReading,
    BookRequest,
    Capabilities,
    MappingProblem,
    SourceError,
)
from sam_adapters.plugins import PluginProblem, Plugins, PluginSource
from sam_adapters.testing import AdapterConformance, InMemoryAdapter, reference_corpus
from sam_adapters.testing.conformance import GUIDE
from sam_core.book import Book, Dossier
from sam_core.values import NOT_FETCHED, Period, Unknown, Why

CORPUS = reference_corpus()
CHECKS = sorted(name for name in dir(AdapterConformance) if name.startswith("test_"))


class Wrong(InMemoryAdapter):
    """An adapter whose dossiers and header go through a hand that spoils them."""

    def dossier(self, dossier: Dossier) -> Dossier | None:
        return dossier

    def header(self, header: Any, request: BookRequest) -> Any:
        return header

    def read(self, request: BookRequest) -> BookReading:
        reading = super().read(request)

        def source(wanted: frozenset[str]) -> Iterator[Dossier]:
            for one in reading.book.source(wanted):
                spoilt = self.dossier(one)
                if spoilt is not None:
                    yield spoilt

        return BookReading(
            book=Book(self.header(reading.book.header, request), source), problems=reading.problems
        )


def spoiling(**hands: Callable[..., Any]) -> Adapter:
    return type("Spoilt", (Wrong,), hands)()


def run(check: str, adapter: Any, **options: Any) -> None:
    kit = type("Kit", (AdapterConformance,), {"secrets": options.pop("secrets", ())})()
    getattr(kit, f"test_{check}")(adapter=adapter, corpus=CORPUS, **options)


def refused(check: str, adapter: Any, **options: Any) -> str:
    with pytest.raises(pytest.fail.Exception) as failed:
        run(check, adapter, **options)
    assert f"see {GUIDE}#{check.replace('_', '-')}" in str(failed.value)
    return str(failed.value)


def no_costs(_: Any, dossier: Dossier) -> Dossier:
    """Zero where nobody knows: the very thing that must not be."""
    from decimal import Decimal

    if isinstance(dossier.sale_lines, Unknown):
        return dossier
    lines = tuple(
        evolve(line, cost=Decimal(0)) if isinstance(line.cost, Unknown) else line
        for line in dossier.sale_lines
    )
    return evolve(dossier, sale_lines=lines)


def test_a_blank_taken_as_zero_is_found_by_concept_and_path() -> None:
    said = refused("each_concept_is_as_declared", spoiling(dossier=no_costs), concept="sale_lines")
    assert "capability: sale_lines" in said
    assert "cost: expected unknown (blank: sale_lines.cost), got 0" in said
    run("each_concept_is_as_declared", spoiling(dossier=no_costs), concept="cases")


def test_what_the_adapter_itself_reports_is_told_first_for_it_is_often_the_reason() -> None:
    def unread(self: Any, request: BookRequest) -> BookReading:
        reading = Wrong.read(self, request)
        reading.problems.report(MappingProblem(where="people", record="7", field="title", problem="odd"))
        return reading

    adapter = spoiling(read=unread, dossier=lambda _, one: evolve(one, buyers=()))
    said = refused("each_concept_is_as_declared", adapter, concept="buyers").splitlines()
    assert said[0].endswith("a field that the source has no place for is a gap, 'buyers.FIELD'")
    assert said[2] == "- the adapter reports: people, 7, title: odd (record left out)"
    assert sum("the adapter reports" in line for line in said) == 1


def test_an_undeclared_concept_that_is_empty_instead_of_unknown_is_found() -> None:
    few = Capabilities(provides=frozenset({"sale_lines"}))
    empty = type("Empty", (Wrong,), {"dossier": lambda _, d: evolve(d, cases=())})(CORPUS, few)
    said = refused("each_concept_is_as_declared", empty, concept="cases")
    assert "It is not provided, so it must be unknown (not-supported: cases)" in said
    assert "expected unknown (not-supported: cases), got ()" in said


def test_an_unknown_for_another_reason_than_declared_is_found() -> None:
    few = Capabilities(gaps={"cases": Unknown(Why.NOT_PERMITTED, "cases")})
    other = Unknown(Why.NOT_CONFIGURED, "cases")
    wrong = type("Other", (Wrong,), {"dossier": lambda _, d: evolve(d, cases=other)})(CORPUS, few)
    assert "not-configured" in refused("each_concept_is_as_declared", wrong, concept="cases")


def test_what_is_no_adapter_is_told_member_by_member() -> None:
    assert "object has no managers" in refused_shape(object())
    assert "capabilities is not a Capabilities" in refused_shape(
        type("A", (), {"capabilities": frozenset(), "managers": list, "read": print})()
    )
    assert "one argument" in refused_shape(
        type("A", (), {"capabilities": Capabilities(), "managers": list, "read": lambda self: None})()
    )
    AdapterConformance().test_it_is_an_adapter(InMemoryAdapter())


def refused_shape(adapter: Any) -> str:
    with pytest.raises(pytest.fail.Exception) as failed:
        AdapterConformance().test_it_is_an_adapter(adapter)
    return str(failed.value)


def test_capabilities_that_name_no_field_or_nothing_are_refused() -> None:
    where = Unknown(Why.BLANK, "x")
    typo = InMemoryAdapter(
        CORPUS, Capabilities(provides=frozenset({"sale_lines"}), gaps={"sale_lines.costs": where})
    )
    check = "capabilities_are_true_to_the_records"
    assert "did you mean 'cost'?" in refused(check, typo)
    assert "provides is empty" in refused(check, InMemoryAdapter(CORPUS, Capabilities()))
    silent = Capabilities(provides=frozenset({"plans"}), gaps={"cases": Unknown(Why.BLANK)})
    assert "cases: its reason says nowhere" in refused(check, InMemoryAdapter(CORPUS, silent))


def test_managers_out_of_order_or_missing_are_found() -> None:
    def backwards(self: Any) -> list[Any]:
        return list(InMemoryAdapter.managers(self))[::-1]

    assert "managers() is not as due" in refused(
        "managers_are_those_of_the_source", spoiling(managers=backwards)
    )


def test_a_book_for_nobody_is_found() -> None:
    def anybody(self: Any, request: BookRequest) -> BookReading:
        return InMemoryAdapter.read(self, evolve(request, manager_id=CORPUS.managers[0].id))

    def mute(self: Any, request: BookRequest) -> BookReading:
        raise SourceError("no")

    check = "an_unknown_manager_is_refused"
    assert "who does not exist" in refused(check, spoiling(read=anybody))
    assert "does not say whose book" in refused(check, spoiling(read=mute))


def test_a_header_that_ignores_the_request_is_found() -> None:
    fixed = spoiling(header=lambda _, header, request: evolve(header, period=Period.year(2020)))
    assert "period: due 2026-01-01..2026-11-30, given 2020" in refused("the_request_is_honoured", fixed)


def test_a_missing_and_a_foreign_account_are_found() -> None:
    gone = spoiling(dossier=lambda _, d: None if d.id == CORPUS.dossiers[2].id else d)
    assert "is missing from this book" in refused("every_account_is_there_once", gone)


def test_another_currency_is_found() -> None:
    dollars = spoiling(header=lambda _, header, request: evolve(header, currency="USD"))
    assert "currency: expected 'EUR', got 'USD'" in refused("the_rest_of_the_header_is_as_due", dollars)


def test_an_unknown_that_says_too_little_is_found() -> None:
    check = "every_unknown_says_why_and_where"
    forgotten = spoiling(dossier=lambda _, d: evolve(d, cases=NOT_FETCHED))
    assert "cases: nobody has filled it" in refused(check, forgotten)
    nowhere = spoiling(dossier=lambda _, d: evolve(d, cases=Unknown(Why.BLANK)))
    assert "does not say where" in refused(check, nowhere)


def test_a_float_that_no_validator_sees_is_found() -> None:
    def hand(_: Any, dossier: Dossier) -> Dossier:
        return evolve(dossier, locations=tuple(evolve(one, city=float("nan")) for one in dossier.locations))

    assert ".city: nan is a float" in refused("values_are_of_plain_types", spoiling(dossier=hand))


def test_a_trimmed_text_is_found() -> None:
    def hand(_: Any, dossier: Dossier) -> Dossier:
        cases = tuple(
            evolve(one, subject=" ".join(one.subject.split()) if one.subject else None)
            for one in dossier.cases
        )
        return evolve(dossier, cases=cases)

    assert "second line" in refused("hostile_texts_survive", spoiling(dossier=hand))


def test_a_reading_that_changes_from_one_to_the_next_is_found() -> None:
    calls: list[int] = []

    def hand(_: Any, dossier: Dossier) -> Dossier:
        calls.append(1)
        return evolve(dossier, meetings=()) if len(calls) > 5 else dossier

    assert "second reading differs" in refused("reading_twice_gives_the_same", spoiling(dossier=hand))


def test_a_book_that_depends_on_the_order_of_arrival_is_found() -> None:
    other = spoiling(dossier=lambda _, d: evolve(d, meetings=()))
    said = refused("order_of_arrival_changes_nothing", InMemoryAdapter(), shuffled_adapter=other)
    assert "meetings[" in said


def test_a_record_known_too_early_is_found() -> None:
    def hand(_: Any, dossier: Dossier) -> Dossier:
        lines = tuple(evolve(line, on=date(2024, 1, 1)) for line in dossier.sale_lines)
        return evolve(dossier, sale_lines=lines)

    assert "on 2026-11-30: dossier" in refused("nothing_later_is_known_earlier", spoiling(dossier=hand))


def test_a_book_that_is_built_whole_or_only_once_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(self: Any, request: BookRequest) -> BookReading:
        reading = InMemoryAdapter.read(self, request)
        book = reading.book
        return BookReading(book=Book(book.header, lambda wanted: list(book.source(wanted))))

    def once(self: Any, request: BookRequest) -> BookReading:
        reading = InMemoryAdapter.read(self, request)
        stream = iter(reading.book)
        return BookReading(book=Book(reading.book.header, lambda wanted: stream))

    check = "the_book_streams"
    with monkeypatch.context() as patch:
        assert "before the first was handed out" in refused(check, spoiling(read=at_once), monkeypatch=patch)
    with monkeypatch.context() as patch:
        assert "disturb each other" in refused(check, spoiling(read=once), monkeypatch=patch)


def test_a_collection_that_is_lost_when_asked_for_alone_is_found() -> None:
    def forgetful(self: Any, request: BookRequest) -> BookReading:
        book = InMemoryAdapter.read(self, request).book

        def source(wanted: frozenset[str]) -> Iterator[Dossier]:
            for dossier in book.source(wanted):
                yield dossier if len(wanted) > 1 else evolve(dossier, meetings=NOT_FETCHED)

        return BookReading(book=Book(book.header, source))

    assert ": meetings" in refused("some_collections_can_be_asked_for", spoiling(read=forgetful))


def test_problems_that_are_not_reported_or_say_nothing_are_found() -> None:
    check = "problems_name_place_and_remedy"

    def fails(adapter: Any) -> str:
        with pytest.raises(pytest.fail.Exception) as failed:
            AdapterConformance().test_problems_name_place_and_remedy(adapter, CORPUS)
        assert check.replace("_", "-") in str(failed.value)
        return str(failed.value)

    def nameless(self: Any, request: BookRequest) -> BookReading:
        reading = InMemoryAdapter.read(self, request)
        reading.problems.report(MappingProblem(where="", record="1", field="", problem="bad"))
        return reading

    assert "no problem was reported" in fails(InMemoryAdapter())
    assert "where is empty" in fails(spoiling(read=nameless))
    assert "more than one record suffered" in fails(spoiling(dossier=lambda _, d: evolve(d, sale_lines=())))


def test_a_strict_request_that_passes_over_a_problem_is_found() -> None:
    with pytest.raises(pytest.fail.Exception, match="passed over a problem"):
        AdapterConformance().test_strict_refuses_the_first_problem(InMemoryAdapter(), CORPUS)


def test_a_missing_field_that_becomes_a_default_or_goes_untold_is_found() -> None:
    check = "a_missing_field_is_unknown"

    def zero(field: str) -> Adapter | None:
        return spoiling(dossier=no_costs) if field == "sale_lines.cost" else None

    said = refused(check, InMemoryAdapter(), adapter_without=zero)
    assert "without sale_lines.cost: dossier" in said
    assert "neither capabilities.gaps nor a problem tells of it" in said
    assert "built nothing" in refused(check, InMemoryAdapter(), adapter_without=lambda field: None)


def test_a_missing_field_may_be_told_by_a_problem() -> None:
    class Telling(Wrong):
        def dossier(self, dossier: Dossier) -> Dossier:
            gone = Unknown(Why.NOT_PERMITTED, "column cost")
            return evolve(dossier, sale_lines=tuple(evolve(line, cost=gone) for line in dossier.sale_lines))

        def read(self, request: BookRequest) -> BookReading:
            reading = super().read(request)
            reading.problems.report(
                MappingProblem(where="sales", record="all", field="cost", problem="hidden")
            )
            return reading

    def build(field: str) -> Adapter | None:
        return Telling() if field == "sale_lines.cost" else None

    run("a_missing_field_is_unknown", InMemoryAdapter(), adapter_without=build)


def test_other_hosts_are_refused_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from sam_adapters.testing.network import refuse_other_hosts

    attempts: list[str] = []
    refuse_other_hosts(monkeypatch, attempts)
    with pytest.raises(OSError, match="no network in a conformance test"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OSError, match="no network"):
        socket.getaddrinfo(b"crm.example", 443)
    with socket.socket() as udp, pytest.raises(OSError, match="no network"):
        udp.connect_ex(("crm.example", 443))
    assert attempts == ["192.0.2.1", "crm.example", "crm.example"]
    assert socket.getaddrinfo(None, 0)
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
    kit = AdapterConformance()
    with pytest.raises(pytest.fail.Exception, match=r"crm\.example"):
        kit.test_it_reaches_no_network(InMemoryAdapter(), CORPUS, attempts)


def test_a_secret_in_any_text_is_found(caplog: pytest.LogCaptureFixture) -> None:
    import logging

    def logging_read(self: Any, request: BookRequest) -> BookReading:
        logging.getLogger("acme").debug("token=%s", "hunter2")
        return InMemoryAdapter.read(self, request)

    check = "no_secret_is_shown"
    shown = spoiling(__repr__=lambda self: "<Acme token=hunter2>")
    assert "the adapter's repr" in refused(check, shown, caplog=caplog, secrets=("hunter2",))
    assert "the log" in refused(check, spoiling(read=logging_read), caplog=caplog, secrets=("hunter2",))


def test_an_entry_that_is_not_announced_as_it_should_be_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import sam_adapters.plugins

    entry = AdapterEntry(name="acme", summary="s", load=lambda: InMemoryAdapter, origin="acme 1.0")
    source = PluginSource(plugin="acme", distribution="acme", version="1.0")
    other = evolve(source, plugin="neighbour")
    problem = PluginProblem(source=source, problem="p", remedy="r")
    offered = {source: (("adapters", "acme"),)}
    kit = type("Kit", (AdapterConformance,), {"entry": "acme"})()
    for plugins, said in (
        (Plugins(adapters={"acme": entry}, offered=offered, problems=(evolve(problem, source=other),)), ""),
        (Plugins(problems=(evolve(problem, source=other),)), "No plugin announces 'acme'"),
        (Plugins(adapters={"acme": entry}, offered=offered, problems=(problem,)), "p; r"),
        (Plugins(adapters={"acme": evolve(entry, contract=9)}), "Its load must return"),
    ):
        monkeypatch.setattr(sam_adapters.plugins, "load_plugins", lambda plugins=plugins: plugins)
        if not said:
            kit.test_it_is_announced()
            continue
        with pytest.raises(pytest.fail.Exception, match=said):
            kit.test_it_is_announced()


def test_known_gaps_must_name_checks_and_reasons() -> None:
    kit = type("Kit", (AdapterConformance,), {"known_gaps": {"no_such": "x", "the_book_streams": " "}})()
    with pytest.raises(pytest.fail.Exception) as failed:
        kit.test_known_gaps_are_checks()
    assert "'no_such' is no check" in str(failed.value)
    assert "'the_book_streams' has no reason" in str(failed.value)


def test_a_long_list_is_cut_and_says_how_much_more_there_is() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"\.\.\. and 5 more"):
        AdapterConformance()._fail("the_book_streams", "Long", [str(number) for number in range(25)])


def test_naive_datetimes_never_reach_the_kit_for_the_records_refuse_them() -> None:
    from sam_core.book import Meeting
    from sam_core.errors import RecordError

    with pytest.raises(RecordError, match="attach a time zone"):
        Meeting(id="1", held_at=datetime(2026, 1, 1))


@pytest.mark.parametrize("check", [name.removeprefix("test_") for name in CHECKS])
def test_every_check_is_explained_in_the_guide(check: str) -> None:
    guide = (Path(__file__).parents[2] / GUIDE).read_text(encoding="utf-8")
    assert f"### {check.replace('_', ' ').capitalize()}" in guide


SUITE = """
    import pytest
    from sam_adapters.testing import AdapterConformance, InMemoryAdapter


    class TestGaps(AdapterConformance):
        known_gaps = {gaps}

        @pytest.fixture
        def adapter(self, corpus):
            {adapter}

        {more}
"""


def outcome(folder: Path, **parts: str) -> str:
    parts = {"gaps": "{}", "adapter": "return InMemoryAdapter(corpus)", "more": "pass", **parts}
    code = dedent(SUITE)
    for name, text in parts.items():
        code = code.replace("{" + name + "}", text)
    (folder / "test_suite.py").write_text(code, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rA",
        "-p",
        "no:cacheprovider",
        str(folder),
        "--rootdir",
        str(folder),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder).stdout


def test_a_known_gap_that_was_closed_is_noticed(tmp_path: Path) -> None:
    said = outcome(tmp_path, gaps="{'the_book_streams': 'pages are read whole'}")
    assert "[XPASS(strict)] pages are read whole" in said
    assert "1 failed" in said


def test_a_known_gap_of_one_concept_is_expected_and_the_others_are_not(tmp_path: Path) -> None:
    hand = "evolve(corpus, dossiers=tuple(evolve(d, cases=()) for d in corpus.dossiers))"
    broken = f"from attrs import evolve; return InMemoryAdapter({hand})"
    few = "{name: 'cases are not mapped yet' for name in ('each_concept_is_as_declared[cases]', "
    few += "'nothing_later_is_known_earlier', 'hostile_texts_survive')}"
    said = outcome(tmp_path, gaps=few, adapter=broken)
    assert "3 xfailed" in said
    assert "failed" not in said.replace("xfailed", "")


def test_a_replaced_check_fails_unless_a_reason_is_given(tmp_path: Path) -> None:
    more = "def test_the_book_streams(self): pass"
    said = outcome(tmp_path, more=more)
    assert "replaces the standard check 'the_book_streams'; say why in known_gaps" in said


def test_without_its_fixture_the_kit_says_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(
        "from sam_adapters.testing import AdapterConformance\nclass TestX(AdapterConformance): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "write the fixture adapter(self, corpus)" in done.stdout


def test_the_class_itself_is_not_collected_where_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text("from sam_adapters.testing import AdapterConformance\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "no tests ran" in done.stdout


def test_the_network_may_be_allowed_and_what_is_not_offered_is_skipped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    kit = type("Kit", (AdapterConformance,), {"allow_network": True})()
    adapter = InMemoryAdapter()
    for call in (
        lambda: kit.test_it_reaches_no_network(adapter, CORPUS, ["crm.example"]),
        lambda: kit.test_no_secret_is_shown(adapter, CORPUS, caplog),
        kit.test_it_is_announced,
        lambda: kit.test_order_of_arrival_changes_nothing(adapter, None, CORPUS),
        lambda: kit.test_problems_name_place_and_remedy(None, CORPUS),
        lambda: kit.test_strict_refuses_the_first_problem(None, CORPUS),
        lambda: kit.test_a_missing_field_is_unknown(adapter, None, CORPUS),
    ):
        with pytest.raises(pytest.skip.Exception):
            call()


def test_the_corpus_serves_without_pytest_and_the_kit_says_what_to_install() -> None:
    code = """
import sys
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "pytest" else found(name, *rest)
sys.modules["pytest"] = None
import sam_adapters.testing as testing
print(len(list(testing.reference_book())))
try:
    testing.AdapterConformance
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["5", "the conformance kit needs pytest: install sam-core[testing]"]


def test_all_concepts_are_checked_one_by_one() -> None:
    [mark] = [
        m for m in AdapterConformance.test_each_concept_is_as_declared.pytestmark if m.name == "parametrize"
    ]
    assert mark.args == ("concept", CONCEPTS)


def test_what_the_kit_lacks_is_an_attribute_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from sam_adapters import testing

    with pytest.raises(AttributeError, match="no attribute 'AdapterConformity'"):
        _ = testing.AdapterConformity
    assert testing.AdapterConformance is AdapterConformance
    monkeypatch.setitem(sys.modules, "sam_adapters.testing.conformance", None)
    with pytest.raises(ModuleNotFoundError, match="conformance"):
        _ = testing.AdapterConformance
    monkeypatch.delitem(sys.modules, "sam_adapters.testing.conformance")
    monkeypatch.setitem(sys.modules, "pytest", None)
    with pytest.raises(ImportError, match=r"install sam-core\[testing\]"):
        _ = testing.AdapterConformance
