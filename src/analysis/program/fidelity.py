"""Fidelity: the share of sessions or weeks inside a window, with clustered intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaincinv, expit, logit, stdtrit

from analysis.comparison.question import recorded
from analysis.records.effect import Diagnostic, Effect
from analysis.records.errors import TooFewGroupsError

WEEKLY = ("scheduled_hours", "attended_hours", "groups_offered", "group_share")
Arms = Mapping[str, Mapping[str, Any]]
OF_GROUP_ARMS = ("groups_offered", "group_share")


def iop_arms(arms: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the arms whose clients are in the intensive outpatient program: all unless declared.

    >>> iop_arms({"group": {"format": "group"}, "private": {"format": "individual", "iop": False}})
    ['group']
    """
    return [arm for arm, one in arms.items() if one.get("iop", True)]


def estimate_fidelity(
    sessions: pd.DataFrame,
    weeks: pd.DataFrame,
    claims: Mapping[str, Any],
    arms: Arms,
    data_origin: str,
) -> list[Effect]:
    """Estimate the share of units inside each claim's window, part by part.

    Hours and groups are judged on full weeks of treatment of those who are in the program,
    clustered by participant (groups only in arms of the format group); lengths, sizes and leaders
    on held group sessions, clustered by therapy group.
    What the plan says under ``counts`` is this: a last week that treatment ends in before its
    seventh day is left out; a week without any session counts as zero hours, but has no share of
    hours; a cancelled session counts as scheduled and as nothing else; a hybrid session counts with
    all who were present in either way.

    Parameters
    ----------
    sessions, weeks : DataFrame
        As `measures.exposure` gives them; empty where the study has no sessions.
    claims : mapping
        Claim to its ``window`` and ``parts`` (part to ``measure``, and where they differ from the
        claim's its own ``window``; ``weight: member`` counts members present, not sessions).
    arms : mapping
        The config's arms: format, and whether their clients are in the program (``iop``).
    data_origin : {"real", "synthetic"}

    Returns
    -------
    list of Effect
        ``status="withheld"`` for measures that were never recorded.
    """
    effects = []
    for claim, entry in claims.items():
        for part, how in entry["parts"].items():
            measure = how["measure"]
            weekly = measure in WEEKLY
            units = units_of(measure, sessions, weeks, arms)
            made = estimate_share(
                units,
                measure,
                how.get("window", entry["window"]),
                claim=claim,
                part=part,
                cluster_unit="participant" if weekly else "therapy group",
                unit_of_n=counted(how),
                data_origin=data_origin,
                by_member=how.get("weight") == "member",
            )
            note = (_whose(arms),) if weekly else ()
            effects.append(replace(made, diagnostics=(*made.diagnostics, *note)))
    return effects


def _whose(arms: Arms) -> Diagnostic:
    """Say whose weeks count."""
    inside = iop_arms(arms)
    apart = [arm for arm in arms if arm not in inside]
    text = f"Weeks of {len(inside)} of {len(arms)} arms count: "
    text += (
        "the others are declared not to be in the program."
        if apart
        else ("an arm counts unless the study declares that its clients are not in the program.")
    )
    return Diagnostic("arms_in_program", float(len(inside)), "info", text)


def counted(how: Mapping[str, Any]) -> str:
    """Return what a part counts, in words."""
    if how["measure"] in WEEKLY:
        return "participant-weeks"
    return "members at group sessions" if how.get("weight") == "member" else "group sessions"


def units_of(measure: str, sessions: pd.DataFrame, weeks: pd.DataFrame, arms: Arms) -> pd.DataFrame:
    """Return the weeks or sessions that a measure is judged on, with ``cluster``."""
    return _weeks(weeks, measure, arms) if measure in WEEKLY else _group_sessions(sessions)


def _weeks(weeks: pd.DataFrame, measure: str, arms: Arms) -> pd.DataFrame:
    if weeks.empty:
        return weeks
    counts = iop_arms(arms)
    if measure in OF_GROUP_ARMS:
        counts = [arm for arm in counts if arms[arm]["format"] == "group"]
    kept = weeks["full"].fillna(False).astype(bool) & weeks["arm"].isin(counts)
    every = weeks["scheduled_hours"].where(weeks["scheduled_hours"] > 0)
    share = weeks["group_scheduled_hours"] / every
    return weeks.assign(group_share=share)[kept].rename(columns={"episode_id": "cluster"})


def _group_sessions(sessions: pd.DataFrame) -> pd.DataFrame:
    if sessions.empty:
        return sessions
    kept = sessions["format"].eq("group") & sessions["unit"].eq("session")
    return sessions[kept.fillna(False)].rename(columns={"group_id": "cluster"})


