"""Imputations of a study's cases, made once, stored as tables and read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analysis.records.effect import Effect
from analysis.records.errors import EstimationError
from analysis.unseen.chained import Imputations
from analysis.unseen.imputed import Plan, analysed, impute_contrast
from analysis.unseen.outcomes import IncompleteOutcome, Material, missing_cases
from analysis.unseen.store import COLUMNS, from_table, to_table

Found = dict[str, Any]


def impute_cases(
    material: Material,
    made: Mapping[str, Effect],
    models: Mapping[str, str],
    plan: Plan,
    say: Callable[[str], object] = lambda text: None,
) -> tuple[pd.DataFrame, dict[str, Found]]:
    """Impute every case whose own estimate stands.

    Parameters
    ----------
    material : Material
    made : mapping of str to Effect
        The estimates on those seen, by id. Where the one that decides failed or was withheld
        nothing is imputed, for the same reason.
    models : mapping of str to str
        Assignment to the model that decides.
    plan : Plan
    say : callable
        Takes a line of progress.

    Returns
    -------
    DataFrame
        As `store.to_table` gives it, with ``case``.
    dict
        Case to ``m``, ``seed``, ``iterations`` and ``problem`` (empty where it was imputed).
    """
    parts = [pd.DataFrame(columns=["case", *COLUMNS])]
    notes: dict[str, Found] = {}
    for case in missing_cases(material):
        note: Found = {"m": 0, "seed": plan.seed, "iterations": plan.iterations}
        note |= {"fewest": plan.helping, "problem": ""}
        unseen = int(case.frame["outcome"].isna().sum())
        say(f"{case.stem}: {unseen} of {len(case.frame)} outcomes were not seen")
        try:
            deciding = made[f"{case.stem}.{models[case.comparison.contrast.assignment]}"]
            imputed = _impute(case, deciding, plan)
        except EstimationError as failure:
            note["problem"] = str(failure)
        else:
            parts.append(to_table(imputed).assign(case=case.stem))
            note["m"] = imputed.m
        notes[case.stem] = note
        say(f"{case.stem}: {note['m']} imputations. {note['problem']}".strip())
    return pd.concat(parts[1:] or parts, ignore_index=True), notes


def _impute(case: IncompleteOutcome, deciding: Effect, plan: Plan) -> Imputations:
    if deciding.status != "ok":
        raise EstimationError(deciding.message)
    comparison = case.comparison
    return impute_contrast(
        case.frame,
        comparison.contrast,
        covariates=comparison.covariates,
        auxiliary=case.auxiliary,
        parts=case.parts,
        plan=plan,
    )


def imputed_case(case: IncompleteOutcome, table: pd.DataFrame, note: Found) -> Imputations:
    """Return a case's imputations from what `impute_cases` stored.

    Raises
    ------
    EstimationError
        If the case was not imputed; the message says why.
    """
    if note["problem"]:
        raise EstimationError(note["problem"])
    return from_table(
        table[table["case"].eq(case.stem)],
        case.frame,
        analysed(case.comparison.covariates),
        case.auxiliary,
        parts=case.parts,
        **{name: int(note[name]) for name in ("m", "seed", "iterations", "fewest")},
    )
