"""Which source, whose book, over which period, by which standards: the options that all reports share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import evolve, field, frozen

from sam_adapters.contract import Adapter, AdapterError, BookReading, BookRequest, ProblemLog
from sam_core.book import Person
from sam_core.errors import suggestion
from sam_core.standards import Policy
from sam_core.values import Period, Unknown

if TYPE_CHECKING:
    from sam_adapters.plugins import Plugins
    from sam_core.rulebook import RuleBook

__all__ = ["Asked", "Source", "as_day", "book_options", "source_options", "today"]

_KEPT: Final = 10_000
"""Problems kept in full per place and field: a book is gone through more than once, and a kept one counts once."""

_PATHS: Final = ("path", "folder", "source", "file", "database")
_MAPPINGS: Final = ("mapping",)

STANDARDS_FILE: Final = "standards.toml"
"""Taken from beside the tables where no other standards are named."""


def today() -> date:
    """The user's own day: the only clock in the project."""
    return datetime.now().astimezone().date()


@frozen(kw_only=True)
class Source:
    """Where to read from.

    Attributes:
        path: a folder or file of tables, or a configuration of an adapter; ``None`` where settings say it all.
        settings: what else the adapter is told, as ``--set`` gives it.
    """

    path: Path | None
    adapter_name: str
    settings: tuple[tuple[str, str], ...]
    mapping: Path | None
    strict: bool

    def plugins(self) -> Plugins:
        """What is installed; what is wrong with it is told on standard error."""
        from sam_adapters.plugins import load_plugins

        plugins = load_plugins()
        for problem in plugins.problems:
            click.echo(f"warning: {problem}", err=True)
        return plugins

    def open(self, plugins: Plugins | None = None) -> Adapter:
        """The adapter, ready to read."""
        from sam_adapters import open_adapter

        plugins = plugins or self.plugins()
        settings: dict[str, Any] = dict(self.settings)
        for what, value, names in (("SOURCE", self.path, _PATHS), ("--mapping", self.mapping, _MAPPINGS)):
            if value is not None:
                settings[self._setting(plugins, what, names)] = value
        return open_adapter(self.adapter_name, plugins=plugins, **settings)

    def _setting(self, plugins: Plugins, what: str, names: tuple[str, ...]) -> str:
        """What the adapter calls the path or the mapping it takes."""
        try:
            known = inspect.signature(plugins.adapter(self.adapter_name).load()).parameters
        except (
            ImportError,
            TypeError,
            ValueError,
        ):  # told by open_adapter, or kept to itself by an extension type
            return names[0]
        found = next((name for name in names if name in known), None)
        if found is None:
            raise AdapterError(
                f"adapter {self.adapter_name!r} takes no {what}; it takes --set {', '.join(known)}"
            )
        return found

    @property
    def standards_file(self) -> Path | None:
        """The company's standards beside its tables, where they are."""
        beside = self.path / STANDARDS_FILE if self.path is not None else None
        return beside if beside is not None and beside.is_file() else None


@frozen(kw_only=True)
class Asked:
    """A book, or all the books of a source, on a day, over a period, by the company's standards."""

    source: Source
    manager: str | None
    all_managers: bool
    period_text: str | None
    as_of: date
    standards: Path | None
    field_manager: str | None = None
    _held: dict[str, Any] = field(factory=dict, init=False, eq=False, repr=False)

    @property
    def period(self) -> Period:
        """As asked; the year of ``as_of`` where nobody asked."""
        return Period.parse(self.period_text) if self.period_text else Period.year(self.as_of.year)

    @property
    def policy(self) -> Policy:
        """The standards of the file named, or of the one beside the tables, or the documented defaults."""
        path = self.standards or self.source.standards_file
        return Policy() if path is None else Policy.from_toml(path.read_text(encoding="utf-8"))

    @property
    def plugins(self) -> Plugins:
        """What is installed."""
        if "plugins" not in self._held:
            self._held["plugins"] = self.source.plugins()
        plugins: Plugins = self._held["plugins"]
        return plugins

    @property
    def rules(self) -> RuleBook:
        """The standard rules, and those of the plugins."""
        return self.plugins.rule_book()

    @property
    def adapter(self) -> Adapter:
        """The source, opened once."""
        if "adapter" not in self._held:
            self._held["adapter"] = self.source.open(self.plugins)
        adapter: Adapter = self._held["adapter"]
        return adapter

    def reporting_to(self, field_manager_id: str | None) -> Asked:
        """The same, of those only who report to that field manager, or of whom nobody knows to whom."""
        return evolve(self, field_manager=field_manager_id)

    def managers(self) -> tuple[Person, ...]:
        """Whose books are meant: the one named, all of them, or the only one there is.

        Raises:
            AdapterError: there are several and none was named, or nobody of that id.
        """
        people = tuple(self.adapter.managers())
        if self.field_manager is not None:
            people = tuple(one for one in people if self._may_report(one))
            if not people:
                raise AdapterError(f"nobody with a book in this source reports to {self.field_manager!r}")
        known = {person.id: person for person in people}
        if self.manager is not None:
            if self.manager in known:
                return (known[self.manager],)
            by_name = [p for p in people if p.name.casefold() == self.manager.casefold()]
            if len(by_name) == 1:
                return (by_name[0],)
            raise AdapterError(f"no manager {self.manager!r} in this source{suggestion(self.manager, known)}")
        if not people:
            raise AdapterError("nobody has a book in this source; give its accounts a manager")
        if len(people) > 1 and not self.all_managers:
            names = "\n".join(f"  --manager {person.id:<12} {person.name}" for person in people)
            raise AdapterError(f"this source has {len(people)} books; say whose is meant:\n{names}")
        return people

    def _may_report(self, person: Person) -> bool:
        return isinstance(person.manager_id, Unknown) or person.manager_id == self.field_manager

    def reading(self, person: Person, as_of: date | None = None) -> BookReading:
        """One manager's book, not read yet; the period follows ``as_of`` where none was asked for."""
        asked = self.period if as_of is None or self.period_text else Period.year(as_of.year)
        reading = self.adapter.read(
            BookRequest(manager_id=person.id, period=asked, policy=self.policy, strict=self.source.strict)
        )
        reading.problems.keep = _KEPT
        return reading

    def readings(self) -> Iterator[tuple[Person, BookReading]]:
        """All the books that are meant, one after the other."""
        for person in self.managers():
            yield person, self.reading(person)


