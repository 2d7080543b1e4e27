"""A full scorecard of a million sale lines, against the same numbers by plain SQL and by pandas.

Run it: ``python tests/benchmarks/million_lines.py [LINES]``. Every contender runs in a process of its own, on the
same Parquet files, three times in turn; the best time of each is compared. It prints the ratios, the peak memory
and whether all three agree, and asserts no time.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

AS_OF = "2026-09-30"
PERIOD = "2026"
ROUNDS = 3


def write(folder: Path, lines: int) -> None:
    """A book of one manager: an account for every 2,000 lines, eight families, three and a half years."""
    import duckdb

    accounts = max(lines // 2000, 1)
    run = duckdb.connect().execute
    run("select setseed(0.42)")

    def save(name: str, query: str) -> None:
        run(f"copy ({query}) to '{folder / name}.parquet' (format parquet)")

    save(
        "people",
        "select 'M1' as id, 'Mo' as name, 'senior account manager' as role, null::varchar as manager_id",
    )
    save(
        "accounts",
        f"""select 'A' || i as id, 'Account ' || i as name, 'S' || (i % 5) as segment, 'M1' as manager_id,
            date '2020-01-01' as assigned_on from range({accounts}) t(i)""",
    )
    save(
        "products",
        """select 'P' || i as id, 'Product ' || i as name, 'F' || (i % 8) as family,
           case when i % 8 = 7 then 'service' else 'product' end as kind,
           (5 + i % 40)::decimal(18, 2) as standard_cost from range(120) t(i)""",
    )
    save(
        "locations",
        f"select 'A' || (i // 3) || '-L' || (i % 3) as id, 'A' || (i // 3) as account_id, 'L' as name from range({accounts * 3}) t(i)",
    )
    save(
        "buyers",
        f"select 'A' || (i // 6) || '-B' || (i % 6) as id, 'A' || (i // 6) as account_id, 'B' as name, 'A' || (i // 6) || '-L' || (i % 6 // 2) as location_id from range({accounts * 6}) t(i)",
    )
    save(
        "sale_lines",
        f"""with drawn as (select i, i % {accounts} as a, (random() * 6)::int % 6 as b,
                (pow(random(), 2) * 40)::int as p, date '2023-04-01' + (random() * 1279)::int as day,
                (1 + random() * 9)::int as units, random() as r from range({lines}) t(i))
            select 'S' || i as id, 'A' || a as account_id, day as "on", 'P' || ((p + a * 7) % 120) as product_id,
                   'A' || a || '-L' || (b // 2) as location_id, 'A' || a || '-B' || b as buyer_id,
                   units::decimal(18, 4) as quantity,
                   (case when r < 0.02 then -1 else 1 end * units * (8 + r * 90))::decimal(18, 2) as revenue
            from drawn""",
    )


def by_library(folder: Path) -> dict[str, Any]:
    from datetime import date

    from sam_adapters import open_book
    from sam_core import Period, score

    reading = open_book("tables", path=folder, currency="EUR", manager="M1", period=Period.parse(PERIOD))
    card = score(reading.book, as_of=date.fromisoformat(AS_OF))
    measured = {m.name: m.value for m in card.measures}
    return {
        "revenue": str(measured["revenue"]),
        "gross profit": str(measured["gross profit"]),
        "retained": str(card.totals.retention.retained),
        "modes": {
            mode.value: str(t.revenue)
            for mode, t in sorted(card.totals.modes.items(), key=lambda i: i[0].value)
        },
        "owned cells": card.totals.rates.owned_cells,
    }


NOW, BEFORE = (
    "between date '2026-01-01' and date '2026-09-30'",
    "between date '2025-01-01' and date '2025-09-30'",
)


def by_sql(folder: Path) -> dict[str, Any]:
    import duckdb

    run = duckdb.connect().execute
    run(
        f"""create table lines as select l.*, l.revenue - l.quantity * p.standard_cost as profit, p.family
            from '{folder}/sale_lines.parquet' l join '{folder}/products.parquet' p on p.id = l.product_id"""
    )
    sums = run(f'select sum(revenue), sum(profit) from lines where "on" {NOW}').fetchone()
    retained = run(
        f"""select sum(least(greatest(n, 0), b)) from (
              select coalesce(sum(revenue) filter ("on" {NOW}), 0) as n, sum(revenue) filter ("on" {BEFORE}) as b
              from lines group by account_id) where b > 0"""
    ).fetchone()
    modes = run(
        f"""select mode, sum(revenue) from (
              select "on", revenue, case
                when revenue < 0 then 'return'
                when "on" = min("on") filter (revenue >= 0) over (partition by account_id) then 'acquisition'
                when "on" = min("on") filter (revenue >= 0) over (partition by account_id, location_id) then 'new location'
                when "on" = min("on") filter (revenue >= 0) over (partition by account_id, location_id, buyer_id) then 'new buyer'
                when "on" = min("on") filter (revenue >= 0) over (partition by account_id, location_id, buyer_id, product_id)
                  then 'new product'
                else 'repeat' end as mode
              from lines where "on" <= date '{AS_OF}')
            where "on" {NOW} group by mode order by mode"""
    ).fetchall()
    owned = run(
        f"""select count(*) from (select distinct account_id, location_id, buyer_id, product_id from lines
              where revenue >= 0 and "on" <= date '{AS_OF}' and "on" > date '{AS_OF}' - interval 24 month)"""
    ).fetchone()
    run(
        'select family, sum(revenue), sum(profit), sum(quantity) from lines where "on" '
        + NOW
        + " group by family"
    ).fetchall()
    run("select location_id, buyer_id, product_id, sum(revenue) from lines group by all").fetchall()
    assert sums is not None and retained is not None and owned is not None  # noqa: PT018
    return {
        "revenue": str(sums[0]),
        "gross profit": str(sums[1]),
        "retained": str(retained[0]),
        "modes": {mode: str(revenue) for mode, revenue in modes},
        "owned cells": owned[0],
    }


def by_pandas(folder: Path) -> dict[str, Any]:
    import pandas as pd

    lines = pd.read_parquet(folder / "sale_lines.parquet").merge(
        pd.read_parquet(folder / "products.parquet")[["id", "standard_cost", "family"]],
        left_on="product_id", right_on="id", suffixes=("", "_product"),
    )  # fmt: skip
    day = pd.to_datetime(lines["on"])
    lines["revenue"] = lines["revenue"].astype(float)
    lines["profit"] = lines["revenue"] - lines["quantity"].astype(float) * lines["standard_cost"].astype(
        float
    )
    now = day.between("2026-01-01", "2026-09-30")
    before = day.between("2025-01-01", "2025-09-30")
    years = pd.DataFrame(
        {
            "n": lines[now].groupby("account_id")["revenue"].sum(),
            "b": lines[before].groupby("account_id")["revenue"].sum(),
        }
    ).fillna(0)
    base = years[years.b > 0]
    won = lines[(lines.revenue >= 0) & (day <= AS_OF)].assign(day=day)
    mode = pd.Series("repeat", index=won.index)
    for name, keys in (
        ("new product", ["account_id", "location_id", "buyer_id", "product_id"]),
        ("new buyer", ["account_id", "location_id", "buyer_id"]),
        ("new location", ["account_id", "location_id"]),
        ("acquisition", ["account_id"]),
    ):
        mode[won.day == won.groupby(keys)["day"].transform("min")] = name
    by_mode = won[now.loc[won.index]].groupby(mode)["revenue"].sum().to_dict()
    by_mode["return"] = lines[now & (lines.revenue < 0)]["revenue"].sum()
    active = won[won.day > pd.Timestamp(AS_OF) - pd.DateOffset(months=24)]
    return {
        "revenue": str(lines[now].revenue.sum()),
        "gross profit": str(lines[now].profit.sum()),
        "retained": str(base[["n", "b"]].clip(lower=0).min(axis=1).sum()),
        "modes": {name: str(value) for name, value in sorted(by_mode.items())},
        "owned cells": int(
            active[["account_id", "location_id", "buyer_id", "product_id"]].drop_duplicates().shape[0]
        ),
    }


CONTENDERS = {"sam-core": by_library, "SQL": by_sql, "pandas": by_pandas}


def contend(name: str, folder: Path) -> None:
    started = time.perf_counter()
    result = CONTENDERS[name](folder)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "result": result}))


def numbers(result: dict[str, Any]) -> list[float]:
    return [float(result[k]) for k in ("revenue", "gross profit", "retained", "owned cells")] + [
        float(v) for _, v in sorted(result["modes"].items())
    ]


def main() -> int:
    if len(sys.argv) > 2:
        contend(sys.argv[1], Path(sys.argv[2]))
        return 0
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, lines)
        runs: dict[str, list[dict[str, Any]]] = {contender: [] for contender in CONTENDERS}
        for _ in range(ROUNDS):
            for contender, found in runs.items():
                answer = subprocess.run(
                    [sys.executable, __file__, contender, name], check=True, capture_output=True, text=True
                )
                found.append(json.loads(answer.stdout))
    best = {contender: min(found, key=lambda run: run["seconds"]) for contender, found in runs.items()}
    base = best["SQL"]
    print(f"{lines:,} sale lines, best of {ROUNDS} runs each")
    for contender, run in best.items():
        ratio = run["seconds"] / base["seconds"]
        print(f"{contender:10} {run['seconds']:8.2f} s  {ratio:6.1f} × SQL  peak {run['peak_mb']:7.0f} MB")
    reference = numbers(base["result"])
    for contender, run in best.items():
        agrees = all(
            abs(a - b) <= 0.01 + 1e-9 * abs(b) for a, b in zip(numbers(run["result"]), reference, strict=True)
        )
        print(f"{contender} {'agrees' if agrees else 'DIFFERS: ' + json.dumps(run['result'])}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