def estimate_share(
    values: pd.DataFrame,
    measure: str,
    window: Mapping[str, Any],
    *,
    claim: str,
    part: str,
    cluster_unit: str,
    unit_of_n: str,
    data_origin: str,
    by_member: bool = False,
) -> Effect:
    """Estimate the share of units whose measure lies inside a window.

    Parameters
    ----------
    values : DataFrame
        One row a unit, columns `measure` (missing where not recorded) and ``cluster``.
    measure : str
    window : mapping
        ``low`` and ``high`` in the measure's unit, both inclusive; None is open.
    claim, part, cluster_unit, unit_of_n, data_origin : str
    by_member : bool
        Weight each session by the members present at it.

    Returns
    -------
    Effect
        Share between 0 and 1 with `clustered_share`'s intervals; ``status="withheld"`` where
        the measure was never recorded, ``"error"`` where the share cannot be estimated.
    """
    blank = Effect(
        id=f"fidelity.{claim}.{part}",
        contrast="",
        construct=claim,
        instrument="",
        time="whole study",
        estimand=f"share of {unit_of_n} inside the window",
        model="clustered share",
        unit="share",
        data_origin=data_origin,
        n_eligible=len(values),
        unit_of_n=unit_of_n,
        cluster_unit=cluster_unit,
        sign="larger = closer to the article",
    )
    if values.empty or values[measure].isna().all():
        text = f"{measure.replace('_', ' ')} is known for none of {len(values)} {unit_of_n}"
        unknown = Diagnostic("measure_not_recorded", 0.0, "fail", text)
        return replace(blank, status="withheld", message=text, diagnostics=(unknown,))
    known = values.dropna(subset=[measure, "cluster"])

    def estimate(blank: Effect) -> Effect:
        share = window_share(known, measure, window, by_member=by_member)
        return replace(
            blank,
            value=share["share"],
            se=share["se"],
            df=share["df"],
            df_method="clusters - 1",
            ci90=share["ci90"],
            ci95=share["ci95"],
            n_used=len(known),
            clusters=share["clusters"],
            converged=True,
        )

    return recorded(blank, estimate)


def window_share(
    known: pd.DataFrame, measure: str, window: Mapping[str, Any], *, by_member: bool = False
) -> dict[str, Any]:
    """Return `clustered_share` of the units whose measure lies inside a window.

    Parameters
    ----------
    known : DataFrame
        One row a unit, `measure`, ``cluster`` (neither missing) and, `by_member`, ``present``.
    measure : str
    window : mapping
        ``low`` and ``high``, both inclusive; None is open.
    by_member : bool

    Raises
    ------
    TooFewGroupsError
        With fewer than two clusters.
    """
    low = -np.inf if window["low"] is None else window["low"]
    high = np.inf if window["high"] is None else window["high"]
    inside = known[measure].astype(float).between(low, high).to_numpy(float)
    weight = known["present"].to_numpy(float, na_value=0) if by_member else None
    return clustered_share(inside, known["cluster"].to_numpy(), weight)


def clustered_share(
    inside: np.ndarray, cluster: np.ndarray, weight: np.ndarray | None = None
) -> dict[str, Any]:
    """Share of ones with an interval that knows that units share clusters.

    The variance is the linearisation variance of a ratio of cluster totals (Cochran 1977,
    Sampling Techniques, section 11); the interval is a t interval on the logit scale with
    clusters - 1 degrees of freedom (Korn and Graubard 1998, Survey Methodology 24, 193-201).
    Where all units agree the interval is Clopper and Pearson's (1934,
    doi 10.1093/biomet/26.4.404) with each cluster counted as one unit.

    Parameters
    ----------
    inside : array of float, shape (n,)
        Ones and zeros.
    cluster : array, shape (n,)
        Cluster of each unit.
    weight : array, shape (n,), optional
        What a unit counts for; one where it is not given.

    Raises
    ------
    TooFewGroupsError
        With fewer than two clusters.
    """
    codes, labels = pd.factorize(cluster)
    clusters = len(labels)
    if clusters < 2:
        raise TooFewGroupsError(f"{clusters} cluster: an interval needs at least two")
    counts = np.ones(len(inside)) if weight is None else weight
    share = float(counts @ inside / counts.sum())
    totals = np.bincount(codes, counts * (inside - share), minlength=clusters)
    se = float(np.sqrt(clusters / (clusters - 1) * np.sum(totals**2)) / counts.sum())
    bounds = {f"ci{level}": _bounds(share, se, clusters, level / 100) for level in (90, 95)}
    return {"share": share, "se": se, "df": float(clusters - 1), "clusters": clusters, **bounds}


def _bounds(share: float, se: float, clusters: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    if se == 0:
        low = float(betaincinv(clusters, 1, tail))
        return (low, 1.0) if share == 1 else (0.0, 1 - low) if share == 0 else (share, share)
    half = float(stdtrit(clusters - 1, 1 - tail)) * se / (share * (1 - share))
    centre = float(logit(share))
    return float(expit(centre - half)), float(expit(centre + half))
