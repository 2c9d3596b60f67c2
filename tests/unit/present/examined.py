"""Small tables of a weighted comparison looked at from all sides, written by hand."""

import pandas as pd

CONTRAST = "format"


def examined() -> dict[str, pd.DataFrame]:
    """Return the tables that `examine_comparisons` publishes, for one observational contrast."""
    frames = {
        "balance": balance(),
        "overlap": overlap(),
        "population": pd.DataFrame(
            [
                ("baseline", 14.0, 16.8, 15.4, 15.5, 0.01),
                ("gender[woman]", 0.6, 0.58, 0.59, 0.6, 0.01),
            ],
            columns=["term", "comparison", "reference", "everyone", "target", "shift"],
        ),
        "intercurrent": pd.DataFrame(
            [("group", "leaving_early", 31, 806), ("individual", "leaving_early", 44, 626)],
            columns=["arm", "event", "n", "of"],
        ),
        "attendance": pd.DataFrame(
            [
                ("group", "group", 806, 9100),
                ("group", "individual", 700, 1400),
                ("individual", "individual", 626, 5200),
            ],
            columns=["arm", "format", "episodes", "present"],
        ),
        "responders": responders(),
        "unmeasured": unmeasured(),
        "contour": contour(),
        "specifications": specifications(),
        "assay": pd.DataFrame(
            [("PHQ-9 points", 1.32, 0.31, 33.0, 0.98, 0.8, 0.9, 2, 2, True)],
            columns=[
                *("unit", "margin", "se", "df", "power", "asked", "detectable"),
                *("arms", "arms_changed", "sensitive"),
            ],
        ),
        "arm_change": pd.DataFrame(
            [
                ("group", "PHQ-9 points", 4.7, 4.3, 5.0),
                ("individual", "PHQ-9 points", 5.6, 5.2, 5.9),
            ],
            columns=["arm", "unit", "value", "ci95_low", "ci95_high"],
        ),
        "dose": dose(),
        "dose_checks": pd.DataFrame(
            [("symptom_balance", 0.02, "pass", "Hours do not go with earlier symptoms.")],
            columns=["name", "value", "status", "text"],
        ),
        "dose_curve": dose_curve(),
        "dose_surface": dose_surface(),
    }
    return {name: frame.assign(contrast=CONTRAST) for name, frame in frames.items()}


def dose() -> pd.DataFrame:
    terms = ("group_hours", "individual_hours", "equal_hours")
    values = {"weighted": (0.1, 0.3, -0.2), "naive": (-0.6, 0.9, -1.5)}
    rows = [
        (analysis, term, value, value - 0.2, value + 0.2)
        for analysis, found in values.items()
        for term, value in zip(terms, found, strict=True)
    ]
    columns = ["analysis", "term", "value", "ci95_low", "ci95_high"]
    fixed = {"unit": "PHQ-9 points", "time": "day 42", "status": "ok", "message": ""}
    return pd.DataFrame(rows, columns=columns).assign(
        **fixed, n_used=1364, n_eligible=1448, clusters=46
    )


def dose_curve() -> pd.DataFrame:
    rows = [
        (arm, name, analysis, hours, 0.1 * (hours - 4), 0.1 * hours - 1, 0.1 * hours + 0.2)
        for arm in ("group", "individual")
        for name in ("group", "individual")
        for analysis in ("weighted", "naive")
        for hours in (2.0, 4.0, 6.0)
    ]
    columns = ["arm", "format", "analysis", "hours", "value", "ci95_low", "ci95_high"]
    return pd.DataFrame(rows, columns=columns).assign(unit="PHQ-9 points")


def dose_surface() -> pd.DataFrame:
    rows = [
        (arm, g, i, g + 0.5, i + 0.5, 12 + g, 0.1 * (g - i))
        for arm in ("group", "individual")
        for g in (3.0, 4.0)
        for i in (0.0, 1.0)
    ]
    columns = [
        "arm",
        "group_from",
        "individual_from",
        "group_hours",
        "individual_hours",
        "n",
        "value",
    ]
    return pd.DataFrame(rows, columns=columns).assign(width=1.0, unit="PHQ-9 points")


def balance() -> pd.DataFrame:
    rows = [
        ("baseline", "main", "all", -0.5, 0.0),
        ("gender[woman]", "main", "all", 0.1, 0.0),
        ("baseline^2", "square", "all", 0.2, 0.11),
        ("baseline*gender[woman]", "interaction", "all", 0.12, -0.04),
        ("baseline", "main", "site_1", -0.6, 0.22),
        ("baseline", "main", "site_2", -0.4, -0.15),
    ]
    names = ["term", "kind", "site", "smd_before", "smd_after"]
    return pd.DataFrame(rows, columns=names).assign(n=1148)


