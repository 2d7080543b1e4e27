"""The conformance kit: one fixture to write, and every promise of the contract is checked.

::

    import pytest
    from sam_adapters.testing import AdapterConformance


    class TestAcme(AdapterConformance):
        @pytest.fixture
        def adapter(self, corpus):
            return AcmeAdapter(FakeAcme.holding(corpus))

The kit reads the adapter's own ``Capabilities``: what it provides must equal the corpus, what it
does not provide must be ``Unknown`` for the reason it gives. Kit and contract share a version;
new checks come in minor releases only.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar, Final, NoReturn

import attrs
import pytest
from attrs import evolve

from sam_adapters.contract import (
    CONCEPTS,
    CONTRACT_VERSION,
    Adapter,
    AdapterError,
    BookReading,
    BookRequest,
    Capabilities,
    SourceError,
)
from sam_adapters.testing.comparison import compared, differences, strange_values, walk
from sam_adapters.testing.corpus import Corpus, reference_corpus
from sam_adapters.testing.network import refuse_other_hosts
from sam_core.book import COLLECTIONS, Book, Dossier
from sam_core.errors import suggestion
from sam_core.standards import Policy, Revision
from sam_core.values import NOT_FETCHED, Unknown, Why, add_months

__all__ = ["GUIDE", "AdapterConformance"]

GUIDE: Final = "docs/tutorial/your-first-adapter.md"
"""Where every check is explained, under its own heading."""

SHOWN: Final = 20
REPORTED: Final = 5

Build = Callable[[str], Adapter | None]


class AdapterConformance:
    """Derive a test class from this one and write its ``adapter`` fixture.

    Attributes:
        known_gaps: checks that are known to fail, each with the reason: by name without
            ``test_``, with the concept in brackets where it is only one of them. A check that
            passes all the same fails the run, so that a gap that was closed is noticed.
        allow_network: whether other hosts than this one may be reached.
        secrets: texts that must never be shown: the passwords and tokens the fixture uses.
        entry: the name under which a plugin announces the adapter; ``""`` where none does.
    """

    known_gaps: ClassVar[Mapping[str, str]] = MappingProxyType({})
    allow_network: ClassVar[bool] = False
    secrets: ClassVar[tuple[str, ...]] = ()
    entry: ClassVar[str] = ""

    # --- what an author writes ----------------------------------------------------------------

    @pytest.fixture
    def adapter(self, corpus: Corpus) -> Adapter:
        """The adapter, over a source that holds the corpus. The one thing to write."""
        raise NotImplementedError(f"write the fixture adapter(self, corpus); see {GUIDE}")

    @pytest.fixture
    def shuffled_adapter(self) -> Adapter | None:
        """The adapter over the same source, its records in another order; optional."""
        return None

    @pytest.fixture
    def faulty_adapter(self) -> Adapter | None:
        """The adapter over the same source with one value made unreadable; optional."""
        return None

    @pytest.fixture
    def adapter_without(self) -> Build | None:
        """Builds the adapter over the same source with one field missing; optional.

        It is called with ``"sale_lines.cost"`` and the like, and returns ``None`` for a field
        that this source cannot be without.
        """
        return None

    # --- what the kit brings ------------------------------------------------------------------

    @pytest.fixture
    def corpus(self) -> Corpus:
        """What the source must hold. A fixture that outlives a test takes ``reference_corpus()``: it is the same."""
        return reference_corpus()

    @pytest.fixture(autouse=True)
    def _gaps(self, request: pytest.FixtureRequest) -> None:
        """Known gaps become strict xfails; a check that was replaced without a reason fails."""
        check = request.function.__name__.removeprefix("test_")
        reason = self.known_gaps.get(check) or self.known_gaps.get(request.node.name.removeprefix("test_"))
        standard = getattr(AdapterConformance, f"test_{check}", None)
        if reason is None and standard is not None and getattr(type(self), f"test_{check}") is not standard:
            pytest.fail(
                f"{type(self).__name__} replaces the standard check {check!r}; say why in known_gaps, or "
                "give a test of your own another name",
                pytrace=False,
            )
        if reason is not None and reason.strip():
            request.node.add_marker(pytest.mark.xfail(reason=reason, strict=True))

    @pytest.fixture(autouse=True)
    def network(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Hosts that were asked for and are not this one; each attempt is refused."""
        attempts: list[str] = []
        if not self.allow_network:
            refuse_other_hosts(monkeypatch, attempts)
        return attempts

    def _reading(self, adapter: Adapter, corpus: Corpus, manager_id: str) -> BookReading:
        return adapter.read(BookRequest(manager_id=manager_id, period=corpus.period))

    def _pairs(self, adapter: Adapter, corpus: Corpus) -> Iterator[tuple[Book, Book]]:
        """For each manager the book that is due, and the one that is given."""
        for manager in corpus.managers:
            due = corpus.expected(manager.id, adapter.capabilities)
            yield due, self._reading(adapter, corpus, manager.id).book

    def _differences(self, adapter: Adapter, corpus: Corpus, *concepts: str) -> list[str]:
        pairs = self._pairs(adapter, corpus)
        return [str(d) for pair in pairs for d in compared(*pair, *concepts) if d.concept in concepts]

    def _told(self, adapter: Adapter, corpus: Corpus) -> list[str]:
        """What the adapter itself reported: often the reason why a record is not there."""
        told: dict[str, None] = {}
        for manager in corpus.managers:
            reading = self._reading(adapter, corpus, manager.id)
            list(reading.book)
            told.update({f"the adapter reports: {problem}": None for problem in reading.problems})
        return list(told)[:REPORTED]

    def _fail(self, check: str, saying: str, places: list[str], capability: str = "") -> NoReturn:
        more = [f"... and {len(places) - SHOWN} more"] if len(places) > SHOWN else []
        lines = [saying, *(f"capability: {name}" for name in (capability,) if name)]
        lines += [f"- {place}" for place in places[:SHOWN]] + more
        pytest.fail("\n".join([*lines, f"see {GUIDE}#{check.replace('_', '-')}"]), pytrace=False)

    # --- the checks ---------------------------------------------------------------------------

    def test_known_gaps_are_checks(self) -> None:
        """Every known gap names a check of the kit, and says why."""
        known = [name.removeprefix("test_") for name in dir(AdapterConformance) if name.startswith("test_")]
        known += [f"each_concept_is_as_declared[{concept}]" for concept in CONCEPTS]
        places = [
            f"{gap!r} is no check{suggestion(gap, known)}" for gap in self.known_gaps if gap not in known
        ]
        places += [f"{gap!r} has no reason" for gap, reason in self.known_gaps.items() if not reason.strip()]
        if places:
            self._fail("known_gaps_are_checks", "known_gaps says something that cannot hold", places)

    def test_it_is_an_adapter(self, adapter: Adapter) -> None:
        """It has the three members of the protocol, and they are what they should be."""
        places = [
            f"{type(adapter).__name__} has no {name}"
            for name in ("capabilities", "managers", "read")
            if inspect.getattr_static(adapter, name, None) is None and not hasattr(adapter, name)
        ]
        if not places and not isinstance(adapter.capabilities, Capabilities):
            places.append("capabilities is not a Capabilities; make it an attribute or a property")
        if not places and callable(adapter.read):
            try:
                inspect.signature(adapter.read).bind(None)
            except TypeError:
                places.append("read() does not take a request as its one argument")
        if places:
            self._fail("it_is_an_adapter", "This is no adapter", places)

    def test_it_is_announced(self) -> None:
        """The plugin that announces it loads without a problem, for this version of the contract."""
        if not self.entry:
            pytest.skip("the class attribute entry names no plugin's entry")
        from sam_adapters.plugins import load_plugins

        plugins = load_plugins()
        found = plugins.adapters.get(self.entry)
        sources = [source for source, names in plugins.offered.items() if ("adapters", self.entry) in names]
        mine = [str(p) for p in plugins.problems if found is None or p.source in sources]
        if found is None or mine:
            self._fail("it_is_announced", f"No plugin announces {self.entry!r} as it should", mine)
        if not callable(found.load()) or found.contract != CONTRACT_VERSION:
            self._fail("it_is_announced", "Its load must return what builds the adapter", [self.entry])

    def test_capabilities_are_true_to_the_records(self, adapter: Adapter, corpus: Corpus) -> None:
        """Something is provided, and every gap names a field there is and says where."""
        capabilities = adapter.capabilities
        places = [
            f"{gap}: its reason says nowhere" for gap, why in capabilities.gaps.items() if not why.where
        ]
        if not capabilities.provides:
            places.append("provides is empty; name the concepts that the adapter fills")
        for manager in corpus.managers:
            try:
                list(corpus.expected(manager.id, capabilities))
            except AdapterError as error:
                places.append(str(error))
        if places:
            self._fail("capabilities_are_true_to_the_records", "The capabilities cannot hold", places)

    def test_managers_are_those_of_the_source(self, adapter: Adapter, corpus: Corpus) -> None:
        """``managers()`` gives everybody who has a book, in order of id."""
        due = [(manager.id, manager.name) for manager in corpus.managers]
        given = [(manager.id, manager.name) for manager in adapter.managers()]
        if given != due:
            self._fail(
                "managers_are_those_of_the_source",
                "managers() is not as due",
                [f"due {due}", f"given {given}"],
            )

    def test_an_unknown_manager_is_refused(self, adapter: Adapter, corpus: Corpus) -> None:
        """Asked for the book of nobody, it raises a SourceError that says whose."""
        try:
            list(self._reading(adapter, corpus, "nobody-of-this-id").book)
        except SourceError as error:
            if "nobody-of-this-id" in str(error):
                return
            self._fail(
                "an_unknown_manager_is_refused", "The SourceError does not say whose book", [str(error)]
            )
        self._fail("an_unknown_manager_is_refused", "A book was given for a manager who does not exist", [])

    def test_the_request_is_honoured(self, adapter: Adapter, corpus: Corpus) -> None:
        """Period, policy and manager of the header are those of the request."""
        policy = Policy((Revision(effective=corpus.period.start, values={}),))
        period = evolve(corpus.period, end=add_months(corpus.period.end, -1))
        for manager in corpus.managers:
            header = adapter.read(
                BookRequest(manager_id=manager.id, period=period, policy=policy)
            ).book.header
            given = {"period": header.period, "policy": header.policy, "manager": header.manager.id}
            due = {"period": period, "policy": policy, "manager": manager.id}
            places = [
                f"{name}: due {due[name]}, given {given[name]}" for name in due if due[name] != given[name]
            ]
            if places:
                self._fail("the_request_is_honoured", "The header is not the one asked for", places)

    def test_every_account_is_there_once(self, adapter: Adapter, corpus: Corpus) -> None:
        """Each book has the accounts assigned to its manager in the period, and no other."""
        places = self._differences(adapter, corpus, "account")
        if places:
            self._fail("every_account_is_there_once", "The accounts of a book are not as due", places)

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_each_concept_is_as_declared(self, adapter: Adapter, corpus: Corpus, concept: str) -> None:
        """Provided: it equals the corpus, field for field. Not provided: it is unknown, for the reason declared."""
        reason = adapter.capabilities.gap(concept)
        saying = (
            "It is provided, and is not as the source has it; a field that the source has no place for is a gap, "
            f"'{concept}.FIELD'"
        )
        if reason is not None:
            saying = f"It is not provided, so it must be {reason}: never empty, never a default"
        places = self._differences(adapter, corpus, concept)
        if places:
            self._fail("each_concept_is_as_declared", saying, self._told(adapter, corpus) + places, concept)

    def test_the_rest_of_the_header_is_as_due(self, adapter: Adapter, corpus: Corpus) -> None:
        """Manager, currency and value basis equal the corpus."""
        places = self._differences(adapter, corpus, "manager", "period", "currency", "value_basis", "policy")
        if places:
            self._fail("the_rest_of_the_header_is_as_due", "The header is not as due", places)

    def test_every_unknown_says_why_and_where(self, adapter: Adapter, corpus: Corpus) -> None:
        """No ``Unknown`` is left at "not fetched" in a whole book, and each one says where."""
        declared = {reason.why for reason in adapter.capabilities.gaps.values()}
        places = []
        for path, value in self._values(adapter, corpus):
            if isinstance(value, Unknown) and not value.where:
                places.append(f"{path}: {value} does not say where the value would have been")
            if (
                isinstance(value, Unknown)
                and value.why is Why.NOT_FETCHED
                and Why.NOT_FETCHED not in declared
            ):
                places.append(f"{path}: nobody has filled it; map it, or declare the gap")
        if places:
            self._fail("every_unknown_says_why_and_where", "An Unknown does not say enough", places)

    def test_values_are_of_plain_types(self, adapter: Adapter, corpus: Corpus) -> None:
        """No float, no naive datetime, no type of some library anywhere in a book."""
        places = []
        for _, book in self._pairs(adapter, corpus):
            places += strange_values("header", book.header)
            for dossier in book:
                places += strange_values(f"dossier {dossier.id}", dossier)
        if places:
            self._fail(
                "values_are_of_plain_types", "A value is of a type that has no place in a record", places
            )

    def test_hostile_texts_survive(self, adapter: Adapter, corpus: Corpus) -> None:
        """Quotes, line breaks, emoji, right-to-left script and look-alikes of code come through."""
        given = {value for _, value in self._values(adapter, corpus) if isinstance(value, str)}
        places = []
        for due, _ in self._pairs(adapter, corpus):
            for record in (due.header, *due):
                places += [
                    f"{path}: {value!r} is not there as it was"
                    for path, value in walk(record.id, record)
                    if isinstance(value, str) and value not in given and ".provenance." not in path
                ]
        if places:
            self._fail("hostile_texts_survive", "A text was changed or lost", places)

    def test_reading_twice_gives_the_same(self, adapter: Adapter, corpus: Corpus) -> None:
        """The same book gone through twice, and asked for twice, is the same book."""
        places = []
        for manager in corpus.managers:
            first = self._reading(adapter, corpus, manager.id).book
            again = self._reading(adapter, corpus, manager.id).book
            places += differences(first, first) + differences(first, again)
        if places:
            self._fail("reading_twice_gives_the_same", "The second reading differs from the first", places)

    def test_order_of_arrival_changes_nothing(
        self, adapter: Adapter, shuffled_adapter: Adapter | None, corpus: Corpus
    ) -> None:
        """The same records in another order make the same book."""
        if shuffled_adapter is None:
            pytest.skip("there is no shuffled_adapter fixture")
        places = []
        for manager in corpus.managers:
            first = self._reading(adapter, corpus, manager.id).book
            places += differences(first, self._reading(shuffled_adapter, corpus, manager.id).book)
        if places:
            self._fail("order_of_arrival_changes_nothing", "The order of arrival shows in the book", places)

    def test_nothing_later_is_known_earlier(self, adapter: Adapter, corpus: Corpus) -> None:
        """Seen on an earlier day, each dossier equals the corpus on that day."""
        places = []
        for due, given in self._pairs(adapter, corpus):
            books = [(book.header, list(book)) for book in (due, given)]
            for months in (1, 5, 9, 13):
                day = add_months(corpus.period.end, -months)
                past = [
                    Book.of(header.at(day), [dossier.at(day) for dossier in dossiers])
                    for header, dossiers in books
                ]
                places += [f"on {day}: {place}" for place in differences(*past)]
        if places:
            self._fail("nothing_later_is_known_earlier", "The book of an earlier day is not as due", places)

    def test_the_book_streams(
        self, adapter: Adapter, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first dossier is handed out before the last is built, and two passes do not disturb each other."""
        built: set[str] = set()
        construct = Dossier.__init__

        def counted(dossier: Dossier, *args: Any, **fields: Any) -> None:
            construct(dossier, *args, **fields)
            built.add(dossier.id)

        largest = max(
            (corpus.expected(m.id, adapter.capabilities) for m in corpus.managers), key=lambda b: len(list(b))
        )
        total = len(list(largest))
        book = self._reading(adapter, corpus, largest.header.id).book
        monkeypatch.setattr(Dossier, "__init__", counted)
        passes = iter(book)
        list(islice(passes, 1))
        if len(built) >= total:
            self._fail(
                "the_book_streams", "All dossiers were built before the first was handed out", sorted(built)
            )
        second = [dossier.id for dossier in book]
        rest = [dossier.id for dossier in passes]
        if second[1:] != rest:
            self._fail(
                "the_book_streams",
                "Two passes over one book disturb each other",
                [f"{second[1:]} and {rest}"],
            )

    def test_some_collections_can_be_asked_for(self, adapter: Adapter, corpus: Corpus) -> None:
        """``book.dossiers("sale_lines")`` has at least that collection, as the whole book has it."""
        places = []
        for manager in corpus.managers:
            book = self._reading(adapter, corpus, manager.id).book
            whole = {dossier.id: dossier for dossier in book}
            for name in COLLECTIONS:
                part = {dossier.id: getattr(dossier, name) for dossier in book.dossiers(name)}
                asked = {account_id: getattr(dossier, name) for account_id, dossier in whole.items()}
                places += [
                    f"dossier {account_id}: {name}"
                    for account_id in sorted(asked.keys() | part.keys())
                    if asked.get(account_id) != part.get(account_id)
                ]
        if places:
            self._fail("some_collections_can_be_asked_for", "A part asked for is not as in the whole", places)

    def test_problems_name_place_and_remedy(self, faulty_adapter: Adapter | None, corpus: Corpus) -> None:
        """An unreadable value is reported by place, record and field; the rest of the book stays."""
        if faulty_adapter is None:
            pytest.skip("there is no faulty_adapter fixture")
        problems, places, parted = [], [], set()
        for manager in corpus.managers:
            reading = self._reading(faulty_adapter, corpus, manager.id)
            due = corpus.expected(manager.id, faulty_adapter.capabilities)
            parted |= {difference.path.partition(".")[0] for difference in compared(due, reading.book)}
            problems += list(reading.problems)
        places += [
            f"{problem}: {name} is empty"
            for problem in problems
            for name in ("where", "record", "field", "problem")
            if not getattr(problem, name).strip()
        ]
        if not problems:
            places.append("no problem was reported")
        if len(parted) > 1:
            places.append(f"more than one record suffered: {', '.join(sorted(parted))}")
        if places:
            self._fail("problems_name_place_and_remedy", "One bad value was not reported as due", places)

    def test_strict_refuses_the_first_problem(self, faulty_adapter: Adapter | None, corpus: Corpus) -> None:
        """With ``strict`` the book with an unreadable value is refused."""
        if faulty_adapter is None:
            pytest.skip("there is no faulty_adapter fixture")
        for manager in corpus.managers:
            request = BookRequest(manager_id=manager.id, period=corpus.period, strict=True)
            try:
                list(faulty_adapter.read(request).book)
            except AdapterError:
                return
        self._fail("strict_refuses_the_first_problem", "A strict request passed over a problem", [])

    def test_a_missing_field_is_unknown(
        self, adapter: Adapter, adapter_without: Build | None, corpus: Corpus
    ) -> None:
        """A field the source has lost is ``Unknown``, and that is declared or reported; the rest stays."""
        if adapter_without is None:
            pytest.skip("there is no adapter_without fixture")
        places, tried = [], 0
        for field in _fields(adapter.capabilities, corpus):
            without = adapter_without(field)
            if without is not None:
                tried += 1
                places += self._missing(without, field, adapter.capabilities, corpus)
        if not tried:
            places.append("adapter_without built nothing for any field")
        if places:
            self._fail("a_missing_field_is_unknown", "A missing field was not handled as due", places)

    def _missing(self, without: Adapter, field: str, whole: Capabilities, corpus: Corpus) -> list[str]:
        concept, _, name = field.partition(".")
        lacking = evolve(whole, gaps={**whole.gaps, field: Unknown(Why.NOT_SUPPORTED, field)})
        places: list[str] = []
        told = without.capabilities.gap(field) is not None
        manager = corpus.managers[0]  # whose book is the largest: one is enough for so many fields
        reading = self._reading(without, corpus, manager.id)
        for difference in compared(corpus.expected(manager.id, lacking), reading.book):
            there = difference.concept == concept and difference.path.endswith(f"].{name}")
            unknown = "got unknown (" in difference.problem
            if not (there and unknown and f"({Why.BLANK.value}" not in difference.problem):
                places.append(f"without {field}: {difference}")  # else unknown for a reason just as good
        told = told or any(name.partition("_")[0] in str(problem) for problem in reading.problems)
        if not told:
            places.insert(0, f"without {field}: neither capabilities.gaps nor a problem tells of it")
        return places

    def test_it_reaches_no_network(self, adapter: Adapter, corpus: Corpus, network: list[str]) -> None:
        """Reading reaches no other host, unless ``allow_network`` says it may."""
        if self.allow_network:
            pytest.skip("allow_network is set")
        for _, book in self._pairs(adapter, corpus):
            list(book)
        if network:
            self._fail("it_reaches_no_network", "Other hosts were asked for", network)

    def test_no_secret_is_shown(
        self, adapter: Adapter, corpus: Corpus, caplog: pytest.LogCaptureFixture
    ) -> None:
        """No secret stands in a text, a problem, an error or the log."""
        if not self.secrets:
            pytest.skip("the class attribute secrets is empty")
        caplog.set_level(logging.DEBUG)
        texts = {"the adapter's repr": repr(adapter), "the capabilities": repr(adapter.capabilities)}
        for manager in corpus.managers:
            reading = self._reading(adapter, corpus, manager.id)
            list(reading.book)
            texts["the book's repr"] = repr(reading.book)
            texts["the provenance"] = repr(reading.book.header.provenance)
            texts["a problem"] = "\n".join(str(problem) for problem in reading.problems)
        try:
            list(self._reading(adapter, corpus, "nobody-of-this-id").book)
        except AdapterError as error:
            texts["an error"] = f"{error} {error.__cause__}"
        texts["the log"] = caplog.text
        places = [
            f"{where} shows a secret" for where, text in texts.items() if any(s in text for s in self.secrets)
        ]
        if places:
            self._fail("no_secret_is_shown", "A secret was given away", places)

    def _values(self, adapter: Adapter, corpus: Corpus) -> Iterator[tuple[str, Any]]:
        for _, book in self._pairs(adapter, corpus):
            yield from walk("header", book.header)
            for dossier in book:
                yield from walk(f"dossier {dossier.id}", dossier)


def _fields(capabilities: Capabilities, corpus: Corpus) -> Iterator[str]:
    """Fields of provided collections that can be unknown, such as ``"sale_lines.cost"``."""
    for concept in COLLECTIONS:
        if concept in capabilities.provides:
            record = next(r for dossier in corpus.dossiers for r in getattr(dossier, concept))
            for attribute in attrs.fields(type(record)):
                field = f"{concept}.{attribute.name}"
                if attribute.default == NOT_FETCHED and capabilities.gap(field) is None:
                    yield field
