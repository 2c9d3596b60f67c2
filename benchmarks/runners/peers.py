"""Fits one model with one Python peer: peers.py PEER MODEL FOLDER REPEATS SECONDS."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from runners.measure import cpu, measure
from trial import read_columns

FIXED = {"M1": "y ~ arm + y0 + condition", "M2": "y ~ arm * time + y0 + condition"}
BARS = {
    "M1": " + (0 + grouped | group)",
    "M2": " + (1 + time | participant) + (0 + grouped | group)",
}


def fitter(peer: str, model: str, frame: Any) -> Any:
    """Return a function without arguments that fits and reports criterion and the arm's effect."""
    formula = FIXED[model] + BARS[model]
    if peer == "mixedlm":
        from mixedlm import lmer

        def fit() -> dict[str, Any]:
            found = lmer(formula, frame)
            return {
                "criterion": float(found.REMLcrit()),
                "arm": float(dict(found.fixef())["arm"]),
                "converged": bool(found.converged),
            }

    elif peer == "lme-python":
        from lme_python import lmer as lme

        def fit() -> dict[str, Any]:
            found = lme(formula, frame, reml=True)
            where = list(found.fixed_names).index("arm")
            return {
                "criterion": float(found.reml_criterion),
                "arm": float(found.coefficients[where]),
            }

    else:
        mixed = _statsmodels() if peer == "statsmodels" else _mixedlm_rs()

        def fit() -> dict[str, Any]:
            found = mixed(FIXED[model], frame, groups="group", re_formula="0 + grouped").fit(
                reml=True
            )
            return {
                "criterion": float(-2 * found.llf),
                "arm": float(
                    np.asarray(found.fe_params)[list(found.model.exog_names).index("arm")]
                ),
                "converged": bool(found.converged),
            }

    return fit


def _statsmodels() -> Any:
    from statsmodels.formula.api import mixedlm

    return mixedlm


def _mixedlm_rs() -> Any:
    from mixedlm_rs import mixedlm

    return mixedlm


def trials(peer: str, frame: Any, outcomes: Any) -> Any:
    """Return a function that refits one design to every column of `outcomes`."""

    def run() -> dict[str, Any]:
        effects = []
        for y in outcomes.T:
            effects.append(fitter(peer, "M1", frame.assign(y=y))()["arm"])
        return {"arm": float(np.mean(effects))}

    return run


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    name, what, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    repeats, seconds = int(sys.argv[4]), float(sys.argv[5])
    data = read_columns(folder)
    if what == "trials":
        table = np.fromfile(folder / "outcomes.bin").reshape(len(data), -1)
        measure(trials(name, data, table), repeats, seconds)
    else:
        import formulaic

        formula_time = cpu(lambda: formulaic.model_matrix(FIXED[what].split("~")[1], data))[0]
        measure(fitter(name, what, data), repeats, seconds, formula=formula_time)
