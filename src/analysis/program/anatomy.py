"""How groups were run and how their members fared: associations inside the group arm.

Size, length, leaders, type, enrolment, mode, time of day and hours are what members happened to
get, not what was varied, so nothing here is an effect. Each is a member's own average over the
group sessions attended; members who sat in several groups, at once or in turn, carry a share of
each (multiple membership).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.comparison.terms import with_terms
from analysis.program.change import fill_share
from analysis.program.fidelity import clustered_share, iop_arms
from analysis.program.inputs import Program
from analysis.program.regress import TooFewError, regress
from analysis.records.effect import Diagnostic, Effect
from analysis.records.intervals import interval

PRESENT = ("attended", "left_early")
# What one unit of each feature is, so that a coefficient can be read.
PER = {
    "size": (1.0, "one member more"),
    "length": (10.0, "10 minutes more"),
    "two_leaders": (0.1, "10% more of sessions with two leaders"),
    "psychoeducation": (0.1, "10% more of group sessions of psychoeducation"),
    "closed": (1.0, "closed rather than open groups"),
    "online": (1.0, "online rather than in person"),
    "evening": (0.1, "10% more of sessions in the evening"),
    "group_hours": (1.0, "one group hour a week more offered"),
    "individual_hours": (1.0, "one individual hour a week more offered"),
    "homogeneous": (1.0, "groups for one family of conditions rather than mixed"),
}
# Features that stand beside one in its model: online groups are attended differently.
BESIDE = {
    "group_hours": ["individual_hours"],
    "individual_hours": ["group_hours"],
    "size": ["online"],
}


def features(program: Program) -> pd.DataFrame:
    """Describe the group sessions that each member of the group arm attended.

    Returns
    -------
    DataFrame
        Index episode_id; the keys of `PER` (missing where not recorded). `closed`, `homogeneous`
        and `online` are 0 or 1 (`online`: most sessions of the primary therapy group); hours are
        those offered a full week (attended hours follow from how somebody fares).
    """
    members = program.members
    found = pd.DataFrame(index=members.index)
    rows = attended(program)
    if not rows.empty:
        facts = pd.DataFrame(
            {
                "episode_id": rows["episode_id"],
                "size": rows["present"],
                "length": rows["minutes"],
                "two_leaders": rows["leaders"].ge(2).astype("Float64").mask(rows["leaders"].isna()),
                "psychoeducation": rows["group_type"].eq("psychoeducation"),
                "evening": rows["slot"].eq("evening"),
            }
        )
        numeric = facts.drop(columns="episode_id").astype("Float64").astype(float)
        found = found.join(numeric.groupby(facts["episode_id"]).mean())
        found["online"] = _online(rows, members["cluster"])
    if "groups" in program.tables:
        group = program.tables["groups"].set_index("group_id").reindex(members["cluster"])
        known = members["cluster"].notna().to_numpy()
        for name, value in (
            ("closed", group["enrolment"].eq("closed")),
            ("homogeneous", group["condition_focus"].notna()),
        ):
            found[name] = np.where(known, value.to_numpy(float), np.nan)
    return found.join(_hours(program))


def attended(program: Program) -> pd.DataFrame:
    """Return one row for each group session that a member of the group arm was present at."""
    if program.sessions.empty or "attendance" not in program.tables:
        return pd.DataFrame()
    rows = program.tables["attendance"].rename(columns={"mode": "took_part"})
    rows = rows[rows["status"].isin(PRESENT) & rows["episode_id"].isin(program.members.index)]
    kinds = program.sessions["format"].eq("group") & program.sessions["unit"].eq("session")
    group = program.sessions[kinds.fillna(False)].drop(columns="left_early")
    return rows[["session_id", "episode_id", "took_part"]].merge(group, on="session_id")


def _online(rows: pd.DataFrame, primary: pd.Series) -> pd.Series:
    """Say who met online: most sessions of the primary group (of all groups where none is named).

    At a hybrid session a member counts by the way in which the member took part; where that was
    not recorded the session is left out.
    """
    mode = rows["mode"].where(rows["mode"].ne("hybrid"), rows["took_part"])
    mine = rows["episode_id"].map(primary)
    counts = mode.notna() & (mine.isna() | rows["group_id"].eq(mine))
    share = mode[counts].eq("online").astype(float).groupby(rows["episode_id"]).mean()
    return share.gt(0.5).astype(float)


def memberships(program: Program) -> pd.DataFrame:
    """Return each member's share of each therapy group: sessions attended there over all.

    Returns
    -------
    DataFrame
        ``episode_id``, ``cluster``, ``weight``; weights of a member add up to 1. Empty where the
        study has no sessions or no attendance.
    """
    rows = attended(program)
    if rows.empty:
        return pd.DataFrame(columns=["episode_id", "cluster", "weight"])
    counts = rows.groupby(["episode_id", "group_id"]).size().rename("weight").reset_index()
    counts["weight"] /= counts.groupby("episode_id")["weight"].transform("sum")
    return counts.rename(columns={"group_id": "cluster"})


def moderation(program: Program, feature: str, blank: Effect, *, calendar: bool = False) -> Effect:
    """Associate a feature of the groups attended with the outcome, given intake and covariates.

    Parameters
    ----------
    program : Program
    feature : str
        A key of `PER`.
    blank : Effect
    calendar : bool
        Adjust for the study day and the stay as well.

    Returns
    -------
    Effect
        Points of the primary outcome gained for one unit of `PER`, positive = more gain.

    Raises
    ------
    TooFewError
        If the feature was not recorded or does not vary.
    EstimationError
    """
    rows, adjusted = _rows(program, feature, calendar)
    unit, says = PER[feature]
    formula = " + ".join(["gain ~ feature", *adjusted])
    shares = memberships(program)
    shares = shares[shares["episode_id"].isin(rows["episode_id"])]
    rows = rows[rows["episode_id"].isin(shares["episode_id"])] if len(shares) else rows
    made = regress(
        rows,
        formula,
        {"feature": unit},
        replace(blank, unit=f"{blank.unit} ({says})"),
        fewest=program.limits.fewest,
        membership=shares if len(shares) else None,
    )
    note = Diagnostic(
        "association_only",
        None,
        "info",
        "Members were not assigned to this feature: an association, which other differences "
        "between groups may explain.",
    )
    return replace(made, diagnostics=(note,))


def attendance_by_mode(program: Program, blank: Effect) -> Effect:
    """Estimate the share of group sessions attended online less in person, by participant.

    Hybrid sessions are left out: how an absent client would have taken part is not known.
    A difference of ratios with the linearisation variance of their totals by participant
    (Cochran 1977, Sampling Techniques, section 6.11).
    """
    if program.sessions.empty or "attendance" not in program.tables:
        raise TooFewError("attendance was not recorded")
    rows = program.tables["attendance"][["session_id", "episode_id", "status"]]
    rows = rows.merge(program.sessions[["session_id", "mode"]], on="session_id")
    rows = rows[rows["mode"].isin(["online", "in_person"])]
    codes, people = pd.factorize(rows["episode_id"])
    came = rows["status"].isin(PRESENT).to_numpy(float)
    value, totals = 0.0, np.zeros(len(people))
    for mode, sign in (("online", 1), ("in_person", -1)):
        mine = rows["mode"].eq(mode).to_numpy(float)
        if mine.sum() < program.limits.fewest:
            raise TooFewError(
                f"fewer than {program.limits.fewest} sessions were held {mode.replace('_', ' ')}"
            )
        rate = float(came @ mine / mine.sum())
        value += sign * rate
        totals += (
            sign * np.bincount(codes, mine * (came - rate), minlength=len(people)) / mine.sum()
        )
    n = len(people)
    se, df = float(np.sqrt(n / (n - 1) * np.sum(totals**2))), float(n - 1)
    return replace(
        blank,
        value=value, se=se, df=df, df_method="participants - 1",
        ci90=interval(value, se, df, 0.90), ci95=interval(value, se, df, 0.95),
        n_used=n, n_eligible=len(program.tables["episodes"]), clusters=n,
        cluster_unit="participant", converged=True,
    )  # fmt: skip


def share_of_episodes(program: Program, column: str, values: list[str], blank: Effect) -> Effect:
    """Estimate the share of the program's episodes whose level of care is one of some.

    Of those recorded, in arms whose clients are in the program (`iop_arms`).
    """
    episodes = program.tables["episodes"]
    episodes = episodes[episodes["arm"].isin(iop_arms(program.config["arms"]))]
    level = episodes[column].dropna()
    if len(level) < program.limits.fewest:
        raise TooFewError(f"{len(level)} episodes have a value of {column.replace('_', ' ')}")
    share = clustered_share(level.isin(values).to_numpy(float), np.arange(len(level)))
    made = fill_share(blank, share, n_used=len(level), n_eligible=len(episodes))
    return replace(made, cluster_unit="episode")


def _hours(program: Program) -> pd.DataFrame:
    names = {f"{one}_scheduled_hours": f"{one}_hours" for one in ("group", "individual")}
    if program.weeks.empty:
        return pd.DataFrame(columns=list(names.values()), dtype=float)
    full = program.weeks[program.weeks["full"].fillna(False).astype(bool)]
    return full.groupby("episode_id")[list(names)].mean().astype(float).rename(columns=names)


def _rows(program: Program, feature: str, calendar: bool) -> tuple[pd.DataFrame, list[str]]:
    members, found = program.members, features(program)
    if feature not in found or found[feature].notna().sum() < program.limits.fewest:
        raise TooFewError(f"{feature.replace('_', ' ')} was not recorded")
    primary = program.primary().reindex(members.index)
    if primary["outcome"].nunique() < 2:
        raise TooFewError("the primary outcome is the same for everybody in a group arm")
    rows = pd.DataFrame(
        {
            "episode_id": members.index,
            "cluster": members["cluster"],
            "gain": primary["change"].astype(float),
            "intake": primary["baseline"].astype(float),
            "feature": found[feature],
            **{name: found[name] for name in BESIDE.get(feature, [])},
        },
        index=members.index,
    )
    for one in program.covariates:
        kind = float if one["type"] == "numeric" else object
        rows[one["column"]] = members[one["column"]].astype(kind)
    beside = ["intake", *BESIDE.get(feature, [])]
    if calendar:
        rows["study_day"] = members["start_study_day"].astype(float) / 100
        rows["stay"] = members["discharge_day"].astype(float) / 7
        beside += ["study_day", "stay"]
    complete = rows.dropna(subset=[name for name in rows if name != "cluster"])
    if complete["feature"].nunique() < 2:
        raise TooFewError(f"{feature.replace('_', ' ')} does not vary between members")
    varying = [name for name in beside if complete[name].nunique() > 1]
    rows, _ = with_terms(rows, program.covariates)
    return rows, [*varying, *with_terms(complete, program.covariates)[1]]
