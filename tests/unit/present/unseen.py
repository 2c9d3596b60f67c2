"""Small tables on what nobody saw, written by hand, for one observational contrast."""

import numpy as np
import pandas as pd

CASE = "format.depression.day42"
VISITS = ["question", "unit", "value", "se", "df", "low", "high", "rows", "episodes"]
ANSWERS = {
    "seen": -0.21,
    "repeated": -0.30,
    "imputed": -0.25,
    "worse_in_comparison": -0.9,
    "worse_in_reference": 0.4,
    "worse_in_both": -0.26,
    "remaining_weights": None,
    "participant_average": -0.21,
    "cluster_average": -0.28,
    "null_inferiority": -0.53,
    "null_superiority": 0.03,
}


def unseen() -> dict[str, pd.DataFrame]:
    """Return the tables that the rules on the unseen publish."""
    return {
        "ladder": ladder(),
        "tipping": tipping(),
        "plausible": plausible(),
        "visits": pd.DataFrame(
            [
                ("whether", "log odds ratio", -0.12, 0.04, 80.0, -0.20, -0.04, 6000, 1432),
                ("when", "days", 0.02, 0.05, 60.0, -0.08, 0.12, 5200, 1432),
            ],
            columns=VISITS,
        ).assign(contrast="format", message=""),
        "missingness": missingness(),
        "courses": courses(),
        "incidence": incidence(),
    }


def ladder(rule: str = "non_inferiority", margin: float = 1.32) -> pd.DataFrame:
    rows = []
    for answer, value in ANSWERS.items():
        ok = value is not None
        half = {90: 0.6, 95: 0.72}
        ends = {
            f"ci{level}_{end}": value + sign * half[level] if ok else None
            for level in half
            for end, sign in (("low", -1), ("high", 1))
        }
        holds = ok and ends["ci90_low"] > -margin
        rows.append(
            {
                **{"case": CASE, "contrast": "format", "construct": "depression"},
                **{"instrument": "PHQ-9", "time": "day 42", "primary": True, "answer": answer},
                **{"id": f"{CASE}.{answer}", "status": "ok" if ok else "error", "value": value},
                **{"se": 0.36 if ok else None, "df": 60.0 if ok else None, **ends},
                **{"unit": "PHQ-9 points", "n_used": 1148 if answer == "seen" else 1432},
                **{"n_eligible": 1432, "worse_comparison": 2.75, "worse_reference": 0.0},
                **{"imputations": 35.0, "missing_information": 0.2, "monte_carlo_error": 0.05},
                **{"estimand": "difference of means", "note": ""},
                "message": "" if ok else "ConvergenceError: seen for certain",
                **{"rule": rule, "margin": margin if rule == "non_inferiority" else None},
                "verdict": ("SUPPORTED" if holds else "INCONCLUSIVE") if ok else "",
                "holds": holds if ok else None,
            }
        )
    return pd.DataFrame(rows)


def tipping(low: float = -0.85, margin: float = 1.32) -> pd.DataFrame:
    """A plane: a fifth of each arm unseen; the answer changes at (low + margin) * 5 points."""
    a, b = (each.ravel() for each in np.meshgrid(np.linspace(-6, 6, 9), np.linspace(-6, 6, 9)))
    value = low + 0.6 - a / 5 + b / 5
    frame = pd.DataFrame({"worse_comparison": a, "worse_reference": b, "value": value})
    frame = frame.assign(case=CASE, contrast="format", rule="non_inferiority", margin=margin)
    slack = value - 0.6 + margin
    return frame.assign(slack=slack, holds=slack > 0, unit="PHQ-9 points")


def plausible() -> pd.DataFrame:
    columns = ["arm", "role", "n_left_seen", "n_left_unseen", "worse", "low", "high"]
    rows = [
        ("group", "comparison", 60, 90, 1.5, 0.5, 2.5),
        ("individual", "reference", 4, 50, None, None, None),
    ]
    return pd.DataFrame(rows, columns=columns).assign(contrast="format", case=CASE)


def missingness() -> pd.DataFrame:
    rows = []
    for arm in ("group", "individual"):
        for day in (0, 21, 42):
            for band in ("all", "lower third", "middle third", "upper third"):
                lost = 0.0 if day == 0 else day / 210
                parts = (("observed", 1 - lost), ("left_treatment", lost))
                rows += [
                    (arm, f"day {day}", day, band, reason, round(300 * share), 300, share)
                    for reason, share in parts
                    if share and not (day == 0 and band != "all")
                ]
    columns = ["arm", "wave", "planned_day", "band", "reason", "n", "of", "share"]
    return pd.DataFrame(rows, columns=columns)


def courses() -> pd.DataFrame:
    rows = [
        (arm, left, week, 40, 16.0 - week / 2, 5.0)
        for arm in ("group", "individual")
        for left in ("completed", "left early, weeks 0 to 2", "left early, after week 4")
        for week in (0, 3, 6)
    ]
    frame = pd.DataFrame(rows, columns=["arm", "left", "analysis_week", "n", "mean", "sd"])
    return frame.assign(ci_low=frame["mean"] - 1.6, ci_high=frame["mean"] + 1.6)


def incidence() -> pd.DataFrame:
    rows = [
        (arm, event, day, share * day / 54, 0.02, share * day / 60, share * day / 50, 300, 700)
        for arm in ("group", "individual")
        for event, share in (("left", 0.2), ("completed", 0.75), ("other", 0.05))
        for day in (0, 27, 54)
    ]
    columns = ["arm", "event", "day", "share", "se", "low", "high", "at_risk", "n"]
    return pd.DataFrame(rows, columns=columns)
