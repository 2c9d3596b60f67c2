"""Judge every claim of the plan, each by its own part of the plan; one's failure stays its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analysis.claims.judge import Case, blank_verdict, judge_claim
from analysis.claims.plan_log import Status
from analysis.claims.preflight import SampleDesign
from analysis.evidence.store import NamedSource
from analysis.records.effect import Effect
from analysis.records.errors import EstimationError
from analysis.records.verdict import Verdict
from analysis.study.capabilities import supports

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Planned:
    """What the plan holds for judging one claim.

    Attributes
    ----------
    plan : mapping
        The parts of the resolved plan that the claim depends on (`pipeline.lists.plan_for`).
    status : {"planned", "exploratory"}
        Whether the claim stood in the log as it is before outcomes were read.
    """

    plan: Mapping[str, Any]
    status: Status


def judge_claims(
    planned: Mapping[str, Planned], case: Case, sources: Mapping[str, NamedSource]
) -> list[Verdict]:
    """Return the verdicts of all claims, in the plan's order.

    Parameters
    ----------
    planned : mapping of str to Planned
        By claim.
    case : Case
        What all claims share; its plan, status and source are replaced by each claim's own, and its
        specifications and the unseen are kept for claims that declare some.
    sources : mapping of str to NamedSource
        By claim; what published evidence says of it.

    Raises
    ------
    KeyError
        If a plan does not hold its claim.
    """
    return [
        one
        for key, own in planned.items()
        for one in _judge_one(key, _own_case(key, own, case, sources.get(key)))
    ]


def stored_case(
    *,
    effects: Sequence[Mapping[str, Any]],
    capabilities: dict[str, Any],
    designs: Mapping[str, Mapping[str, Any]],
    examined: Mapping[str, pd.DataFrame],
    data_origin: str,
    truths: Mapping[tuple[str, str], float] | None = None,
) -> Case:
    """Make what all claims share of what a run's steps left behind.

    Parameters
    ----------
    effects : sequence of mapping
        `Effect.to_json` of every estimate.
    capabilities : dict
        As `study.capabilities.capabilities` gives them.
    designs : mapping
        Contrast to `SampleDesign.to_json`.
    examined : mapping of str to DataFrame
        What was examined of the primary comparison: ``specifications``, ``tipping``,
        ``plausible`` and others.
    data_origin, truths
        As `Case` has them.
    """
    return Case(
        plan={},
        effects=[Effect.from_json(dict(one)) for one in effects],
        supports=lambda need: supports(capabilities, need),
        designs={key: SampleDesign.from_json(dict(one)) for key, one in designs.items()},
        status="planned",
        data_origin=data_origin,
        truths=truths,
        specifications=examined["specifications"].to_dict("records"),  # type: ignore[arg-type]
        unseen=examined,
    )


def stored_sources(found: Mapping[str, Any]) -> dict[str, NamedSource]:
    """Return the claims' published sources from what the evidence step left behind."""
    return {key: NamedSource.from_json(one) for key, one in found.items() if one}


def _own_case(key: str, own: Planned, case: Case, source: NamedSource | None) -> Case:
    claim = own.plan["claims"][key]
    return replace(
        case,
        plan=own.plan,
        status=own.status,
        source=source,
        specifications=case.specifications if "specifications" in claim else (),
        unseen=case.unseen if "delta_range" in claim else None,
    )


def _judge_one(key: str, case: Case) -> list[Verdict]:
    """Judge one claim; a named failure of judging is an error of each of its parts."""
    try:
        return judge_claim(key, case)
    except EstimationError as problem:
        claim = case.plan["claims"][key]
        return [
            replace(
                blank_verdict(key, claim, name, part, case),
                verdict="ERROR",
                reason="judging_failed",
                reason_text="the claim could not be judged",
                message=str(problem),
            )
            for name, part in claim["parts"].items()
        ]
