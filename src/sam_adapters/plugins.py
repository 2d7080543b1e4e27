"""Who is installed: plugins found, read one at a time, and every fault named.

There is no global registry. :func:`load_plugins` returns a value; whoever needs it
passes it on. A plugin that is broken never takes another one with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib.metadata import Distribution, EntryPoint, distribution, distributions
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pluggy
from attrs import evolve, field, frozen

from sam_adapters import hookspecs
from sam_adapters.contract import CONTRACT_VERSION, AdapterEntry, AdapterError, RendererEntry
from sam_core.errors import suggestion

if TYPE_CHECKING:
    from sam_core.rulebook import Rule, RuleBook

__all__ = ["PluginError", "PluginProblem", "PluginSource", "Plugins", "load_plugins"]

HOOKS: Final = ("sam_adapters", "sam_rules", "sam_renderers")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")

Entry = TypeVar("Entry", AdapterEntry, RendererEntry)


@frozen(kw_only=True)
class PluginSource:
    """One plugin and the distribution it came with.

    Attributes:
        plugin: its name, the left side of the entry point.
        target: what is imported, the right side.
        distribution, version: what installed it; ``""`` where it was given by hand.
    """

    plugin: str
    target: str = ""
    distribution: str = ""
    version: str = ""

    @property
    def provider(self) -> str:
        """The distribution and its version: ``"sam-core 0.1.0"``."""
        return f"{self.distribution} {self.version}".strip() or "given by hand"

    def full_name(self, name: str) -> str:
        """A name that holds where two plugins use the same one: ``"sam-core:tables"``."""
        return f"{self.distribution or self.plugin}:{name}"

    def __str__(self) -> str:
        return f"plugin {self.plugin!r} ({self.provider})"


@frozen(kw_only=True)
class PluginProblem:
    """What is wrong with a plugin, and what to do about it.

    Attributes:
        source: the plugin at fault.
        problem: what is wrong.
        remedy: what to do about it.
        cause: the exception behind it, where there is one.
    """

    source: PluginSource
    problem: str
    remedy: str
    cause: BaseException | None = field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        return f"{self.source}: {self.problem}; {self.remedy}"


class PluginError(AdapterError):
    """A strict load met problems; all of them are in :attr:`problems`."""

    def __init__(self, problems: tuple[PluginProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[type[PluginError], tuple[tuple[PluginProblem, ...]]]:
        return type(self), (self.problems,)


def _frozen_map(entries: Mapping[Any, Any]) -> Any:
    return MappingProxyType(dict(entries))


@frozen(kw_only=True)
class Plugins:
    """All that the installed plugins offer, and what was wrong with some of them.

    Attributes:
        adapters, renderers: entries by name, in order of it. Where two plugins use one name,
            each stands under its full name, ``"distribution:name"``, and none under the bare one.
        rules: the plugins' rules, in order of id; the standard ones are not among them.
        problems: in order of plugin.
        sources: every plugin that was found, also those that could not be loaded.
        offered: what each of them offers, as pairs of kind and name.
    """

    adapters: Mapping[str, AdapterEntry] = field(factory=dict, converter=_frozen_map, hash=False)
    renderers: Mapping[str, RendererEntry] = field(factory=dict, converter=_frozen_map, hash=False)
    rules: tuple[Rule, ...] = ()
    problems: tuple[PluginProblem, ...] = ()
    sources: tuple[PluginSource, ...] = ()
    offered: Mapping[PluginSource, tuple[tuple[str, str], ...]] = field(
        factory=dict, converter=_frozen_map, hash=False, repr=False
    )

    def adapter(self, name: str) -> AdapterEntry:
        """The adapter of that name.

        Raises:
            AdapterError: there is none; the nearest name is suggested, and plugins with
                problems are named, for it may be one of theirs.
        """
        return self._named("adapter", name, self.adapters)

    def renderer(self, name: str) -> RendererEntry:
        """The renderer of that name.

        Raises:
            AdapterError: as :meth:`adapter` does.
        """
        return self._named("renderer", name, self.renderers)

    def _named(self, kind: str, name: str, entries: Mapping[str, Entry]) -> Entry:
        if name in entries:
            return entries[name]
        rivals = [repr(known) for known in entries if known.endswith(f":{name}")]
        if rivals:
            raise AdapterError(
                f"{kind} {name!r} is offered by more than one plugin; ask for {' or '.join(rivals)}"
            )
        tail = suggestion(name, entries) if entries else "; none is installed (is sam-core itself installed?)"
        lines = [f"no {kind} {name!r}{tail}"]
        if self.problems:
            lines += ["a plugin with a problem may be the one that offers it:", *map(str, self.problems)]
        raise AdapterError("\n".join(lines))

    def rule_book(self) -> RuleBook:
        """The standard rules, and the plugins' beside them."""
        from sam_core.rules import standard_rules

        book: RuleBook = standard_rules().extended_with(self.rules)
        return book

    def describe(self) -> tuple[dict[str, Any], ...]:
        """Every plugin as plain data: who it is, what it offers, what is wrong with it."""
        return tuple(
            {
                "plugin": source.plugin,
                "distribution": source.distribution,
                "version": source.version,
                "target": source.target,
                **{
                    hook.removeprefix("sam_"): [
                        name for kind, name in self.offered.get(source, ()) if hook.endswith(kind)
                    ]
                    for hook in HOOKS
                },
                "problems": [f"{p.problem}; {p.remedy}" for p in self.problems if p.source == source],
            }
            for source in self.sources
        )