def merged(logs: list[ProblemLog]) -> ProblemLog:
    """The problems of several readings of one source; a row that two books share is told once."""
    whole = ProblemLog(keep=max((log.keep for log in logs), default=20))
    for log in logs:
        for problem in log:
            whole.report(problem)
    for log in logs:  # those beyond the ones kept in full are counted all the same
        for key, count in log.counts.items():
            whole.counts[key] = max(whole.counts[key], count)
    return whole


def as_day(text: str) -> date:
    """A day as the options take it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a day; write 2026-09-30") from None


def _setting(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise click.BadParameter(f"{text!r} is not key=value")
    if any(word in key.lower() for word in ("token", "secret", "password")):
        raise click.BadParameter(
            f"{key!r} looks like a secret; give it by the environment, where nobody can read it"
        )
    return key.strip(), value


_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

SETTINGS: Final = click.option(
    "--set",
    "settings",
    multiple=True,
    type=_setting,
    metavar="KEY=VALUE",
    help="A setting of the adapter; never a secret.",
)
"""The option ``--set``."""

_SOURCE: Final = (
    click.argument("path", metavar="[SOURCE]", required=False, type=click.Path(exists=True, path_type=Path)),
    click.option("--adapter", "adapter_name", default="tables", show_default=True, metavar="NAME",
                 help="What to read with; see sam-core plugins."),
    SETTINGS,
    click.option("--mapping", type=_FILE, metavar="FILE", help="How foreign tables or objects are laid onto ours."),
    click.option("--strict", is_flag=True, help="Refuse the source at the first problem."),
)  # fmt: skip

_PERIOD: Final = (
    click.option("--period", "period_text", metavar="PERIOD",
                 help="2026, 2026Q3, 2026-07 or 2026-01-01..2026-06-30.  [default: the year of --as-of]"),
    click.option("--as-of", type=as_day, default=None, metavar="DAY",
                 help="Nothing later is looked at.  [default: today]"),
    click.option("--standards", type=_FILE, metavar="FILE",
                 help="The company's standards.  [default: standards.toml beside the tables, or our defaults]"),
)  # fmt: skip
_MANAGER: Final = click.option("--manager", metavar="ID", help="Whose book, where there are several.")
_ALL: Final = click.option("--all-managers", is_flag=True, help="Every book of the source, together.")


def _decorated(
    run: Callable[..., Any], command: Callable[..., Any], options: tuple[Any, ...]
) -> Callable[..., Any]:
    run.__doc__, run.__name__ = command.__doc__, command.__name__
    run.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed(options):
        run = option(run)
    return run


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a source; gives the command a ``source``."""

    def run(path: Path | None, adapter_name: str, settings: tuple[tuple[str, str], ...], mapping: Path | None,
            strict: bool, **rest: Any) -> Any:  # fmt: skip
        return command(source=_source(path, adapter_name, settings, mapping, strict), **rest)

    return _decorated(run, command, _SOURCE)


def _source(
    path: Path | None,
    adapter_name: str,
    settings: tuple[tuple[str, str], ...],
    mapping: Path | None,
    strict: bool,
) -> Source:
    if path is None and not settings and adapter_name == "tables":
        raise click.UsageError(
            "say where the tables are: sam-core scorecard FOLDER; or try it on a sample: sam-core demo"
        )
    return Source(path=path, adapter_name=adapter_name, settings=settings, mapping=mapping, strict=strict)


def book_options(
    *, every: bool = False, optional: bool = False, own: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that name a book; gives the command an ``asked``.

    Args:
        every: whether all the books of a source may be asked for.
        own: whether one manager's book may be asked for; all of them are meant where not.
        optional: the command does without a source too; ``asked`` is ``None`` then.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def run(
            path: Path | None,
            adapter_name: str,
            settings: tuple[tuple[str, str], ...],
            mapping: Path | None,
            strict: bool,
            period_text: str | None,
            as_of: date | None,
            standards: Path | None,
            manager: str | None = None,
            all_managers: bool = not own,
            **rest: Any,
        ) -> Any:
            if manager is not None and all_managers:
                raise click.UsageError("--manager and --all-managers exclude each other")
            if optional and path is None and not settings:
                return command(asked=None, **rest)
            asked = Asked(
                source=_source(path, adapter_name, settings, mapping, strict),
                manager=manager,
                all_managers=all_managers,
                period_text=period_text,
                as_of=as_of or today(),
                standards=standards,
            )
            _ = asked.period  # a text that is no period is refused before anything is read
            return command(asked=asked, **rest)

        whose = ([_MANAGER] if own else []) + ([_ALL] if every else [])
        return _decorated(run, command, (*_SOURCE, *whose, *_PERIOD))

    return decorate
