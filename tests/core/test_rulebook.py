from __future__ import annotations

from datetime import date

import pytest

from sam_core import Severity, met, not_met, rule, standard_rules
from sam_core.book import Buyer, Location, Offering, SaleLine
from sam_core.errors import DuplicateRuleError, RuleDeclarationError, UnknownRuleError
from sam_core.findings import Judgement, SubjectKind
from sam_core.norms import Norms
from sam_core.rulebook import Rule, RuleBook, RuleFailure
from sam_core.totals import Totals
from sam_core.values import NOT_FETCHED, Maybe, Outcome, Unknown, Why
from sam_core.view import AccountView, BookView

from .builders import AS_OF, dossier, header, line


@rule("acme:RESP-1.many", title="Many lines", severity=Severity.MUST)
def many(sale_lines: tuple[SaleLine, ...]) -> Judgement:
    """An account has more than one sale line.

    Fails when there is one or none.
    """
    return met("Many.") if len(sale_lines) > 1 else not_met("Few.", measured=len(sale_lines), expected=2)


def view(**collections) -> AccountView:
    return AccountView(header=header(), as_of=AS_OF, dossier=dossier(**collections))


def test_a_rule_is_a_value_that_knows_its_clause_needs_and_words():
    assert (many.id, many.clause_id, many.required) == ("acme:RESP-1.many", "RESP-1", ("sale_lines",))
    assert many.requirement == "An account has more than one sale line."
    assert many.failure == "Fails when there is one or none."
    assert many.subject_kind is SubjectKind.ACCOUNT


def test_it_judges_with_reasons():
    finding = many.apply(view(sale_lines=(line("1", "2026-01-01"),)))
    assert (finding.outcome, finding.measured, finding.expected) == (Outcome.NOT_MET, 1, 2)
    assert (finding.subject_id, finding.clause_id, finding.severity) == ("A1", "RESP-1", Severity.MUST)
    assert str(finding) == "NOT MET acme:RESP-1.many Account A1: Few."


def test_without_a_needed_input_the_body_never_runs_and_the_reason_is_given():
    hidden = Unknown(Why.NOT_PERMITTED, "object Order")
    finding = many.apply(view(sale_lines=hidden))
    assert finding.outcome is Outcome.NOT_ASSESSABLE
    assert [(m.name, m.reason) for m in finding.missing] == [("sale_lines", hidden)]
    assert finding.sentence == "Nobody can tell without sale lines."


def test_a_missing_derivation_names_what_the_source_lacks():
    finding = standard_rules()["RESP-2.1.pursued"].apply(
        AccountView(
            header=header(offering=Offering(products=())), as_of=AS_OF, dossier=dossier(sale_lines=())
        )
    )
    assert finding is None  # nothing was ever bought: no room to speak of
    finding = standard_rules()["RESP-2.1.pursued"].apply(
        AccountView(header=header(offering=Offering(products=())), as_of=AS_OF, dossier=dossier())
    )
    assert {m.name for m in finding.missing} == {"sale_lines"}


def test_a_rule_that_opts_in_sees_the_unknown_itself():
    @rule("acme:RESP-1.lenient", title="x")
    def lenient(sale_lines: Maybe[tuple[SaleLine, ...]]) -> Judgement:
        """Nothing is required.

        Fails when never.
        """
        return met("Unknown is fine.") if isinstance(sale_lines, Unknown) else met("Known.")

    assert lenient.required == ()
    assert lenient.apply(view()).sentence == "Unknown is fine."


def test_a_predicate_decides_whether_a_rule_applies_and_its_own_gaps_are_told():
    def at_home(locations: tuple[Location, ...]) -> bool:
        return bool(locations)

    @rule("acme:RESP-1.home", title="x", applies=at_home)
    def home(sale_lines: tuple[SaleLine, ...]) -> Judgement:
        """Required.

        Fails when not.
        """
        return met("")

    assert home.apply(view(locations=(), sale_lines=())) is None
    assert [m.name for m in home.apply(view(sale_lines=())).missing] == ["locations"]
    assert home.required == ("locations", "sale_lines")


def test_a_rule_that_asks_for_nothing_of_an_account_is_about_the_manager():
    @rule("acme:ACC-1.size", title="x")
    def size(totals: Totals) -> Judgement:
        """Required.

        Fails when not.
        """
        return met("", measured=totals.accounts)

    found = size.apply(BookView(header=header(), as_of=AS_OF, totals=Totals(accounts=3)))
    assert (found.subject_kind, found.subject_id, found.measured) == (SubjectKind.MANAGER, "M1", 3)


