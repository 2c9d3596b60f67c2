"""Trials that compare group and individual delivery directly: from arms to trial effects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.evidence.clustering import correct_for_clustering
from analysis.evidence.errors import SourceError
from analysis.evidence.metapsy import read_database
from analysis.evidence.pooling import pool
from analysis.evidence.smd import Smd, average, from_events, from_means

OUTCOME_CORRELATION = 0.5
"""Assumed correlation of several contrasts of one trial, where they are averaged."""

_Keep = Callable[[pd.DataFrame], pd.Series]

SPECIFICATIONS: dict[str, _Keep] = {
    "main": lambda t: t["in_main"],
    "main and Kahn 1990": lambda t: t["in_main"] | t["study"].str.startswith("Kahn"),
    "all": lambda t: t["study"].notna(),
    "main, same therapy": lambda t: t["in_main"] & t["same_therapy"],
    "all, same therapy": lambda t: t["same_therapy"],
}


def _one(arms: pd.DataFrame, study: str, arm: str, instrument: str) -> pd.Series:
    """Find an arm's summaries after treatment, alike beside whatever comparator it stands."""
    label = (arms["study"] == study) & (arms["arm"] == arm) & (arms["instrument"] == instrument)
    found = arms[label & (arms["time"] == "post")]
    found = found.dropna(subset=["mean_arm1", "change_arm1", "event_arm1"], how="all")
    found = found.drop_duplicates(subset=["mean_arm1", "sd_arm1", "n_arm1", "event_arm1"])
    if len(found) != 1:
        raise SourceError(f"{study}: {len(found)} summaries of arm {arm!r} on {instrument!r}")
    return found.iloc[0]


def contrast(individual: pd.Series, group: pd.Series) -> tuple[Smd, str, float, float]:
    """Effect of one pair of arms on one outcome, positive = group better.

    From means of scales on which higher is worse; else from mean changes on them; else from events
    that are good (remission).

    Parameters
    ----------
    individual, group : Series
        Rows of `read_database` with the arm in question as the first arm.

    Returns
    -------
    effect : Smd
    basis : {"means", "changes", "events"}
    n_individual, n_group : float
    """
    i, g = individual, group
    for basis, mean, sd, n in (
        ("means", "mean_arm1", "sd_arm1", "n_arm1"),
        ("changes", "change_arm1", "sd_change_arm1", "n_change_arm1"),
    ):
        if pd.notna(i[mean]) and pd.notna(g[mean]):
            return from_means(i[mean], i[sd], i[n], g[mean], g[sd], g[n]), basis, i[n], g[n]
    n_i, n_g = i["totaln_arm1"], g["totaln_arm1"]
    return from_events(g["event_arm1"], n_g, i["event_arm1"], n_i), "events", n_i, n_g


def contrasts(folder: Path, selection: pd.DataFrame) -> pd.DataFrame:
    """Every selected pair of arms on every selected outcome, from the Metapsy databases.

    Parameters
    ----------
    folder : Path
        Folder of the databases.
    selection : DataFrame
        The committed `head_to_head_selection.csv`.

    Returns
    -------
    DataFrame
        `dataset`, `study`, `instrument`, `basis`, `n_individual`, `n_group`, `g` and `v`
        (positive = group better).

    Raises
    ------
    SourceError
        If an arm is missing or not unique.
    """
    databases = {one: read_database(folder, one) for one in selection["dataset"].unique()}
    rows = []
    for pair in selection.to_dict("records"):
        arms = databases[pair["dataset"]]
        for instrument in pair["instruments"].split("|"):
            own = _one(arms, pair["study"], pair["arm_individual"], instrument)
            other = _one(arms, pair["study"], pair["arm_group"], instrument)
            effect, basis, n_i, n_g = contrast(own, other)
            rows.append(
                {
                    "dataset": pair["dataset"],
                    "study": pair["study"],
                    "arm_group": pair["arm_group"],
                    "instrument": instrument,
                    "basis": basis,
                    "n_individual": n_i,
                    "n_group": n_g,
                    "g": effect.g,
                    "v": effect.v,
                }
            )
    return pd.DataFrame(rows)


