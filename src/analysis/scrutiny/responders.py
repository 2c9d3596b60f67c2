"""Responder outcomes of the primary outcome by arm, as risk differences in a table."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.adjust import RiskDifference, risk_differences
from analysis.adjust.contrasts import ESTIMAND, Comparison
from analysis.records.effect import Effect

#: Response to whether it is good; all as `measures.outcomes` defines them.
RESPONSES = {
    "improvement": 1,
    "recovery": 1,
    "deterioration": -1,
    "response": 1,
    "remission": 1,
}
BOUNDS = ("ci90_low", "ci90_high", "ci95_low", "ci95_high")
COLUMNS = (
    *("contrast", "construct", "instrument", "time", "category", "model", "estimand"),
    *("comparison", "reference", "value", "se", "df", *BOUNDS),
    *("needed_to_treat", "needed_low", "needed_high"),
    *("n_used", "n_eligible", "clusters", "status", "message"),
)


def response_columns(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Turn an outcome table's categories into one column a response: 1, 0 or missing.

    Parameters
    ----------
    outcomes : DataFrame
        Rows of one construct and time, as `measures.outcomes` gives them.

    Returns
    -------
    DataFrame
        Index episode_id, a column for each of `RESPONSES`. Recovery and remission are missing for
        those who were not clinical at baseline.
    """
    change = outcomes["reliable_change"]
    columns = {
        "improvement": change.eq("improved").where(change.notna()),
        "recovery": outcomes["recovered"],
        "deterioration": change.eq("deteriorated").where(change.notna()),
        "response": outcomes["response"],
        "remission": outcomes["remission"],
    }
    found = pd.DataFrame({name: one.astype("Float64") for name, one in columns.items()})
    return found.set_index(pd.Index(outcomes["episode_id"]))


def responder_table(
    comparison: Comparison, outcomes: pd.DataFrame, deciding: Effect | None
) -> pd.DataFrame:
    """Compare the arms on every response that was recorded.

    Observational contrasts by the weighted logistic model over the overlap population;
    randomised ones by the unweighted one over everyone (g-computation).

    Parameters
    ----------
    comparison : Comparison
        Of the primary outcome.
    outcomes : DataFrame
        Its rows, as `measures.outcomes` gives them.
    deciding : Effect or None
        The weighted estimate of the same outcome: where it is withheld or failed, nothing is
        estimated here for the same reason.

    Returns
    -------
    DataFrame
        One row a response: risks of the response itself (shares), value (positive = comparison
        arm better, so a smaller risk of deterioration counts as better) with its intervals, the
        number needed to treat where the 95% interval excludes zero, status and message.
    """
    known = response_columns(outcomes)
    columns = [name for name in RESPONSES if known[name].notna().any()]
    if deciding is not None and deciding.status != "ok":
        blank = RiskDifference(replace(deciding, model=f"risk_difference_{ESTIMAND}"))
        rows = [_row(comparison, name, blank) for name in columns]
        return pd.DataFrame(rows, columns=list(COLUMNS))
    randomised = comparison.contrast.assignment == "randomised"
    # a randomised design needs no balance to be valid, so its checks do not withhold
    found = risk_differences(
        comparison.once.join(known[columns], on="episode_id"),
        comparison.contrast,
        {
            name: replace(comparison.outcome, construct=name, toward_better=RESPONSES[name])
            for name in columns
        },
        covariates=comparison.covariates,
        thresholds=comparison.thresholds,
        estimand="ate" if randomised else ESTIMAND,
        weighted=not randomised,
        data_origin=comparison.data_origin,
        required=() if randomised else None,
        site=None if randomised else comparison.site,
    )
    rows = [_row(comparison, name, one) for name, one in zip(columns, found, strict=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(comparison: Comparison, category: str, one: RiskDifference) -> dict[str, object]:
    effect = one.effect
    ends = (*(effect.ci90 or (None, None)), *(effect.ci95 or (None, None)))
    few, many = one.needed_interval or (None, None)
    named = ("model", "estimand", "value", "se", "df", "n_used", "n_eligible", "clusters")
    return {
        "contrast": comparison.contrast.id,
        "construct": comparison.outcome.construct,
        "instrument": comparison.outcome.instrument,
        "time": comparison.outcome.time,
        "category": category,
        **{name: getattr(effect, name) for name in (*named, "status", "message")},
        "comparison": one.comparison,
        "reference": one.reference,
        **dict(zip(BOUNDS, ends, strict=True)),
        "needed_to_treat": one.needed_to_treat,
        "needed_low": few,
        "needed_high": many,
    }
