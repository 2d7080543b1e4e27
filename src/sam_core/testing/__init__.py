"""For those who test rules, adapters and books of their own: strategies for every record, and the laws of rules.

Needs Hypothesis: install ``sam-core[testing]``. What is here is loaded when first asked for: Hypothesis calls
:func:`register` whenever it is imported beside an installed sam-core, also by those who will not use it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

# Looked for, not imported: Hypothesis loads this very module while it is being imported itself.
if find_spec("hypothesis") is None:
    raise ModuleNotFoundError(
        "sam_core.testing needs hypothesis: install sam-core[testing]", name="hypothesis"
    )

if TYPE_CHECKING:
    from sam_core.testing._books import *  # noqa: F403
    from sam_core.testing._records import *  # noqa: F403
    from sam_core.testing._values import *  # noqa: F403
    from sam_core.testing.laws import *  # noqa: F403

_ROOMS: Final = ("_values", "_records", "_books", "laws")


def register() -> None:
    """Tell Hypothesis how to draw every record, so that ``st.from_type(Dossier)`` works.

    Hypothesis calls this by itself when it is imported beside an installed sam-core.
    """
    from hypothesis import strategies as st

    from sam_core import book, values
    from sam_core.standards import Policy, Revision

    def drawn(kind: type[Any]) -> Any:
        from sam_core.testing._books import STRATEGIES

        return STRATEGIES[kind]()

    public = (getattr(room, name) for room in (book, values) for name in room.__all__)
    records = (kind for kind in public if isinstance(kind, type) and hasattr(kind, "__attrs_attrs__"))
    for kind in (*records, Policy, Revision):
        st.register_type_strategy(kind, drawn)


def __getattr__(name: str) -> Any:
    """A public name, from the module it lives in."""
    if name.startswith("_") and name != "__all__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    rooms = (import_module(f"{__name__}.{room}") for room in _ROOMS)
    if name == "__all__":
        return ["register", *(public for room in rooms for public in room.__all__)]
    for room in rooms:
        if name in room.__all__:
            return getattr(room, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__getattr__("__all__")]