def _effects(part: pd.DataFrame, icc: float, group_size: float) -> list[Smd]:
    columns = part[["g", "v", "n_group", "n_individual"]].to_numpy(dtype=float)
    if icc == 0.0:
        return [Smd(g, v) for g, v, _, _ in columns]
    return [
        correct_for_clustering(Smd(g, v), n_group, n_individual, group_size, icc)
        for g, v, n_group, n_individual in columns
    ]


def trials(
    rows: pd.DataFrame, selection: pd.DataFrame, *, icc: float = 0.0, group_size: float = 8.0
) -> pd.DataFrame:
    """One row a trial: mean of its contrasts, corrected for groups where `icc` is above zero.

    Parameters
    ----------
    rows : DataFrame
        As `contrasts` returns.
    selection : DataFrame
        The committed `head_to_head_selection.csv`.
    icc : float
        Intraclass correlation in the group arms.
    group_size : float
        Members of a therapy group.

    Returns
    -------
    DataFrame
        `dataset`, `study`, `population`, `same_therapy`, `in_main`, `reason_left_out`, `basis`,
        `n_contrasts`, `n_individual`, `n_group` (largest of the contrasts), `g`, `v`.
    """
    found = []
    for (dataset, study), part in rows.groupby(["dataset", "study"], sort=False):
        effects = _effects(part, icc, group_size)
        mean = average(effects, OUTCOME_CORRELATION)
        chosen = selection[(selection["dataset"] == dataset) & (selection["study"] == study)]
        found.append(
            {
                "dataset": dataset,
                "study": study,
                "population": chosen["population"].iloc[0],
                "same_therapy": bool((chosen["same_therapy"] == "yes").all()),
                "in_main": bool((chosen["in_main"] == "yes").all()),
                "reason_left_out": chosen["reason_left_out"].fillna("").iloc[0],
                "basis": part["basis"].iloc[0],
                "n_contrasts": len(part),
                "n_individual": int(part["n_individual"].max()),
                "n_group": int(part["n_group"].max()),
                "g": mean.g,
                "v": mean.v,
            }
        )
    return pd.DataFrame(found)


def pooled_trials(table: pd.DataFrame, *, effect: str = "g", variance: str = "v") -> pd.DataFrame:
    """Pool the trials under every specification, with the Wald and the Hartung-Knapp interval.

    Parameters
    ----------
    table : DataFrame
        As `trials` returns, or the committed `head_to_head_trials.csv`.
    effect, variance : str
        Columns to pool, such as ``g_corrected`` and ``v_corrected``.

    Returns
    -------
    DataFrame
        `specification`, `test` and the numbers of `Pooled.to_row`; positive = group better.
    """
    rows = []
    for name, keep in SPECIFICATIONS.items():
        part = table[keep(table)]
        for test in ("hartung-knapp", "z"):
            found = pool(part[effect], part[variance], test=test)
            rows.append({"specification": name, "test": test, **found.to_row()})
    return pd.DataFrame(rows)


def clustering_sensitivity(
    rows: pd.DataFrame,
    selection: pd.DataFrame,
    *,
    iccs: tuple[float, ...] = (0.0, 0.02, 0.06, 0.10, 0.16),
    group_sizes: tuple[float, ...] = (6.0, 8.0, 10.0),
) -> pd.DataFrame:
    """Pool the main trials (Hartung-Knapp) over intraclass correlations and group sizes.

    The default correlations are those of the evidence table: 0.02 and 0.12 bound two trials of
    prevention groups (Baldwin, Stice and Rohde 2008), 0.06 is the mean of 37 studies (Kivlighan et
    al. 2020), 0.10 is imputed by Dalgaard et al., 0.16 the highest reported for adult groups.

    Returns
    -------
    DataFrame
        `icc`, `group_size` and the numbers of `Pooled.to_row`; positive = group better.
    """
    cells = [(0.0, group_sizes[0])] if 0.0 in iccs else []
    cells += [(icc, size) for icc in iccs if icc > 0.0 for size in group_sizes]
    found = []
    for icc, size in cells:
        table = trials(rows, selection, icc=icc, group_size=size)
        main = table[table["in_main"]]
        one = pool(main["g"], main["v"])
        found.append({"icc": icc, "group_size": size if icc > 0 else None, **one.to_row()})
    return pd.DataFrame(found)