def load_plugins(
    *, strict: bool = False, without: Collection[str] = (), given: Mapping[str, object] | None = None
) -> Plugins:
    """Find and read the plugins; the built-in ones come by the same door as a stranger's.

    Args:
        strict: raise at the end if anything was wrong; for authors and for tests.
        without: plugins not to load, by name.
        given: plugins that are not installed, by name: modules, or any object with hook
            implementations. They come beside the installed ones.

    Returns:
        What they offer. Its ``problems`` say which plugin of which distribution and version
        is at fault, and what to do.

    Raises:
        PluginError: ``strict`` was asked for and there are problems.
    """
    reading = _Reading()
    for source, load in sorted(
        (*_installed(reading), *_by_hand(given or {})), key=lambda found: _order(found[0])
    ):
        if source.plugin not in without:
            reading.read(source, load)
    plugins = reading.result()
    if strict and plugins.problems:
        raise PluginError(plugins.problems) from plugins.problems[0].cause
    return plugins


_Found = tuple[PluginSource, Callable[[], object]]


def _order(source: PluginSource) -> tuple[str, str, str]:
    return (source.plugin, source.distribution, source.target)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def _author(source: PluginSource) -> str:
    return source.distribution or f"plugin {source.plugin!r}"


def _by_hand(given: Mapping[str, object]) -> Iterator[_Found]:
    def held(plugin: object) -> Callable[[], object]:
        return lambda: plugin

    for name, plugin in given.items():
        yield PluginSource(plugin=name), held(plugin)


def _installed(reading: _Reading) -> Iterator[_Found]:
    """Entry points, distribution by distribution, so that broken metadata hides nobody else's."""
    seen: set[str] = set()
    for candidate in distributions():
        if f"[{hookspecs.PROJECT}]" not in (candidate.read_text("entry_points.txt") or ""):
            continue  # the metadata of all the others need not be parsed
        metadata: Any = candidate.metadata or {}
        if "Name" not in metadata:
            continue  # the remains of a broken uninstall: nobody to hold to account, nothing to import
        name = str(metadata["Name"])
        if name not in seen:
            seen.add(name)
            first = distribution(name)  # of several copies the first on the path is the one that is imported
            version = str(first.version)
            for point in _points(first, name, version, reading):
                yield (
                    PluginSource(plugin=point.name, target=point.value, distribution=name, version=version),
                    point.load,
                )


def _points(found: Distribution, name: str, version: str, reading: _Reading) -> Iterable[EntryPoint]:
    try:
        return [point for point in found.entry_points if point.group == hookspecs.PROJECT]
    except Exception as error:  # noqa: BLE001 - whatever a foreign entry_points.txt does to its parser
        source = PluginSource(plugin=name, target="entry_points.txt", distribution=name, version=version)
        reading.sources.append(source)
        reading.note(source, f"its entry points cannot be read ({error})", f"reinstall {name}", error)
        return ()


@frozen
class _Offer:
    source: PluginSource
    hook: str
    name: str
    item: Any


