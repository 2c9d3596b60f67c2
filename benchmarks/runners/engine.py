"""Fits one model with this project's engine: engine.py PEER MODEL FOLDER REPEATS SECONDS."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from runners.measure import cpu, measure
from trial import read_columns

from analysis.engine import fit_many, fit_mixed
from analysis.engine.problem import build_problem

M1 = {"formula": "y ~ arm + y0 + condition", "group": "group", "grouped": "grouped"}
M2 = {
    "formula": "y ~ arm * time + y0 + condition",
    "group": "group",
    "grouped": "grouped",
    "participant": "participant",
    "slope": "time",
}
MODELS: dict[str, dict[str, Any]] = {
    "M1": M1,
    "M2": {**M2, "group_slope": False},
    "M2s": {**M2, "group_slope": True},
    "M3": {**M1, "residual_by": "arm"},
}


def whole_fit(model: str, frame: pd.DataFrame, method: str) -> dict[str, Any]:
    """Everything from the frame to the degrees of freedom of every coefficient."""
    found = fit_mixed(frame, **MODELS[model])
    df = found.df(method)
    return {
        "criterion": float(found.reml_criterion),
        "arm": float(found.params["arm"]),
        "df": float(df["arm"]),
        "converged": bool(found.converged),
    }


def trials(frame: pd.DataFrame, outcomes: np.ndarray) -> dict[str, Any]:
    """Refit M1 to every column of `outcomes`, with Satterthwaite degrees of freedom."""
    found = fit_many(frame, outcomes=outcomes, **M1)
    return {"arm": float(np.mean(found.params[:, list(found.names).index("arm")]))}


if __name__ == "__main__":
    peer, model, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    repeats, seconds = int(sys.argv[4]), float(sys.argv[5])
    data = read_columns(folder)
    if model == "trials":
        table = np.fromfile(folder / "outcomes.bin").reshape(len(data), -1)
        measure(lambda: trials(data, table), repeats, seconds)
    else:
        method = "kenward-roger" if peer.endswith("KR") else "satterthwaite"
        moments = cpu(lambda: build_problem(data, **MODELS[model]).X)[0]
        measure(lambda: whole_fit(model, data, method), repeats, seconds, formula=moments)
