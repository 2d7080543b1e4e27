"""Writes the sample as canonical tables, with two rows that are wrong on purpose."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from sam_adapters.demo.sample import POLICY, sample

__all__ = ["WRONG_ROWS", "write_sample"]

WRONG_ROWS: Final = {
    "cases": {"id": "A-99-C01", "account_id": "A-99", "opened_at": "2026-09-01T09:00:00Z", "priority": "low"},
    "deliveries": {"id": "A-01-D-X", "account_id": "A-01", "due_on": "2026-02-31"},
}
"""A case of a customer that is not there, and a delivery due on a day there is not."""


def write_sample(folder: Path, *, seed: int = 1) -> list[Path]:
    """Write the sample of one seed to a folder: tables, mapping and the company's standards.

    Returns:
        The files written, in order of name.
    """
    from sam_adapters.tables import write_tables

    made = sample(seed)
    folder.mkdir(parents=True, exist_ok=True)
    write_tables(folder, headers=made.headers, dossiers=made.dossiers)
    for name, row in WRONG_ROWS.items():
        _append(folder / f"{name}.csv", row)
    (folder / "standards.toml").write_text(POLICY.to_toml(), encoding="utf-8")
    return sorted(path for path in folder.iterdir() if path.is_file())


def _append(path: Path, row: dict[str, str]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns, lineterminator="\n").writerow(row)