@frozen
class _Reading:
    """What one load has met so far; nothing of it outlives the load."""

    sources: list[PluginSource] = field(factory=list)
    offers: list[_Offer] = field(factory=list)
    problems: list[PluginProblem] = field(factory=list)

    def note(
        self, source: PluginSource, problem: str, remedy: str, cause: BaseException | None = None
    ) -> None:
        self.problems.append(PluginProblem(source=source, problem=problem, remedy=remedy, cause=cause))

    def read(self, source: PluginSource, load: Callable[[], object]) -> None:
        """One plugin, with a manager of its own, so that every result has one known giver."""
        self.sources.append(source)
        manager = pluggy.PluginManager(hookspecs.PROJECT)
        manager.add_hookspecs(hookspecs)
        try:
            plugin = load()
            manager.register(plugin, name=source.plugin)
        except pluggy.PluginValidationError as error:
            remedy = f"{_author(source)} must give the hook the arguments of its specification"
            self.note(source, f"a hook does not fit: {str(error).strip().splitlines()[-1]}", remedy, error)
            return
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's import may do anything
            problem = f"{source.target!r} cannot be imported ({type(error).__name__}: {_first_line(error)})"
            remedy = f"install what it needs, upgrade {_author(source)}, or uninstall it"
            self.note(source, problem, remedy, error)
            return
        callers = manager.get_hookcallers(plugin) or []
        if not callers:
            remedy = f"{_author(source)} must mark its hooks with sam_adapters.hookimpl"
            self.note(source, "it implements no hook", remedy)
        for caller in callers:
            if caller.has_spec():
                for implementation in caller.get_hookimpls():
                    self._call(source, caller.name, implementation.function)
            elif not all(implementation.optionalhook for implementation in caller.get_hookimpls()):
                remedy = f"{_author(source)} must rename it, or mark it hookimpl(optionalhook=True)"
                self.note(source, f"{caller.name!r} is no hook{suggestion(caller.name, HOOKS)}", remedy)

    def _call(self, source: PluginSource, hook: str, function: Callable[..., object]) -> None:
        kind = _kind(hook)
        remedy = f"{_author(source)} must return an iterable of {kind.__name__}"
        try:
            result = function()
            if not isinstance(result, Iterable) or isinstance(result, (str, bytes, Mapping)):
                self.note(source, f"{hook}() returned {type(result).__name__}", remedy)
                return
            items = list(result)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's hook may do anything
            problem = f"{hook}() raised {type(error).__name__}: {_first_line(error)}"
            self.note(source, problem, f"upgrade {_author(source)}, or uninstall it", error)
            return
        for position, item in enumerate(items):
            if not isinstance(item, kind):
                self.note(source, f"{hook}() gave {type(item).__name__} as item {position}", remedy)
            elif hook == "sam_rules":
                self.offers.append(_Offer(source, hook, item.id, item))
            elif fault := _entry_fault(source, item):
                self.note(source, f"{hook}() item {position}: {fault[0]}", fault[1])
            else:
                self.offers.append(_Offer(source, hook, item.name, item))

    def result(self) -> Plugins:
        """The offers by name; where names clash, both sides are told."""
        named: dict[str, dict[str, Any]] = {hook: {} for hook in HOOKS}
        offered: dict[PluginSource, list[tuple[str, str]]] = {}
        for offer in self.offers:
            name = self._free_name(offer, named[offer.hook])
            if name:
                is_rule = offer.hook == "sam_rules"
                named[offer.hook][name] = (
                    offer.item if is_rule else evolve(offer.item, origin=offer.source.provider)
                )
                offered.setdefault(offer.source, []).append((offer.hook.removeprefix("sam_"), name))
        adapters, rules, renderers = (dict(sorted(named[hook].items())) for hook in HOOKS)
        contents = {source: tuple(sorted(names)) for source, names in offered.items()}
        return Plugins(
            adapters=adapters,
            rules=tuple(rules.values()),
            renderers=renderers,
            problems=tuple(sorted(self.problems, key=lambda problem: _order(problem.source))),
            sources=tuple(sorted(self.sources, key=_order)),
            offered=contents,
        )

    def _free_name(self, offer: _Offer, taken: Mapping[str, Any]) -> str | None:
        """The name it stands under: its own, its full one in a clash, or none at all."""
        rivals = [
            str(other.source)
            for other in self.offers
            if other is not offer and (other.hook, other.name) == (offer.hook, offer.name)
        ]
        if offer.hook == "sam_rules":
            if not rivals and ":" in offer.name:
                return offer.name
            problem = f"is declared by {' and '.join(rivals)} too" if rivals else "has no vendor before it"
            remedy = (
                f"{_author(offer.source)} must name it 'vendor:{offer.name.rpartition(':')[2]}', with a "
                "vendor of its own; to take a rule's place on purpose, there is RuleBook.replacing"
            )
            self.note(offer.source, f"rule {offer.name!r} {problem}, and is left out", remedy)
            return None
        if not rivals:
            return offer.name
        kind, full = offer.hook.removeprefix("sam_").removesuffix("s"), offer.source.full_name(offer.name)
        problem = f"{kind} {offer.name!r} is offered by {' and '.join(rivals)} too"
        if full in taken:
            self.note(offer.source, f"{problem}, and left out", f"{_author(offer.source)} must offer it once")
            return None
        self.note(offer.source, problem, f"ask for {full!r}, or uninstall one of them")
        return full


def _kind(hook: str) -> type[Any]:
    if hook == "sam_rules":
        from sam_core.rulebook import Rule

        return Rule
    return AdapterEntry if hook == "sam_adapters" else RendererEntry


def _entry_fault(source: PluginSource, entry: AdapterEntry | RendererEntry) -> tuple[str, str] | None:
    """What is wrong with an entry and what to do, or nothing."""
    author = _author(source)
    if not _NAME.fullmatch(str(entry.name)):
        return f"{entry.name!r} is no name", f"{author} must name it in small letters, digits and hyphens"
    if not str(entry.summary).strip():
        return f"{entry.name!r} has no summary", f"{author} must say in one line what it is"
    if not callable(entry.load):
        return f"load of {entry.name!r} cannot be called", f"{author} must give a function that imports it"
    if not isinstance(entry.contract, int):
        return f"{entry.contract!r} is no contract version", f"{author} must give a whole number"
    if entry.contract != CONTRACT_VERSION:
        problem = (
            f"{entry.name!r} was written for contract version {entry.contract}, this is {CONTRACT_VERSION}"
        )
        return problem, "upgrade sam-core" if entry.contract > CONTRACT_VERSION else f"upgrade {author}"
    return None
