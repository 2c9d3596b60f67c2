"""The evidence as the report shows it: named sources, others, trials with their pools, the trap."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.evidence.facts import read_table
from analysis.evidence.pooling import pool
from analysis.evidence.sources import Evidence
from analysis.evidence.store import DETAILS, source_details

#: Name of a public table to what it holds, in the order of the report.
TABLES = ("evidence", "evidence_listed", "head_to_head", "clustering", "format_trap", "citations")
POOLS = {
    "h2h.main": "main",
    "h2h.with_kahn": "main and Kahn 1990",
    "h2h.all": "all",
    "h2h.same_therapy": "main, same therapy",
    "h2h.all_same_therapy": "all, same therapy",
    "h2h.main_corrected": "main, corrected for clustering",
}
NORMAL_95 = 1.959963984540054
_YES = "True"
MARKS = (
    "kind",
    "id",
    "label",
    "population",
    "same_therapy",
    "in_main",
    "reason_left_out",
    "n_group",
    "n_individual",
    "k",
    "estimate",
    "ci_low",
    "ci_high",
    "prediction_low",
    "prediction_high",
    "corrected",
    "corrected_low",
    "corrected_high",
    "tau2",
    "test",
    "source",
)


def evidence_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Make the tables that stand behind the published side of the report.

    Parameters
    ----------
    folder : Path
        ``data/raw/evidence``.

    Returns
    -------
    dict of str to DataFrame
        By name in `TABLES`. Effects are positive where group did better; over control, where the
        treated arm did. `evidence_listed` keeps each source's own sign, named in
        `sign_convention`.

    Raises
    ------
    SourceError
        If a table or a source is missing.
    """
    evidence = Evidence.read(folder)
    return {
        "evidence": _named(evidence),
        "evidence_listed": evidence.listing().drop(columns="data_origin"),
        "head_to_head": head_to_head(folder, evidence),
        "clustering": _numeric(read_table(folder, "clustering.csv")),
        "format_trap": _numeric(read_table(folder, "format_trap.csv")),
        "citations": read_table(folder, "citations.csv"),
    }


def head_to_head(folder: Path, evidence: Evidence) -> pd.DataFrame:
    """One row a trial or a pooled result (`kind`), positive = group better.

    A trial's interval is normal, a pool's Hartung-Knapp's; the last row is the main pool with
    Wald's. `corrected` is the trial's effect with the one-arm correction for clustering.
    """
    trials = _numeric(read_table(folder, "head_to_head_trials.csv"))
    half, wide = (NORMAL_95 * trials[key] ** 0.5 for key in ("v", "v_corrected"))
    rows = pd.DataFrame(
        {
            "kind": "trial",
            "id": trials["dataset"] + ": " + trials["study"],
            "label": trials["study"].str.replace(r",\s*", " ", regex=True),
            "population": trials["population"],
            "same_therapy": trials["same_therapy"],
            "in_main": trials["in_main"],
            "reason_left_out": trials["reason_left_out"],
            "n_group": trials["n_group"],
            "n_individual": trials["n_individual"],
            "k": trials["n_contrasts"],
            "estimate": trials["g"],
            "ci_low": trials["g"] - half,
            "ci_high": trials["g"] + half,
            "corrected": trials["g_corrected"],
            "corrected_low": trials["g_corrected"] - wide,
            "corrected_high": trials["g_corrected"] + wide,
            "source": trials["source"],
        }
    )
    pools = [_pool(evidence, key, label) for key, label in POOLS.items()]
    pools.append(_wald(trials[trials["in_main"] == _YES], pools[0]))
    marks = pd.concat([rows, pd.DataFrame(pools)], ignore_index=True)
    return marks.reindex(columns=list(MARKS))


def _wald(main: pd.DataFrame, with_t: dict[str, object]) -> dict[str, object]:
    found = pool(main["g"], main["v"], test="wald")
    ends = {"ci_low": found.ci[0], "ci_high": found.ci[1]}
    ends |= {"prediction_low": found.prediction[0], "prediction_high": found.prediction[1]}
    named = {"id": "h2h.main_wald", "label": f"main, Wald interval ({found.k})", "test": "wald"}
    return with_t | named | ends | {"estimate": found.estimate}


def _pool(evidence: Evidence, key: str, label: str) -> dict[str, object]:
    row = evidence.computed[key]
    numbers = ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high", "tau2")
    return {
        "kind": "pool",
        "id": key,
        "label": f"{label} ({row['studies']})",
        "k": float(row["studies"]),
        **{name: float(row[name]) for name in numbers},
        "test": row["test"],
        "source": row["source"],
    }


def _named(evidence: Evidence) -> pd.DataFrame:
    table = evidence.table().drop(columns="data_origin")
    details = pd.DataFrame(
        [
            source_details(evidence, evidence.published(claim, condition))
            for claim, condition in zip(table["claim"], table["condition"], strict=True)
        ],
        columns=list(DETAILS),
    )
    return pd.concat([table, details], axis=1)


def _numeric(table: pd.DataFrame) -> pd.DataFrame:
    """Turn the columns whose every filled cell is a number into numbers."""
    turned = table.copy()
    for name in table:
        column = pd.to_numeric(table[name], errors="coerce")
        if column.notna().any() and (column.notna() | (table[name] == "")).all():
            turned[name] = column
    return turned
