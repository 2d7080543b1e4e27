"""Raw scalars become values, or are refused with what would be right; nothing is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_adapters.contract import Effect, MappingProblem, ProblemLog, SourceError
from sam_adapters.convert import (
    PLACEHOLDERS,
    PLAIN,
    Collector,
    ExchangeRates,
    Fields,
    Format,
    LeftOutError,
    StrictReadingError,
    UnreadableError,
    choice,
    day,
    decimal,
    flag,
    ident,
    idents,
    instant,
    is_blank,
    millis,
    period,
    text,
    whole,
)
from sam_core.book import BuyerRole, DatedCost, HandoverState, MeetingMode
from sam_core.errors import RecordError
from sam_core.values import Money, Period, Unknown, Why

GERMAN = Format(decimal_mark=",", thousands=".", dates=("%d.%m.%Y",))
PARIS = Format(zone=ZoneInfo("Europe/Paris"))


# --- texts and ids ----------------------------------------------------------------------------


@given(st.text())
def test_text_that_is_no_placeholder_comes_through_as_it_stands(raw):
    if raw.strip().upper() in PLACEHOLDERS:
        with pytest.raises(UnreadableError, match="stands for no value"):
            text(raw)
    else:
        assert text(raw) == raw


@pytest.mark.parametrize("raw", sorted(PLACEHOLDERS | {" n/a ", "null", "NaN"}))
def test_what_other_programs_write_for_no_value_is_refused(raw):
    for read in (text, ident, decimal, day, instant, flag):
        with pytest.raises(UnreadableError):
            read(raw)


def test_numbers_are_texts_as_they_are_written():
    assert [text(42), text(42.0), text(0.5), text(Decimal("1.50"))] == ["42", "42", "0.5", "1.50"]


@pytest.mark.parametrize("raw", [True, None, [], {}, b"x", date(2026, 1, 1)])
def test_what_is_no_text_is_refused(raw):
    with pytest.raises(UnreadableError, match="is not a text"):
        text(raw)


def test_ids_find_each_other_in_spite_of_blanks_and_types():
    assert ident(" S10_1678 ") == ident("S10_1678") == "S10_1678"
    assert ident(7) == ident(7.0) == "7"


def test_ids_come_as_lists_or_parted_by_semicolons():
    assert idents("a; b;;c ") == idents(["a", "b", None, "c "]) == ("a", "b", "c")
    assert idents(";") == ()
    with pytest.raises(UnreadableError):
        idents("a;N/A")


def test_blank_is_nothing_or_white_space_and_nothing_else():
    assert [is_blank(raw) for raw in (None, "", " \t\n\u00a0", 0, False, "x", (), [])] == [True] * 3 + [
        False
    ] * 5


# --- numbers ----------------------------------------------------------------------------------


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_reads_back_in_whatever_form_it_is_declared_to_be_written(number):
    written = f"{number:,.4f}"
    german = written.translate(str.maketrans(",.", ".,"))
    assert decimal(str(number)) == decimal(german, GERMAN) == number
    assert decimal(written, Format(thousands=",")) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_taken_as_it_is_written(number):
    assert decimal(number) == Decimal(repr(number))


@pytest.mark.parametrize(
    ("raw", "value"),
    [("1234.50", "1234.50"), (" -3 ", "-3"), ("+.5", "0.5"), ("1.5e3", "1500"), (7, "7"), (Decimal(2), "2")],
)
def test_plain_numbers_are_read(raw, value):
    assert decimal(raw) == Decimal(value)


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("1,234.50", PLAIN),
        ("1,5", PLAIN),
        ("12 %", PLAIN),
        ("1_000", PLAIN),
        ("١٢", PLAIN),
        ("EUR 5", PLAIN),
        ("1e9999", PLAIN),
        ("Infinity", PLAIN),
        (float("nan"), PLAIN),
        (float("inf"), PLAIN),
        (Decimal("NaN"), PLAIN),
        (True, PLAIN),
        (b"1", PLAIN),
        ("1234.50", GERMAN),  # a point after one digit too many is no thousands separator
        ("1.23", GERMAN),
        ("12.34.567", GERMAN),
        ("1,2.345", GERMAN),
        ("1.5", Format(decimal_mark=",")),
        ("1,2", Format(decimal_mark=".", thousands=",")),
    ],
)
def test_what_could_be_two_numbers_or_none_is_refused(raw, form):
    with pytest.raises(UnreadableError, match="is not a number"):
        decimal(raw, form)


def test_the_refusal_shows_how_the_format_writes_numbers():
    with pytest.raises(UnreadableError, match=r"write it like 1234,50$"):
        decimal("abc", GERMAN)
    with pytest.raises(UnreadableError, match="or declare the decimal mark"):
        decimal("1,234")


def test_whole_numbers_have_no_part_behind_the_point():
    assert (whole("3"), whole("3.0"), whole(3.0)) == (3, 3, 3)
    with pytest.raises(UnreadableError, match="not a whole number"):
        whole("3.5")


# --- days and moments --------------------------------------------------------------------------


@given(st.dates())
def test_iso_days_always_read_back(value):
    assert day(value.isoformat()) == day(value) == day(value.isoformat(), GERMAN) == value


@given(st.dates(date(1000, 1, 1)))
def test_days_read_back_in_a_declared_format(value):
    assert day(value.strftime("%d.%m.%Y"), GERMAN) == value


@pytest.mark.parametrize(
    "raw", ["03/04/2026", "3.4.2026", "20260304", "2026-02-31", "2026-1-1", "2026-01-01x", 5]
)
def test_a_day_in_no_declared_format_is_refused_not_guessed(raw):
    with pytest.raises(UnreadableError, match="is not a day"):
        day(raw)


def test_a_day_that_two_declared_formats_read_differently_is_refused():
    both = Format(dates=("%d/%m/%Y", "%m/%d/%Y"))
    assert day("13/04/2026", both) == date(2026, 4, 13)
    assert day("04/04/2026", both) == date(2026, 4, 4)
    with pytest.raises(UnreadableError, match="2026-03-04 and 2026-04-03"):
        day("03/04/2026", both)


def test_a_moment_counts_on_the_day_it_is_written_or_on_the_zones():
    assert day("2026-03-04 23:30:00") == date(2026, 3, 4)
    assert day(datetime(2026, 3, 4, 23, 30)) == date(2026, 3, 4)
    assert day("2026-03-04T23:30:00Z") == date(2026, 3, 4)
    assert day("2026-03-04T23:30:00Z", PARIS) == date(2026, 3, 5)
    assert day("2026-03-04T23:30:00-05:00") == date(2026, 3, 5)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_moments_are_the_same_moment_in_utc(naive, minutes):
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    for raw in (moment, moment.isoformat(), moment.isoformat(" ")):
        found = instant(raw)
        assert found == moment
        assert found.utcoffset() == timedelta(0)


def test_a_moment_without_an_offset_needs_a_declared_zone():
    assert instant("2026-07-01 12:00:00", PARIS) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    with pytest.raises(UnreadableError, match="no time zone"):
        instant("2026-07-01 12:00:00")


@pytest.mark.parametrize("raw", ["2026-07-01", "noon", 5, None, "2026-13-01T00:00:00Z"])
def test_what_is_no_moment_is_refused(raw):
    with pytest.raises(UnreadableError, match="is not a moment"):
        instant(raw)


def test_moments_outside_the_calendar_are_refused():
    for raw in ("0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"):
        with pytest.raises(UnreadableError, match="outside the calendar"):
            instant(raw)
        with pytest.raises(UnreadableError, match="is not a day"):
            day(raw)
    with pytest.raises(UnreadableError, match="outside the calendar"):
        millis(10**18)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_milliseconds_since_1970_are_moments(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    since = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert millis(str(since)) == millis(since) == moment


# --- words --------------------------------------------------------------------------------------


def test_true_and_false_go_by_the_words_of_the_format():
    assert [flag(raw) for raw in (True, "Yes", "1", 1)] == [True] * 4
    assert [flag(raw) for raw in (False, "no", "0", 0)] == [False] * 4
    assert flag("oui", Format(yes=frozenset({"oui"})))
    for raw in ("", "2", "maybe"):
        with pytest.raises(UnreadableError, match="is neither"):
            flag(raw)


def test_choices_are_read_by_value_and_by_name_whatever_the_capitals():
    for raw in ("in person", "IN_PERSON", "In-Person", " in  person "):
        assert choice(MeetingMode)(raw) is MeetingMode.IN_PERSON
    assert choice(HandoverState)("kicked off") is HandoverState.KICKED_OFF
    assert choice(HandoverState)(2) is HandoverState.KICKED_OFF


def test_an_unknown_choice_is_refused_with_the_nearest():
    with pytest.raises(UnreadableError, match="did you mean 'champion'"):
        choice(BuyerRole)("champoin")


def test_periods_are_read_as_the_core_reads_them():
    assert period("2026Q3") == Period.parse("2026Q3")
    with pytest.raises(UnreadableError, match="is not a period"):
        period("soon")


# --- collecting problems -------------------------------------------------------------------------


def problem(record: str = "row 2", field: str = "cost") -> MappingProblem:
    return MappingProblem(where="sales.csv", record=record, field=field, problem="no", effect=Effect.NOTED)


def test_a_collector_keeps_and_a_strict_one_raises():
    collector = Collector()
    collector.report(problem())
    assert list(collector.log) == [problem()]
    strict = Collector(strict=True)
    with pytest.raises(StrictReadingError) as caught:
        strict.report(problem())
    assert caught.value.problem == problem()
    assert isinstance(caught.value, SourceError)
    with pytest.raises(StrictReadingError):
        strict.absorb(collector.log)


@given(st.integers(0, 60), st.integers(0, 60))
def test_absorbing_a_log_counts_all_that_it_counted(mine, theirs):
    log, other = ProblemLog(), ProblemLog()
    for number in range(mine):
        log.report(problem(f"a {number}"))
    for number in range(theirs):
        other.report(problem(f"b {number}"))
    Collector(log).absorb(other)
    assert len(log) == mine + theirs


# --- fields ---------------------------------------------------------------------------------------

RAW = {"name": "Ada", "cost": "12.50", "blank": " ", "bad": "12,5x", "empty": None}


def fields(**options: object) -> Fields:
    return Fields(raw=RAW, where="products.csv", record="row 7", **options)


def test_a_value_is_read_whoever_asks():
    read = fields()
    for ask in (read.required, read.maybe, read.maybe_none, read.optional):
        assert ask("cost", decimal) == Decimal("12.50")
    assert len(read.collector.log) == 0


def test_missing_blank_and_unreadable_are_three_things():
    read = fields()
    assert read.maybe("gone", decimal) == Unknown(Why.NOT_CONFIGURED, "products.csv.gone")
    assert (
        read.maybe("blank", decimal) == read.maybe("blank", text) == Unknown(Why.BLANK, "products.csv.blank")
    )
    assert read.maybe("empty", decimal) == Unknown(Why.BLANK, "products.csv.empty")
    assert len(read.collector.log) == 0
    assert read.maybe("bad", decimal) == Unknown(Why.UNREADABLE, "products.csv.bad")
    (told,) = read.collector.log
    assert (told.record, told.field, told.effect) == ("row 7", "bad", Effect.VALUE_UNKNOWN)
    assert "'12,5x' is not a number" in told.problem


def test_a_source_may_say_itself_why_a_field_is_missing():
    hidden = Unknown(Why.NOT_PERMITTED, "Case.Priority")
    assert fields(missing=lambda _: hidden).maybe("gone", text) is hidden


def test_where_none_can_be_known_a_blank_says_so_and_a_missing_field_does_not():
    read = fields()
    assert read.maybe_none("blank", decimal) is None
    assert isinstance(read.maybe_none("gone", decimal), Unknown)
    assert isinstance(read.maybe_none("bad", decimal), Unknown)


def test_what_is_optional_is_none_but_an_unreadable_one_is_told():
    read = fields()
    assert [read.optional(name, decimal) for name in ("gone", "blank", "bad")] == [None] * 3
    assert [p.field for p in read.collector.log] == ["bad"]


@pytest.mark.parametrize(
    ("name", "why"), [("gone", "does not have it"), ("blank", "blank"), ("bad", "not a number")]
)
def test_a_record_without_what_is_required_is_left_out_and_reported(name, why):
    read = fields()
    with pytest.raises(LeftOutError, match=why):
        read.required(name, decimal)
    assert read.make(lambda f: f.required(name, decimal)) is None
    (told,) = read.collector.log  # the same problem twice is one
    assert told.effect is Effect.LEFT_OUT
    assert why in told.problem


def test_a_record_that_refuses_is_reported_by_the_field_it_names():
    read = fields()
    assert read.make(lambda f: DatedCost(start="soon", unit_cost=f.required("cost", decimal))) is None
    (told,) = read.collector.log
    assert told.field == "start"
    made = read.make(lambda f: DatedCost(start=date(2026, 1, 1), unit_cost=f.required("cost", decimal)))
    assert made == DatedCost(start=date(2026, 1, 1), unit_cost=Decimal("12.50"))


def test_a_field_may_be_written_in_a_form_of_its_own():
    read = fields(form=GERMAN, forms={"cost": PLAIN})
    assert read.required("cost", decimal) == Decimal("12.50")


# --- exchange rates --------------------------------------------------------------------------------

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
RATES = [
    ("USD", FEBRUARY, Decimal("0.8")),
    ("USD", JANUARY, Decimal("0.9")),
    ("JPY", JANUARY, Decimal("0.006")),
]


@pytest.mark.parametrize(
    ("on", "amount"),
    [(JANUARY, "90.0"), (date(2026, 1, 31), "90.0"), (FEBRUARY, "80.0"), (date(2030, 1, 1), "80.0")],
)
def test_a_rate_holds_from_its_day_until_the_next(on, amount):
    rates = ExchangeRates("EUR", RATES)
    assert rates.convert(Money(Decimal(100), "USD"), on) == Decimal(amount)
    assert rates.used == {"USD"}


def test_rates_may_be_told_the_other_way_round():
    rates = ExchangeRates("EUR", [("USD", JANUARY, Decimal("1.25"))], per_book=True)
    assert rates.convert(Money(Decimal(100), "USD"), JANUARY) == Decimal(80)


def test_what_cannot_be_converted_is_unknown_and_never_a_guess():
    rates = ExchangeRates("EUR", RATES)
    before = rates.convert(Money(Decimal(100), "USD"), date(2025, 12, 31))
    assert before == Unknown(Why.NOT_CONFIGURED, "rate of USD to EUR on 2025-12-31")
    assert isinstance(rates.convert(Money(Decimal(100), "GBP"), JANUARY), Unknown)
    assert rates.used == set()


def test_the_books_own_currency_needs_no_rate():
    rates = ExchangeRates("EUR")
    assert (
        rates.convert(Money(Decimal(5), "EUR"), JANUARY)
        == rates.amount(Decimal(5), None, JANUARY)
        == Decimal(5)
    )
    assert ExchangeRates("EUR", RATES).amount(Decimal(100), " usd ", JANUARY) == Decimal("90.0")


def test_strange_currencies_and_rates_are_refused():
    with pytest.raises(UnreadableError, match="no ISO 4217 code"):
        ExchangeRates("EUR").amount(Decimal(1), "Dollar", JANUARY)
    with pytest.raises(RecordError):
        ExchangeRates("Euro")
    for code, rate in (("XX1", "1"), ("USD", "0"), ("USD", "-1")):
        with pytest.raises(RecordError):
            ExchangeRates("EUR", [(code, JANUARY, Decimal(rate))])


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.decimals(-(10**9), 10**9, places=2),
    st.dates(JANUARY, date(2030, 1, 1)),
)
def test_converting_a_sum_is_the_sum_of_what_is_converted(one, other, on):
    rates = ExchangeRates("EUR", RATES)
    parts = [rates.convert(Money(amount, "USD"), on) for amount in (one, other, one + other)]
    assert parts[0] + parts[1] == parts[2]
