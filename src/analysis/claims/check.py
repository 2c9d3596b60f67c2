"""The pre-flight check: what was read, and which claims a study can test, before any analysis.

Every estimate is rehearsed on noise (`claims.rehearsal.rehearse`) and every claim judged by the
rules of the report, so what is called testable here is what the report will judge; a verdict on
noise means nothing and is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.claims.check_wording import in_words
from analysis.claims.judge import Case, find_contrast, find_reach, judge_claim
from analysis.claims.preflight import SampleDesign
from analysis.claims.rehearsal import rehearse
from analysis.cohort import select_cohort
from analysis.evidence.store import named_sources
from analysis.measures.clusters import designs
from analysis.measures.instruments import load_instruments
from analysis.measures.quality import admit_study
from analysis.measures.ready import count_arms
from analysis.measures.suspicions import suspicions
from analysis.study.capabilities import capabilities, supports
from analysis.study.problems import Doubt
from analysis.study.store import Tables

NOT_OF_A_STUDY = ("external_fact", "citation_check")


@dataclass(frozen=True)
class Checked:
    """What a study can test, before any outcome is read.

    Attributes
    ----------
    title : str
    arms : DataFrame
        As `measures.ready.count_arms` gives it.
    suspicions : list of str
        What makes the tables unfit for what the config asks.
    doubts : list of Doubt
        What is odd in the tables by themselves.
    claims : dict of str to ClaimCheck
        In the plan's order.
    """

    title: str
    arms: pd.DataFrame
    suspicions: list[str]
    doubts: list[Doubt]
    claims: dict[str, ClaimCheck]


@dataclass(frozen=True)
class ClaimCheck:
    """What a study can test of one claim.

    Attributes
    ----------
    title, unlock : str
    published : bool
        Decided by published figures, whatever the study holds.
    decides : str
        The part that decides in this study.
    obstacles : dict of str to (str, str) or None
        Part to why it cannot be tested (reason code, words), None where it can.
    reach : mapping or None
        Chances of a comparison's verdicts, as `find_reach` gives them.
    """

    title: str
    unlock: str
    published: bool
    decides: str
    obstacles: dict[str, tuple[str, str] | None]
    reach: Mapping[str, Any] | None

    @property
    def testable(self) -> bool:
        """Say whether the part that decides can be tested."""
        return self.obstacles[self.decides] is None


def check_study(
    config: dict[str, Any],
    plan: Mapping[str, Any],
    root: Path,
    *,
    every: bool = False,
    say: Callable[[str], None] | None = None,
) -> str:
    """Say in plain text what was read and which claims a study can test, before any analysis.

    Parameters
    ----------
    config, plan : mapping
        The study's config and the resolved plan, both found sound (`pipeline.opening.open_study`).
    root : Path
        The project's folder, with ``config`` and the files that the study names.
    every : bool
        Also each claim's parts, its chances and what to collect to unlock it.
    say : callable, optional
        Takes a line of progress.

    Raises
    ------
    StudyError
        With every problem of the tables.
    """
    say = say or (lambda _: None)
    registry = load_instruments(root / "config" / "instruments.yaml")
    say("Reading the tables ...")
    last = config.get("baseline", {}).get("window", (0, 0))[1]
    tables, doubts = admit_study(config, root, registry, until=last)
    say("Rehearsing every estimate on noise in place of outcomes ...")
    sources = named_sources(root / "data" / "raw" / "evidence")
    checked = check_tables(tables, config, plan, registry, sources, doubts)
    return in_words(checked, every=every)


def check_tables(
    tables: Tables,
    config: dict[str, Any],
    plan: Mapping[str, Any],
    registry: Mapping[str, Any],
    sources: Mapping[str, Any],
    doubts: Sequence[Doubt] = (),
) -> Checked:
    """Find what a study can test; no score after baseline has a part in it.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables of the whole study.
    config : mapping
        The study's config.
    plan : mapping
        The resolved plan.
    registry : mapping of str to Instrument
    sources : mapping of str to NamedSource
        What published evidence says, by claim; some margins are published values.
    doubts : sequence of Doubt
        As `admit_study` found them.
    """
    cohort = select_cohort(tables, config)
    found = capabilities(tables, config)
    sizes = designs(cohort.tables, config)
    case = Case(
        plan=plan,
        effects=rehearse(tables, cohort, config, registry, plan),
        supports=lambda need: supports(found, need),
        designs={key: SampleDesign.from_json(one) for key, one in sizes.items()},
        status="planned",
        data_origin=str(config["data_origin"]),
    )
    return Checked(
        str(config["title"]),
        count_arms(tables, cohort.tables, config),
        suspicions(tables, cohort.tables, config),
        list(doubts),
        {key: _check_claim(key, case, sources) for key in plan["claims"]},
    )


def _check_claim(key: str, case: Case, sources: Mapping[str, Any]) -> ClaimCheck:
    claim = case.plan["claims"][key]
    parts, published = list(claim["parts"]), claim["kind"] in NOT_OF_A_STUDY
    if published:
        return ClaimCheck(
            claim["title"], claim["unlock"], True, parts[0], dict.fromkeys(parts), None
        )
    judged = judge_claim(key, replace(case, source=sources.get(key)))
    own = dict(zip(parts, judged, strict=False))  # the published side comes after them
    return ClaimCheck(
        claim["title"],
        claim["unlock"],
        False,
        next(name for name, one in own.items() if one.deciding),
        {name: _obstacle(own[name]) for name in parts},
        _reach(key, claim, case),
    )


def _obstacle(judged: Any) -> tuple[str, str] | None:
    if judged.verdict == "ERROR":
        return judged.reason, f"the estimate would fail ({judged.message})"
    return (judged.reason, judged.reason_text) if judged.verdict == "NOT TESTABLE" else None


def _reach(key: str, claim: Mapping[str, Any], case: Case) -> Mapping[str, Any] | None:
    if claim["kind"] != "comparison":
        return None
    contrast, _ = find_contrast(key, claim, case.plan["design"])
    return find_reach(claim, case.designs.get(str(contrast)), case.plan)
