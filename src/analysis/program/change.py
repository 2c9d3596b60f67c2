"""Change inside the group arm: mean change with therapy groups' intervals, and reliable change.

Change is what happened over time to those treated. It is not what the treatment did: people who
seek help when they are worst get better on average without it, and there is no comparison here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.program.fidelity import clustered_share
from analysis.program.inputs import Program
from analysis.program.regress import TooFewError, regress
from analysis.records.effect import Diagnostic, Effect


def mean_change(program: Program, construct: str, day: int, blank: Effect) -> Effect:
    """Estimate the mean change of the group arm from intake to a day.

    The change of those observed is regressed on intake, and taken at the mean intake of all
    eligible members, so that those who were not seen again count as far as intake tells of them;
    therapy groups have a random intercept.

    Parameters
    ----------
    program : Program
    construct : str
    day : int
        A day of the outcome table.
    blank : Effect

    Returns
    -------
    Effect
        In points of the instrument, positive = improved; `standardiser` as
        `Program.standardiser` gives it.

    Raises
    ------
    TooFewError, EstimationError
    """
    rows = _changes(program, construct, day)
    sd, note = program.standardiser(construct, rows["baseline"])
    centred = rows.assign(intake=rows["baseline"] - rows["baseline"].mean())
    made = regress(
        centred[["episode_id", "change", "intake", "cluster"]],
        "change ~ intake",
        {"Intercept": 1.0},
        blank,
        fewest=program.limits.fewest,
    )
    lost = Diagnostic(
        "seen_again",
        made.n_used / made.n_eligible,
        "pass" if made.n_used >= program.limits.seen_again * made.n_eligible else "warn",
        f"{made.n_used} of {made.n_eligible} members of the group arm have both scores.",
    )
    value = made.value if made.value is not None else float("nan")
    return replace(made, standardised=value / sd, standardiser=sd, diagnostics=(lost, note))


def reliable_share(program: Program, construct: str, day: int, blank: Effect) -> Effect:
    """Estimate the share of the group arm that improved reliably (Jacobson and Truax 1991).

    Parameters
    ----------
    program, construct, day, blank
        As in `mean_change`.

    Returns
    -------
    Effect
        Share between 0 and 1 of those observed, with `clustered_share`'s intervals.

    Raises
    ------
    TooFewError, TooFewGroupsError
    """
    rows = _changes(program, construct, day)
    known = rows.dropna(subset=["reliable_change"])
    if len(known) < program.limits.fewest:
        raise TooFewError(f"{len(known)} members have a reliable change that is known")
    share = clustered_share(
        known["reliable_change"].eq("improved").to_numpy(float),
        known["cluster"].fillna(known["episode_id"]).to_numpy(),
    )
    return fill_share(blank, share, n_used=len(known), n_eligible=len(rows))


def fill_share(blank: Effect, share: dict[str, Any], *, n_used: int, n_eligible: int) -> Effect:
    """Put `clustered_share`'s result into an effect."""
    return replace(
        blank,
        value=share["share"],
        se=share["se"],
        df=share["df"],
        df_method="clusters - 1",
        ci90=share["ci90"],
        ci95=share["ci95"],
        n_used=n_used,
        n_eligible=n_eligible,
        clusters=int(share["clusters"]),
        converged=True,
    )


def _changes(program: Program, construct: str, day: int) -> pd.DataFrame:
    rows = program.outcome(construct, day)
    members = program.members
    rows = rows.reindex(members.index)[["change", "baseline", "reliable_change"]]
    if rows["change"].notna().sum() < program.limits.fewest:
        raise TooFewError(
            f"fewer than {program.limits.fewest} members have {construct} at intake and on day "
            f"{day}"
        )
    rows["change"] = rows["change"].astype(float).replace([np.inf, -np.inf], np.nan)
    rows["baseline"] = rows["baseline"].astype(float)
    return rows.assign(cluster=members["cluster"], episode_id=members.index)
