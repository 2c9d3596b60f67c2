"""A finished run's estimates judged anew by its plan with changes: by the run's own judge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.claims.judge_all import Planned, judge_claims, stored_case, stored_sources
from analysis.claims.overrides import LIMITS, with_overrides
from analysis.claims.plan import claim_hashes
from analysis.pipeline.lists import plan_for
from analysis.pipeline.opening import open_for_job
from analysis.records.verdict import Verdict
from analysis.study.store import read_frame

EFFECTS = ("comparisons", "fidelity", "program", "retention")
EXAMINED = (
    "examined/specifications.parquet",
    "missing/tipping.parquet",
    "missing/plausible.parquet",
)


def judge_again(folder: Path, overrides: Mapping[str, Any]) -> list[Verdict]:
    """Judge the estimates that a run left behind by the plan of the run, with changes.

    Needs, obstacles, second answers, signs and decision tables are those of the run: what it could
    not test stays NOT TESTABLE. Nothing is written. A claim that the changes touch is exploratory.

    Parameters
    ----------
    folder : Path
        ``results/STUDY/private`` of a finished run.
    overrides : mapping
        Changes to claims, as under ``overrides`` of a study's config: ``{"effectiveness":
        {"margin": 2.0}}``.

    Returns
    -------
    list of Verdict
        In the plan's order, without planted truth.

    Raises
    ------
    KeyError
        If there is no such claim.
    ValueError
        If a limit is changed: what depends on it must be estimated anew, by a run.
    """
    if LIMITS in overrides:
        raise ValueError("a changed limit needs new estimates: write it into the study's config")
    opened = open_for_job(folder / "opened.json")
    plan = with_overrides(opened.plan, overrides)
    before, now = claim_hashes(opened.plan), claim_hashes(plan)
    said = {one["id"]: one["status"] for one in _read(folder / "verdicts.json")}
    planned = {
        key: Planned(plan_for(plan, key), said[key] if before[key] == now[key] else "exploratory")
        for key in plan["claims"]
    }
    case = stored_case(
        effects=[one for name in EFFECTS for one in _read(folder / "effects" / f"{name}.json")],
        capabilities=_read(folder / "capabilities.json"),
        designs=_read(folder / "designs.json"),
        examined={path.stem: read_frame(path) for path in (folder / one for one in EXAMINED)},
        data_origin=opened.config["data_origin"],
    )
    sources = stored_sources(_read(folder / "evidence" / "sources.json"))
    return judge_claims(planned, case, sources)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
