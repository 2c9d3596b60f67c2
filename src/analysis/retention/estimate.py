"""All estimates of staying in treatment: the parts of claims that ask for one, and the curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.program.inputs import contrast_of_formats
from analysis.records.effect import Diagnostic, Effect
from analysis.records.errors import ModelInputError
from analysis.retention.incidence import incidence_table
from analysis.retention.staying import SOURCE, compare_retention
from analysis.retention.stays import stay_table

INCIDENCE = ("arm", "event", "day", "share", "se", "low", "high", "at_risk", "n")
NO_CONTRAST = "no contrast of the study compares group with individual therapy"


def estimate_retention(
    tables: Mapping[str, pd.DataFrame],
    config: Mapping[str, Any],
    claims: Mapping[str, Mapping[str, str]],
) -> tuple[list[Effect], pd.DataFrame]:
    """Estimate every part of the claims on staying, and how stays ended in every arm.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables of the cohort.
    config : mapping
        The study's config.
    claims : mapping
        Claim to part to what is estimated, one of `compare.PARTS`.

    Returns
    -------
    list of Effect
        Ids ``program.<claim>.<part>``, positive = group keeps people better. Withheld where the
        study has no contrast of group with individual therapy, or too few data.
    DataFrame
        As `incidence_table` gives it; empty where no stay was seen to end.
    """
    contrast = contrast_of_formats(config)
    covariates = list(config.get("covariates", [])) if contrast else []
    columns = [one["column"] for one in covariates]
    shared = {
        arm: unit for one in config["contrasts"].values() for arm, unit in one["clusters"].items()
    }
    stays = stay_table(tables, contrast.clusters if contrast else shared, columns)
    effects = []
    for claim, parts in claims.items():
        for name, part in parts.items():
            if contrast is None:
                found = _withheld(part, str(config["data_origin"]))
            else:
                (found,) = compare_retention(
                    stays,
                    contrast,
                    covariates=covariates,
                    parts=[part],
                    data_origin=str(config["data_origin"]),
                )
            effects.append(replace(found, id=f"program.{claim}.{name}"))
    return effects, _curves(stays, [arm for arm in config["arms"] if stays["arm"].eq(arm).any()])


def _withheld(part: str, data_origin: str) -> Effect:
    failed = Diagnostic("no_comparator", None, "fail", f"{NO_CONTRAST.capitalize()}.")
    return Effect(
        id="",
        contrast="",
        construct="retention",
        instrument=SOURCE,
        time="whole stay",
        estimand=part.replace("_", " "),
        model="",
        unit="share",
        data_origin=data_origin,
        status="withheld",
        message=NO_CONTRAST,
        diagnostics=(failed,),
    )


def _curves(stays: pd.DataFrame, arms: list[str]) -> pd.DataFrame:
    """Cumulative incidences of the arms in which a stay was seen to end."""
    parts = [pd.DataFrame(columns=list(INCIDENCE))]
    for arm in arms:
        known = stays[stays["arm"].eq(arm) & stays["day"].notna()]
        try:
            parts.append(incidence_table(known, [arm]))
        except ModelInputError:
            continue
    return pd.concat(parts[1:] or parts, ignore_index=True)[list(INCIDENCE)]
