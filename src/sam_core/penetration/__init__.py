"""Account penetration: how sales came about, what is still open, and where the next sale is."""

from __future__ import annotations

from sam_core.penetration.bridge import Bridge, bridge
from sam_core.penetration.modes import NEW_MODES, History, LineMode, Mode, classify
from sam_core.penetration.moves import MOVES_KEPT, Benchmark, Candidates, Move, Valuation, ranked, spots
from sam_core.penetration.whitespace import Cell, CellStatus, Whitespace, whitespace

__all__ = [
    "MOVES_KEPT",
    "NEW_MODES",
    "Benchmark",
    "Bridge",
    "Candidates",
    "Cell",
    "CellStatus",
    "History",
    "LineMode",
    "Mode",
    "Move",
    "Valuation",
    "Whitespace",
    "bridge",
    "classify",
    "ranked",
    "spots",
    "whitespace",
]
