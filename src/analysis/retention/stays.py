"""How each stay ended and on which day, censored where observation ended first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.measures.clusters import cluster_of

PRESENT = ("attended", "left_early")
ENDS = ("left", "completed", "other")
REASONS = {"left_early": "left", "completed": "completed"}


def stay_table(
    tables: Mapping[str, pd.DataFrame], clusters: Mapping[str, str], covariates: list[str]
) -> pd.DataFrame:
    """Describe each episode's stay.

    Leaving early is the event of interest; completion and every other end (a step up, an
    administrative end, an unknown reason) are competing events: who has completed can no longer
    leave. A stay that was not seen to end is censored on the last day of observation.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables of the cohort: `episodes`, and `attendance`, `memberships` where there are.
    clusters : mapping
        Arm to what its clients share, as a contrast declares it.
    covariates : list of str
        Columns of `episodes` to keep.

    Returns
    -------
    DataFrame
        One row an episode: episode_id, arm, cluster, day (days since the start), event ("left",
        "completed", "other" or "censored"), attended (a session or more; missing without
        attendance records), observed_until_day, and the covariates.
    """
    episodes = tables["episodes"]
    out = episodes[["episode_id", "arm", "observed_until_day", *covariates]].copy()
    out["observed_until_day"] = out["observed_until_day"].astype("float64")
    discharge = episodes["discharge_day"].astype("float64")
    ended = discharge.notna() & (discharge <= out["observed_until_day"])
    out["day"] = discharge.where(ended, out["observed_until_day"])
    reason = episodes["discharge_reason"].map(REASONS).astype(object).fillna("other")
    out["event"] = np.where(ended, reason, "censored")
    out["attended"] = pd.Series(pd.NA, index=out.index, dtype="boolean")
    if "attendance" in tables:
        rows = tables["attendance"]
        came = rows.loc[rows["status"].isin(PRESENT), "episode_id"]
        out["attended"] = out["episode_id"].isin(came).astype("boolean")
    return out.join(cluster_of(tables, clusters), on="episode_id").reset_index(drop=True)
