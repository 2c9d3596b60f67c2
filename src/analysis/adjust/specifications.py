"""Pre-declared specifications of one comparison, evaluated to a table for a specification curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.records.effect import Effect
from analysis.records.errors import ModelInputError

CHOICES = ("model", "weights", "covariates", "window", "clustering", "exclusions")
COLUMNS = (
    *("name", *CHOICES, "valid_for_estimand", "status", "value"),
    *("ci90_low", "ci90_high", "ci95_low", "ci95_high", "se", "df"),
    *("n_used", "n_eligible", "message"),
)
Specification = Mapping[str, Any]
Estimator = Callable[[Specification], Effect]


def specifications(
    declared: Sequence[Specification],
    estimators: Mapping[str, Estimator],
) -> pd.DataFrame:
    """Evaluate declared specifications.

    Parameters
    ----------
    declared : sequence of mapping
        ``name``, ``valid_for_estimand`` (bool) and ``model``; ``weights``, ``covariates``,
        ``window``, ``clustering`` and ``exclusions`` where they matter.
    estimators : mapping of str to callable
        Model to the function that estimates a specification.

    Returns
    -------
    DataFrame
        One row a specification, in the order declared: its choices, status (ok, error, withheld),
        estimate and intervals.

    Raises
    ------
    ModelInputError
        If a name occurs twice, a key is missing or a model has no estimator; before any is run.
    """
    _check(declared, estimators)
    rows = []
    for one in declared:
        effect = estimators[one["model"]](one)
        low90, high90 = effect.ci90 or (None, None)
        low95, high95 = effect.ci95 or (None, None)
        row: dict[str, Any] = {name: _word(one.get(name)) for name in CHOICES}
        row |= {"name": one["name"], "valid_for_estimand": bool(one["valid_for_estimand"])}
        row |= {name: getattr(effect, name) for name in ("status", "value", "se", "df", "message")}
        row |= {"n_used": effect.n_used, "n_eligible": effect.n_eligible}
        row |= {"ci90_low": low90, "ci90_high": high90, "ci95_low": low95, "ci95_high": high95}
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _word(choice: Any) -> str:
    if choice is None:
        return ""
    return choice if isinstance(choice, str) else ", ".join(str(one) for one in choice)


def _check(declared: Sequence[Specification], estimators: Mapping[str, Estimator]) -> None:
    needed = ("name", "model", "valid_for_estimand")
    for one in declared:
        if absent := [key for key in needed if key not in one]:
            raise ModelInputError(f"a specification lacks {', '.join(absent)}")
        if one["model"] not in estimators:
            raise ModelInputError(f"specification '{one['name']}': no estimator '{one['model']}'")
    names = [one["name"] for one in declared]
    if len(set(names)) < len(names):
        raise ModelInputError("two specifications have the same name")
