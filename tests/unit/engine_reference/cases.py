"""Reads the reference cases made with R and sets each one up for the dense oracle."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from tests.oracle.dense_reml import DenseFit, Matrix, Term, fit_dense, indicator

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "tests" / "reference"
SHARED = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
Case = dict[str, Any]


def load(family: str) -> list[Case]:
    """Return the cases of `tests/reference/<family>.json`, each with the family's name."""
    cases = json.loads((REFERENCE / f"{family}.json").read_text(encoding="utf-8"))["cases"]
    return [{"family": family, **case} for case in cases]


def name(case: Case) -> str:
    """Return a short id for pytest: data, formula, what differs, method."""
    given = case["arguments"]
    marks = [key for key in ("group_slope", "residual_by", "participant_by") if given.get(key)]
    method = "REML" if given["reml"] else "ML"
    data = case.get("fixture", case.get("dataset", "")).removesuffix(".csv")
    formula = given["formula"].removeprefix("y ~ ").replace(" ", "")
    return "-".join([data, formula, *marks, method])


def frame(case: Case) -> pd.DataFrame:
    """Return the rows of a case; real data are prepared as `make_real.R` prepares them."""
    if case["family"] == "real":
        return _real(case["dataset"])
    return pd.read_csv(REFERENCE / "fixtures" / case["fixture"])


def membership(case: Case) -> pd.DataFrame | None:
    """Return the long table of membership weights (`id`, `group`, `weight`), if there is one."""
    if "membership" in case:
        return pd.read_csv(REFERENCE / "fixtures" / case["membership"])
    if case.get("dataset") == "bright_sessions":
        table = pd.read_csv(SHARED / "bright" / "bright_attendance.csv").drop_duplicates()
        group = table["therapy_group"].astype(str) + " " + table["session"].astype(str)
        share = 1.0 / table.groupby("subject")["subject"].transform("size")
        return pd.DataFrame({"id": table["subject"], "group": group, "weight": share})
    return None


def _real(dataset: str) -> pd.DataFrame:
    trial, what = dataset.split("_")
    rows = _bright() if trial == "bright" else _reframed()
    if dataset == "bright_repeated":
        return rows
    if trial == "bright":
        start = rows[rows["time"] == 0].set_index("id")["y"]
        return rows[rows["time"] == 6].assign(y0=lambda d: d["id"].map(start))
    if what == "endpoint":
        return rows[(rows["time"] == 7) & rows["hamd"].notna()].assign(y=lambda d: d["hamd"])
    return rows[rows["time"].notna() & rows["phq9"].notna()].assign(y=lambda d: d["phq9"])


def _bright() -> pd.DataFrame:
    outcomes = pd.read_csv(SHARED / "bright" / "bright_outcomes.csv")
    members = pd.read_csv(SHARED / "bright" / "bright_members.csv")
    rows = outcomes.merge(members, on="subject", how="left")
    rows = rows.rename(
        columns={
            "subject": "id",
            "trt": "arm",
            "month": "time",
            "bdi": "y",
            "therapy_group": "group",
        }
    )
    return rows.assign(grouped=rows["group"].notna().astype(float))


def _reframed() -> pd.DataFrame:
    rows = pd.read_csv(SHARED / "reframed" / "reframed.csv")
    return pd.DataFrame(
        {
            "id": rows["patient"],
            "arm": (rows["grp"] == "RO-DBT").astype(float),
            "time": pd.to_numeric(rows["month"], errors="coerce"),
            "group": rows["therapist"],
            "grouped": rows["therapist"].notna().astype(float),
            "hamd": rows["hamd"],
            "y0": rows["hamd.b"],
            "phq9": rows["phq9"],
        }
    )


def dense(case: Case) -> tuple[Matrix, Matrix, list[Term], pd.Series | None, Matrix | None]:
    """Return outcome, design, random terms, residual classes and precisions for the oracle."""
    rows, given = frame(case), case["arguments"]
    x = formulaic.model_matrix(given["formula"].split("~")[1], rows, output="numpy")
    terms: list[Term] = []
    if given.get("participant") and given.get("slope"):
        person, time = indicator(rows["id"]), rows[given["slope"]].to_numpy()[:, None]
        arms = [np.ones((len(rows), 1))]
        if given.get("participant_by"):
            arms = [(rows["arm"].to_numpy() == arm)[:, None].astype(float) for arm in (0, 1)]
        terms += [(person * arm, person * arm * time) for arm in arms]
    terms.append(_group_term(case, rows))
    if given.get("therapist"):
        terms.append(_therapist_term(rows))
    classes = rows[given["residual_by"]] if given.get("residual_by") else None
    weights = given.get("precision_weights")
    precision = None if weights is None else rows[weights].to_numpy(float)
    return rows["y"].to_numpy(float), np.asarray(x, float), terms, classes, precision


def oracle(case: Case) -> DenseFit:
    """Fit a case with the dense oracle."""
    y, x, terms, classes, precision = dense(case)
    return fit_dense(y, x, terms, classes, precision=precision, reml=case["arguments"]["reml"])


def _group_term(case: Case, rows: pd.DataFrame) -> Term:
    weights = membership(case)
    if weights is not None:
        table = weights.pivot_table(index="id", columns="group", values="weight", fill_value=0.0)
        return (table.reindex(rows["id"], fill_value=0.0).to_numpy(),)
    design = indicator(rows["group"].fillna("none")) * rows["grouped"].to_numpy(float)[:, None]
    design = design[:, design.any(axis=0)]
    if case["arguments"].get("slope") and case["arguments"].get("group_slope", True):
        return (design, design * rows[case["arguments"]["slope"]].to_numpy()[:, None])
    return (design,)


def _therapist_term(rows: pd.DataFrame) -> Term:
    here = rows["therapist"].notna().to_numpy(float)[:, None]
    design = indicator(rows["therapist"].fillna("none")) * here
    exposure = rows["grouped"].to_numpy(float)[:, None]
    parts = (design * exposure, design * (1 - exposure))
    return tuple(part[:, design.any(axis=0)] for part in parts if part.any())
