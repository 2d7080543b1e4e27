"""The edges of the core: adapters that read books, and the door by which plugins come in.

::

    from sam_adapters import open_book

    reading = open_book("tables", manager="1370", period="2004", folder="exports")
    for dossier in reading.book:
        ...

Nothing is imported or looked for before it is asked for.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from sam_adapters.contract import (
    CONCEPTS,
    CONTRACT_VERSION,
    Adapter,
    AdapterEntry,
    AdapterError,
    BookReading,
    BookRequest,
    Capabilities,
    Effect,
    MappingProblem,
    ProblemLog,
    RendererEntry,
    SourceError,
)
from sam_core.errors import suggestion
from sam_core.standards import Policy
from sam_core.values import Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from sam_adapters.hookspecs import hookimpl as hookimpl
    from sam_adapters.plugins import Plugins
    from sam_adapters.plugins import load_plugins as load_plugins

__all__ = [
    "CONCEPTS",
    "CONTRACT_VERSION",
    "Adapter",
    "AdapterEntry",
    "AdapterError",
    "BookReading",
    "BookRequest",
    "Capabilities",
    "Effect",
    "MappingProblem",
    "ProblemLog",
    "RendererEntry",
    "SourceError",
    "hookimpl",
    "load_plugins",
    "open_adapter",
    "open_book",
    "open_renderer",
]

_LAZY = {"hookimpl": "sam_adapters.hookspecs", "load_plugins": "sam_adapters.plugins"}
_MEMBERS = ("capabilities", "managers", "read")


def __getattr__(name: str) -> Any:
    """Plugin machinery is imported when first asked for; reading a book by hand needs none of it."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    try:
        module = import_module(_LAZY[name])
    except ModuleNotFoundError as error:
        if error.name != "pluggy":
            raise
        raise AdapterError(
            "plugins need pluggy, which comes with every extra of the package: install sam-core[tables]"
        ) from error
    return getattr(module, name)


def open_adapter(name: str, *, plugins: Plugins | None = None, **settings: Any) -> Adapter:
    """The adapter of that name, ready to read.

    Args:
        name: as ``sam-core plugins`` lists it.
        plugins: where to look it up; all that is installed, where left out.
        settings: what the adapter needs to know of the source: a folder, a client.

    Raises:
        AdapterError: no such adapter (the nearest name is suggested), a library it needs is not
            installed (the extra is named), or a setting it does not know.
    """
    entry = _plugins(plugins).adapter(name)
    build = _loaded("adapter", name, entry)
    _check_settings(name, build, settings)
    adapter: Adapter = build(**settings)
    lacking = [member for member in _MEMBERS if inspect.getattr_static(adapter, member, None) is None]
    if lacking:
        raise AdapterError(
            f"adapter {name!r} ({entry.origin}) built a {type(adapter).__name__} without "
            f"{', '.join(lacking)}; an adapter has capabilities, managers() and read()"
        )
    return adapter


def open_book(
    adapter: str | Adapter,
    *,
    manager: str,
    period: Period | str,
    policy: Policy | None = None,
    strict: bool = False,
    plugins: Plugins | None = None,
    **settings: Any,
) -> BookReading:
    """Read one manager's book out of a source.

    Args:
        adapter: the name of an installed adapter, or an adapter at hand.
        manager: whose book, by the id that the adapter's ``managers()`` gives.
        period: the period it is judged over, or its text: ``"2026"``, ``"2026Q3"``.
        policy: the company's standards; the documented defaults where left out.
        strict: refuse the book at the first problem instead of noting it.
        plugins: where to look the name up; all that is installed, where left out.
        settings: what the adapter needs to know of the source; only together with a name.

    Returns:
        The book, which streams, and the problems, complete once it has been gone through.

    Raises:
        AdapterError: as :func:`open_adapter` does.
        SourceError: the source cannot be read, or that manager has no book in it.
        RecordError: the text is no period.
    """
    if isinstance(adapter, str):
        adapter = open_adapter(adapter, plugins=plugins, **settings)
    elif settings:
        raise AdapterError(
            f"settings ({', '.join(sorted(settings))}) were given beside a built adapter; "
            "give them to the adapter itself, or give its name"
        )
    request = BookRequest(
        manager_id=manager,
        period=Period.parse(period) if isinstance(period, str) else period,
        policy=policy if policy is not None else Policy(),
        strict=strict,
    )
    return adapter.read(request)


def open_renderer(name: str, *, plugins: Plugins | None = None) -> Callable[..., str]:
    """The renderer of that name: it takes a scorecard and returns a text.

    Raises:
        AdapterError: no such renderer, or a library it needs is not installed.
    """
    return _loaded("renderer", name, _plugins(plugins).renderer(name))


def _plugins(plugins: Plugins | None) -> Plugins:
    if plugins is not None:
        return plugins
    load: Callable[[], Plugins] = __getattr__("load_plugins")
    return load()


def _loaded(kind: str, name: str, entry: AdapterEntry | RendererEntry) -> Callable[..., Any]:
    try:
        return entry.load()
    except ImportError as error:
        remedy = f"install {entry.extra}" if entry.extra else f"see what {entry.origin} asks to be installed"
        raise AdapterError(f"{kind} {name!r} cannot be imported ({error}); {remedy}") from error


def _check_settings(name: str, build: Callable[..., Any], settings: dict[str, Any]) -> None:
    """Refuse a misspelt or missing setting by name, before the adapter does anything with the rest."""
    try:
        signature = inspect.signature(build)
    except (TypeError, ValueError):  # an extension type that keeps its signature to itself
        return
    try:
        signature.bind(**settings)
    except TypeError as error:
        known = [parameter.name for parameter in signature.parameters.values()]
        strangers = sorted(set(settings) - set(known))
        tail = f"; {strangers[0]!r}{suggestion(strangers[0], known)}" if strangers and known else ""
        raise AdapterError(f"adapter {name!r}: settings: {error}{tail}") from error
