"""Strategies for values: days, moments, amounts, periods, doubt, standards.

Strategies are built once and kept: a dossier asks for them hundreds of times.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ParamSpec, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from sam_core._currencies import CURRENCIES
from sam_core.standards import Policy, Revision, Standard, catalogue
from sam_core.values import Coverage, Maybe, Money, Period, Unknown, Why

__all__ = [
    "account_hierarchies",
    "amounts",
    "coverages",
    "currencies",
    "days",
    "idents",
    "maybe",
    "moments",
    "monies",
    "periods",
    "policies",
    "revisions",
    "shares",
    "standards_documents",
    "texts",
    "unknowns",
]

T = TypeVar("T")
P = ParamSpec("P")


def kept(build: Callable[P, T]) -> Callable[P, T]:
    """Build a strategy once for the same arguments: drawing from a kept one is many times quicker."""
    return cache(build)  # type: ignore[return-value]  # the cache forgets the parameters, and needs them hashable


FIRST, LAST = date(2018, 1, 1), date(2027, 12, 31)


@kept
def texts() -> SearchStrategy[str]:
    """Any text with something in it but white space: quotes, newlines, other scripts and all."""
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
        lambda text: bool(text.strip())
    )


@kept
def idents() -> SearchStrategy[str]:
    """Ids, plain ones mostly."""
    return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,8}", fullmatch=True) | texts()


@kept
def days(first: date = FIRST, last: date = LAST) -> SearchStrategy[date]:
    """Days, month ends and leap days among them."""
    return st.dates(first, last)


@kept
def moments() -> SearchStrategy[datetime]:
    """Aware moments in UTC."""
    return st.datetimes(datetime(2018, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@kept
def amounts(low: int = -1_000_000, high: int = 1_000_000) -> SearchStrategy[Decimal]:
    """Amounts of either sign: to the cent, finer than that, and round ones as ``1E+3`` too."""
    return st.decimals(low, high, places=2) | st.decimals(low, high, places=4).map(Decimal.normalize)


@kept
def shares() -> SearchStrategy[Decimal]:
    """Shares from 0 to 1."""
    return st.decimals(0, 1, places=4)


@kept
def unknowns() -> SearchStrategy[Unknown]:
    """An unknown of any reason."""
    return st.builds(Unknown, st.sampled_from(Why), st.sampled_from(("", "table x", "column y")))


@kept
def _or_unknown(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return strategy | unknowns()


def maybe(strategy: SearchStrategy[T]) -> SearchStrategy[Maybe[T]]:
    """What the strategy draws, or an unknown."""
    return _or_unknown(strategy)


@kept
def periods() -> SearchStrategy[Period]:
    """Years, quarters, months and any two days."""
    years = st.integers(2019, 2027)
    return st.one_of(
        years.map(Period.year),
        st.builds(lambda y, q: Period.parse(f"{y}Q{q}"), years, st.integers(1, 4)),
        st.builds(lambda y, m: Period.parse(f"{y}-{m:02}"), years, st.integers(1, 12)),
        st.tuples(days(), days()).map(lambda pair: Period(min(pair), max(pair))),
    )


@kept
def currencies() -> SearchStrategy[str]:
    """Codes of ISO 4217."""
    return st.sampled_from(sorted(CURRENCIES))


def monies() -> SearchStrategy[Money]:
    """Amounts in any currency."""
    return st.builds(Money, amounts(), currencies())


def coverages() -> SearchStrategy[Coverage]:
    """Coverages: no more judged than there is."""

    def of(judged: int, rest: int, amount: Decimal, rest_amount: Decimal) -> Coverage:
        return Coverage(
            judged=judged, total=judged + rest, judged_amount=amount, total_amount=amount + rest_amount
        )

    return st.builds(of, st.integers(0, 99), st.integers(0, 99), amounts(0), amounts(0))


def _standard_values(entry: Standard) -> SearchStrategy[Any]:
    if isinstance(entry.default, Decimal):
        low, high = (bound if bound is None else Decimal(bound) for bound in (entry.low, entry.high))
        return st.decimals(0 if low is None else low, 100 if high is None else high, places=3)
    if isinstance(entry.default, int):
        return st.integers(
            0 if entry.low is None else int(entry.low), 999 if entry.high is None else int(entry.high)
        )
    if isinstance(entry.default, str):
        return st.sampled_from(entry.choices)
    if isinstance(entry.default, tuple):
        return st.lists(st.sampled_from(entry.choices), unique=True).map(tuple)
    if any(isinstance(value, int) for value in entry.default.values()):
        return st.dictionaries(texts(), st.integers(0, 99), max_size=3)
    return st.dictionaries(texts(), st.lists(texts(), max_size=2).map(tuple), max_size=2)


@st.composite
def _settings(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(catalogue()), max_size=4, unique_by=lambda entry: entry.key))
    return {entry.key: draw(_standard_values(entry)) for entry in chosen}


def revisions() -> SearchStrategy[Revision]:
    """Changes of standards from a day on, for all accounts and for tiers."""
    return st.builds(
        Revision,
        effective=days(),
        values=_settings(),
        tiers=st.dictionaries(st.sampled_from(("A", "B", 'tier "x"')), _settings(), max_size=2),
    )


def policies() -> SearchStrategy[Policy]:
    """The defaults, and histories of revisions."""
    return st.lists(revisions(), max_size=3, unique_by=lambda revision: revision.effective).map(
        lambda found: Policy(tuple(found))
    )


def standards_documents() -> SearchStrategy[str]:
    """Standards as TOML, that ``Policy.from_toml`` reads."""
    return policies().map(Policy.to_toml)


def account_hierarchies() -> SearchStrategy[dict[str, str | None]]:
    """Parents by account: trees, orphans whose parent nobody knows, and cycles."""
    accounts = [f"A{n}" for n in range(6)]
    return st.dictionaries(
        st.sampled_from(accounts), st.none() | st.sampled_from([*accounts, "nobody"]), min_size=1
    )
