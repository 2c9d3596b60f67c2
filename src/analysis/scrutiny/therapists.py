"""Who treated whom: the therapist whose clients share an error, in groups and one to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from analysis.adjust import compare_weighted
from analysis.adjust.contrasts import Comparison
from analysis.adjust.weights import ESTIMANDS, Estimand
from analysis.comparison.question import Contrast, blank_effect
from analysis.measures.clusters import cluster_of
from analysis.records.effect import Effect
from analysis.records.errors import InsufficientDataError, ModelInputError


class TherapistsUnknownError(InsufficientDataError):
    """The study does not record who treated whom."""


def therapist_estimate(
    comparison: Comparison,
    therapists: Callable[[], pd.Series],
    model: str,
    estimand: Estimand,
) -> Effect:
    """Estimate what `compare_weighted` does, with errors clustered by therapist.

    Clients of one therapist are one cluster in whichever arm they are, and the therapy groups that
    he or she leads lie in it. Format and therapist need not be separable: the error then counts
    what therapists of an arm happened to be like. Fewer than four therapists in an arm, or
    therapists that are not on record, withhold the estimate.

    Parameters
    ----------
    comparison : Comparison
    therapists : callable
        Gives `main_therapists`, or raises ModelInputError where they are not known.
    model : {"weighted", "doubly_robust"}
    estimand : {"ato", "ate", "att"}
    """
    contrast, outcome = comparison.contrast, comparison.outcome
    origin, observed = comparison.data_origin, contrast.assignment == "observational"
    try:
        frame, shared = by_therapist(comparison.once, contrast, therapists())
    except ModelInputError as unknown:
        blank = blank_effect(contrast, outcome, model, origin, comparison.once, ESTIMANDS[estimand])
        return replace(blank, status="withheld", message=f"{unknown}")
    return compare_weighted(
        frame,
        shared,
        outcome,
        covariates=comparison.covariates,
        thresholds=comparison.thresholds,
        data_origin=origin,
        estimand=estimand,
        doubly_robust=model == "doubly_robust",
        required=None if observed else ("clusters",),
        site=comparison.site if observed else None,
    )


def main_therapists(
    tables: Mapping[str, pd.DataFrame], contrast: Contrast, least: float
) -> pd.Series:
    """Return the therapist with whom each client shares an error.

    In an arm clustered by therapy group it is whoever led most held sessions of the client's
    primary group (co-leaders do not count), so that groups are nested in their leader. In any other
    arm it is the primary therapist on record, or else whoever led most of the individual sessions
    at which the client was expected. Of two with as many the first by name counts.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables of the cohort.
    contrast : Contrast
    least : float
        Share of each arm's clients whose therapist must be on record.

    Returns
    -------
    Series of object
        Index episode_id, the episodes of both arms; missing where nobody is on record.

    Raises
    ------
    TherapistsUnknownError
        If the therapists of a smaller share than `least` of an arm are on record.
    """
    episodes = tables["episodes"].set_index("episode_id")
    found = []
    for arm in (contrast.comparison, contrast.reference):
        mine = episodes[episodes["arm"].eq(arm)]
        if contrast.clusters.get(arm, "none") == "therapy_group":
            group = cluster_of(tables, contrast.clusters).reindex(mine.index)
            therapist = group.map(_leaders_of_groups(tables))
        else:
            own = mine["primary_therapist_id"].astype(object)
            therapist = own.where(own.notna(), _individual(tables).reindex(mine.index))
        known = float(therapist.notna().mean()) if len(mine) else 0.0
        if known < least:
            raise TherapistsUnknownError(
                f"the therapists of {known:.0%} of the clients of arm '{arm}' are on record; "
                f"errors by therapist need {least:.0%}"
            )
        found.append(therapist)
    both: pd.Series = pd.concat(found).astype(object)
    return both.where(both.notna(), None)


def by_therapist(
    frame: pd.DataFrame, contrast: Contrast, therapist: pd.Series
) -> tuple[pd.DataFrame, Contrast]:
    """Return the frame and contrast with therapists as clusters, across both arms.

    Members of a group whose leader is not on record stay a cluster of their own; other clients
    without a therapist stand alone.

    Parameters
    ----------
    frame : DataFrame
        As `compare_weighted` takes it.
    contrast : Contrast
    therapist : Series
        From `main_therapists`.
    """
    own = "therapist " + frame["episode_id"].map(therapist).astype("string")
    rest = "cluster " + frame["cluster"].astype("string")
    cluster = own.where(own.notna(), rest).astype(object)
    arms = (contrast.comparison, contrast.reference)
    shared = replace(contrast, clusters=dict.fromkeys(arms, "primary_therapist"))
    return frame.assign(cluster=cluster.where(cluster.notna(), None)), shared


def _leaders_of_groups(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Return whoever led most held sessions of each group, index group_id."""
    led = _led(tables, "group")
    return _most(led["group_id"], led["therapist_id"])


def _individual(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Return whoever led most individual sessions of each client, index episode_id."""
    if "attendance" not in tables:
        return pd.Series(dtype=object)
    led = _led(tables, "individual").merge(tables["attendance"], on="session_id")
    return _most(led["episode_id"], led["therapist_id"])


def _led(tables: Mapping[str, pd.DataFrame], form: str) -> pd.DataFrame:
    """Return held sessions of a format with their leader."""
    if not {"sessions", "session_staff"} <= set(tables):
        columns = ["session_id", "group_id", "therapist_id"]
        return pd.DataFrame(columns=columns, dtype=object)
    sessions, staff = tables["sessions"], tables["session_staff"]
    held = sessions[sessions["status"].eq("held") & sessions["format"].eq(form)]
    return held.merge(staff[staff["role"].eq("leader")], on="session_id")


def _most(who: pd.Series, therapist: pd.Series) -> pd.Series:
    """Return the commonest therapist of each, the first by name of those as common."""
    counts = pd.crosstab(who.astype(object), therapist.astype(object))
    return counts.idxmax(axis=1) if counts.size else pd.Series(dtype=object)