def test_a_rule_that_raises_is_named_with_its_subject():
    @rule("acme:RESP-1.bad", title="x")
    def bad(as_of: date, buyers: Maybe[tuple[Buyer, ...]]) -> Judgement:
        """Required.

        Fails when not.
        """
        raise ZeroDivisionError(as_of)

    with pytest.raises(RuleFailure, match=r"'acme:RESP-1.bad' failed on 'A1': ZeroDivisionError") as caught:
        bad.apply(view())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_rule_that_returns_something_else_is_named():
    @rule("acme:RESP-1.odd", title="x")
    def odd(norms: Maybe[Norms]) -> Judgement:
        """Required.

        Fails when not.
        """
        return True  # type: ignore[return-value]

    with pytest.raises(RuleFailure, match="returned True instead of a Judgement"):
        odd.apply(view())


def declared(rule_id="acme:RESP-1.x", doc="Required.\n\nFails when not.", tuned_by=(), **annotations):
    names = ", ".join(annotations)
    scope: dict[str, object] = {}
    exec(f"def body({names}): pass", scope)
    body = scope["body"]
    body.__doc__ = doc
    body.__annotations__ = annotations
    return rule(rule_id, title="x", tuned_by=tuned_by)(body)


@pytest.mark.parametrize(
    ("problem", "given"),
    [
        ("write its id as CLAUSE.name", {"rule_id": "shrinking"}),
        ("clause 'RESP-99' is not in the charter; did you mean", {"rule_id": "RESP-99.x"}),
        (
            "there is no standard 'retention.shrinkin_share'; did you mean 'retention.shrinking_share'",
            {"tuned_by": ("retention.shrinkin_share",)},
        ),
        ("there is no input 'sale_line'; did you mean 'sale_lines'", {"sale_line": tuple[SaleLine, ...]}),
        ("input 'sale_lines' is .* annotate it as", {"sale_lines": list[SaleLine]}),
        ("its docstring needs the requirement", {"doc": "Required."}),
        ("its docstring needs the requirement", {"doc": ""}),
    ],
)
def test_a_faulty_declaration_is_refused_at_once(problem, given):
    with pytest.raises(RuleDeclarationError, match=problem):
        declared(**given)


def test_an_input_without_a_type_is_refused():
    def body(sale_lines):
        """Required.

        Fails when not.
        """

    with pytest.raises(RuleDeclarationError, match="has no type; annotate it as"):
        rule("acme:RESP-1.x", title="x")(body)


def test_rule_books_are_extended_replaced_selected_and_thinned_without_changing():
    book = RuleBook((many,))
    other = declared("acme:RESP-2.1.y")
    both = book.extended_with([other])
    assert (len(book), len(both)) == (1, 2)
    assert [one.id for one in both.select("*RESP-2*")] == ["acme:RESP-2.1.y"]
    assert [one.id for one in both.select("RESP-1")] == ["acme:RESP-1.many"]
    assert [one.id for one in both.without("RESP-1")] == ["acme:RESP-2.1.y"]
    mine = both.replacing("acme:RESP-1.many", other)
    assert mine["acme:RESP-1.many"].judge is other.judge
    assert repr(both) == "<RuleBook of 2 rules>"


def test_two_rules_of_one_id_are_refused_and_both_sources_named():
    with pytest.raises(DuplicateRuleError, match=r"declared by .*many and again by .*many") as caught:
        RuleBook((many,)).extended_with([many])
    assert caught.value.rule_id == "acme:RESP-1.many"


def test_an_unknown_rule_suggests_the_nearest():
    with pytest.raises(UnknownRuleError, match="did you mean 'RESP-1.shrinking'"):
        standard_rules()["RESP-1.shrinkin"]
    with pytest.raises(UnknownRuleError, match="no rule 'RESP-9\\*'"):
        standard_rules().select("RESP-9*")
    with pytest.raises(UnknownRuleError):
        standard_rules().replacing("RESP-1.nothing", many)


def test_every_standard_rule_states_its_requirement_and_failure():
    for one in standard_rules():
        assert isinstance(one, Rule)
        assert one.requirement.endswith(".")
        assert one.failure.startswith("Fails when")
        assert NOT_FETCHED not in one.required