def overlap() -> pd.DataFrame:
    rows = [
        (arm, start / 4, (start + 1) / 4, n, n / 100, weighted)
        for arm, counts in (("group", (10, 30, 40, 20)), ("individual", (20, 40, 30, 10)))
        for start, (n, weighted) in enumerate(zip(counts, (0.15, 0.35, 0.35, 0.15), strict=True))
    ]
    return pd.DataFrame(rows, columns=["arm", "from", "to", "n", "share", "weighted"])


def responders() -> pd.DataFrame:
    base = {"construct": "depression", "instrument": "PHQ-9", "time": "day 42", "se": 0.03}
    base |= {"df": 60.0, "n_used": 1148, "n_eligible": 1432, "clusters": 94, "message": ""}
    base |= {"model": "risk_difference_ato", "estimand": "difference of risks"}
    found = {
        **base,
        **{"category": "improvement", "comparison": 0.5, "reference": 0.4, "value": 0.1},
        **{"ci90_low": 0.05, "ci90_high": 0.15, "ci95_low": 0.04, "ci95_high": 0.16},
        **{"needed_to_treat": 10.0, "needed_low": 6.25, "needed_high": 25.0, "status": "ok"},
    }
    unclear = {
        **base,
        **{"category": "recovery", "comparison": 0.34, "reference": 0.35, "value": -0.01},
        **{"ci90_low": -0.06, "ci90_high": 0.04, "ci95_low": -0.07, "ci95_high": 0.05},
        "status": "ok",
    }
    failed = {**base, "category": "deterioration", "status": "error"}
    failed["message"] = "SeparationError: everyone or nobody in an arm has the response"
    return pd.DataFrame([found, unclear, failed])


def unmeasured() -> pd.DataFrame:
    base = {"coverage": 0.9, "margin": 1.32, "unit": "PHQ-9 points", "inside": True, "gap": 0.6}
    base |= {"robustness_value": 0.06, "strongest": "baseline", "times_strongest": 0.4}
    base |= {"imbalance": -0.5, "slope": -3.4, "simple_bias": 1.7}
    rows = [
        {
            **base,
            **{"bound": bound, "start": start, "covariate": covariate},
            **{"r2_arm": arm, "r2_outcome": outcome, "bias": bias},
            "bound_after": start - bias if bound == "lower" else start + bias,
        }
        for bound, start in (("lower", -0.72), ("upper", 0.3))
        for covariate, arm, outcome, bias in (
            ("baseline", 0.06, 0.35, 1.2),
            ("gender", 0.01, 0.01, 0.05),
        )
    ]
    return pd.DataFrame(rows)


def contour() -> pd.DataFrame:
    steps = [0.0, 0.1, 0.2, 0.3, 0.4]
    rows = [
        (bound, arm, outcome, 9 * (arm * outcome) ** 0.5)
        for bound in ("lower", "upper")
        for arm in steps
        for outcome in steps
    ]
    frame = pd.DataFrame(rows, columns=["bound", "r2_arm", "r2_outcome", "bias"])
    after = -0.72 - frame["bias"]
    return frame.assign(bound_after=after, inside=after > -1.32)


def specifications() -> pd.DataFrame:
    rows = [
        ("as planned", True, "decides", "ok", -0.21, 0.3, "SUPPORTED"),
        ("doubly robust", True, "", "ok", -0.25, 0.3, "SUPPORTED"),
        ("narrow window", True, "", "ok", -0.9, 0.4, "INCONCLUSIVE"),
        ("with products", True, "", "error", None, None, ""),
        ("everyone", False, "another population", "ok", -0.2, 0.3, "SUPPORTED"),
        ("naive difference", False, "known to be wrong", "ok", 1.9, 0.3, "SUPPORTED"),
    ]
    names = ["name", "valid_for_estimand", "note", "status", "value", "se", "verdict"]
    frame = pd.DataFrame(rows, columns=names)
    for level, times in (("90", 1.65), ("95", 1.96)):
        frame[f"ci{level}_low"] = frame["value"] - times * frame["se"]
        frame[f"ci{level}_high"] = frame["value"] + times * frame["se"]
    message = frame["status"].map({"ok": "", "error": "ConvergenceError: no convergence"})
    return frame.assign(
        unit="PHQ-9 points", margin=1.32, n_used=1148, n_eligible=1432, message=message
    )
