"""Remake the committed tables that are computed from open data: trials, and pooled results.

`python -m analysis.evidence.remake SHARED_DATA data/raw/evidence` writes the four
tables that `remake` names. The open data themselves stay where they are.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

from analysis.evidence.format_trap import trap_table
from analysis.evidence.group_based import (
    CONSTRUCTS,
    INDIVIDUAL_CONTROL,
    MENTAL_HEALTH,
    REINTEGRATION,
    pool_effects,
    read_effects,
)
from analysis.evidence.head_to_head import (
    SPECIFICATIONS,
    clustering_sensitivity,
    contrasts,
    trials,
)
from analysis.evidence.pooling import pool
from analysis.evidence.result import Pooled

ICC = 0.06
GROUP_SIZE = 8.0
METAPSY = "Metapsy databases, metapsy.org (ODC-By 1.0)"
REVIEW = (
    "Dalgaard, Vembye et al. 2025/26, open data of the review of group-based interventions (GPL-3)"
)
_IDS = {
    "main": "h2h.main",
    "main and Kahn 1990": "h2h.with_kahn",
    "all": "h2h.all",
    "main, same therapy": "h2h.same_therapy",
    "all, same therapy": "h2h.all_same_therapy",
}
_WORDS = {
    "reintegration": "social reintegration",
    "mental_health": "mental health",
    "selfesteem": "self-esteem",
    "hope": "hope, empowerment and self-efficacy",
    "social": "social functioning",
    "wellbeing": "wellbeing and quality of life",
}
_USUAL = "usual care or waiting list (mostly)"


def computed_row(
    identity: str, quantity: str, comparator: str, source: str, found: Pooled, note: str = ""
) -> dict[str, object]:
    """One row of `computed.csv`; the sign is positive = group better."""
    low90, high90 = found.interval(0.90)
    return {
        "id": identity,
        "status": "ours",
        "quantity": quantity,
        "comparator": comparator,
        "sign_convention": "positive = group better",
        "unit": "SD",
        **found.to_row(),
        "ci90_low": low90,
        "ci90_high": high90,
        "q_df": found.q_df,
        "method": found.method,
        "test": found.test,
        "source": source,
        "note": "; ".join((*found.notes, *([note] if note else []))),
        "tau2_spread": _spread(found),
    }


def _spread(found: Pooled) -> str:
    """Write what is known of tau squared; nothing where the estimate is all that is known."""
    if found.data is None:
        return ""
    return " ".join(f"{one:.6g}" for one in found.tau2_spread)


def trial_table(rows: pd.DataFrame, selection: pd.DataFrame) -> pd.DataFrame:
    """Trial-level effects as analysed and corrected for groups of 8 at an ICC of .06."""
    plain = trials(rows, selection)
    corrected = trials(rows, selection, icc=ICC, group_size=GROUP_SIZE)
    return plain.assign(g_corrected=corrected["g"], v_corrected=corrected["v"], source=METAPSY)


def computed_table(table: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Every pooled result that claims may name, from the trials and the review's effects."""
    rows = []
    what = "group against individual therapy in the same trial, symptoms after treatment"
    for name, identity in _IDS.items():
        part = table[SPECIFICATIONS[name](table)]
        found = pool(part["g"], part["v"])
        rows.append(computed_row(identity, f"{what} ({name})", "individual", METAPSY, found))
    main = table[table["in_main"]]
    found = pool(main["g_corrected"], main["v_corrected"])
    note = f"corrected for groups of {GROUP_SIZE:g} at an intraclass correlation of {ICC:g}"
    rows.append(
        computed_row(
            "h2h.main_corrected",
            f"{what} (main, corrected for clustering)",
            "individual",
            METAPSY,
            found,
            note,
        )
    )
    parts = {
        "reintegration": effects["outcome_construct"] == REINTEGRATION,
        "mental_health": effects["outcome_construct"] == MENTAL_HEALTH,
        **{ours: effects["analysis_plan"] == theirs for ours, theirs in CONSTRUCTS.items()},
    }
    for name, keep in parts.items():
        label = f"group-based intervention, {_WORDS.get(name, name)}"
        found = pool_effects(effects[keep])
        identity = f"review.{name.replace(' ', '_')}"
        rows.append(computed_row(identity, label, _USUAL, REVIEW, found))
    keep = effects["control"] == INDIVIDUAL_CONTROL
    rows.append(
        computed_row(
            "review.individual",
            "group-based intervention, all outcomes",
            "individual treatment",
            REVIEW,
            pool_effects(effects[keep]),
        )
    )
    return pd.DataFrame(rows)


def remake(shared: Path, folder: Path) -> dict[str, pd.DataFrame]:
    """Compute all tables.

    Parameters
    ----------
    shared : Path
        Folder of the open data, with `metapsy/` and `group_based/effects.csv`.
    folder : Path
        Folder of the committed tables, with `head_to_head_selection.csv`.

    Returns
    -------
    dict of DataFrame
        By file name.

    Raises
    ------
    SourceError
        If open data are missing or an arm is not found.
    """
    selection = pd.read_csv(folder / "head_to_head_selection.csv")
    rows = contrasts(shared / "metapsy", selection)
    table = trial_table(rows, selection)
    effects = read_effects(shared / "group_based" / "effects.csv")
    return {
        "head_to_head_trials.csv": table,
        "computed.csv": computed_table(table, effects),
        "clustering.csv": clustering_sensitivity(rows, selection).assign(source=METAPSY),
        "format_trap.csv": trap_table(shared / "metapsy", table).assign(source=METAPSY),
    }


def refresh_checksums(folder: Path) -> None:
    """Write the checksum and size of every table into `datapackage.json`."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
        resource["bytes"] = len(content)
    text = json.dumps(package, indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the tables and their checksums; return the exit status."""
    shared, folder = Path(arguments[0]), Path(arguments[1])
    for name, table in remake(shared, folder).items():
        table.to_csv(folder / name, index=False, float_format="%.10g", lineterminator="\n")
    refresh_checksums(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
