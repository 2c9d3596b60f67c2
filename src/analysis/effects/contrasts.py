"""All comparisons of a study: each contrast, on each outcome, by each model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.effects.compare import Contrast, Model, Outcome, compare
from analysis.effects.effect import Effect
from analysis.measures.clusters import cluster_of
from analysis.measures.instruments import Registry, toward_better


def estimate_contrasts(
    tables: Mapping[str, pd.DataFrame],
    outcomes: pd.DataFrame,
    repeated: pd.DataFrame,
    config: Mapping[str, Any],
    registry: Registry,
) -> list[Effect]:
    """Estimate every contrast on every outcome that both arms can have.

    The primary outcome is estimated by ``ancova`` and by ``repeated``, others by ``ancova``.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables of the cohort.
    outcomes, repeated : DataFrame
        As `measures.outcomes` gives them.
    config : mapping
        The study's config.
    registry : mapping of str to Instrument

    Returns
    -------
    list of Effect
        Failures are effects with ``status="error"``.
    """
    effects = []
    for key, entry in config["contrasts"].items():
        contrast = Contrast.from_config(key, entry)
        people = _people(tables, contrast, config)
        for rows in _outcomes(outcomes, contrast):
            outcome = _outcome(rows, registry)
            for model, frame in _frames(rows, repeated, people):
                effects.append(
                    compare(
                        frame,
                        contrast,
                        outcome,
                        covariates=config.get("covariates", []),
                        model=model,
                        data_origin=config["data_origin"],
                    )
                )
    return effects


def _people(
    tables: Mapping[str, pd.DataFrame], contrast: Contrast, config: Mapping[str, Any]
) -> pd.DataFrame:
    names = [one["column"] for one in config.get("covariates", [])]
    people = tables["episodes"].set_index("episode_id")[names]
    categorical = {
        one["column"] for one in config.get("covariates", []) if one["type"] != "numeric"
    }
    people = people.astype({name: "object" if name in categorical else "float64" for name in names})
    return people.join(cluster_of(tables, contrast.clusters))


def _outcomes(outcomes: pd.DataFrame, contrast: Contrast) -> Iterator[pd.DataFrame]:
    pair = {contrast.comparison, contrast.reference}
    if outcomes.empty:
        return
    for _, rows in outcomes.groupby(["construct", "instrument", "time"], sort=False):
        here = rows[rows["arm"].isin(pair)]
        if pair <= set(here["arm"]) and here["outcome"].notna().any():
            yield here


def _outcome(rows: pd.DataFrame, registry: Registry) -> Outcome:
    first = rows.iloc[0]
    instrument = registry[first["instrument"]]
    return Outcome(
        construct=str(first["construct"]),
        instrument=instrument.name,
        time=str(first["time"]),
        day=int(first["day"]),
        unit=f"{instrument.name} points",
        toward_better=toward_better(instrument),
        sd=instrument.sd,
    )


def _frames(
    rows: pd.DataFrame, repeated: pd.DataFrame, people: pd.DataFrame
) -> Iterator[tuple[Model, pd.DataFrame]]:
    columns = ["episode_id", "arm", "baseline", "outcome"]
    yield "ancova", rows[columns].join(people, on="episode_id")
    if bool(rows["primary"].iloc[0]):
        after = repeated[repeated["post"] & repeated["nearest"]]
        occasions = after[["episode_id", "day", "score"]].rename(columns={"score": "outcome"})
        eligible = rows[["episode_id", "arm", "baseline"]]
        yield "repeated", eligible.merge(occasions, how="left").join(people, on="episode_id")
