"""The table of estimates of a study: its contrasts, further outcomes, and the whole program."""

import json

import pandas as pd

MEASURES = {
    "depression": ("PHQ-9", 14.5, -5.2),
    "anxiety": ("GAD-7", 12.9, -4.1),
    "self_esteem": ("RSES", 22.1, 4.0),
    "shame": ("OAS-2", 17.5, -3.0),
    "interpersonal_problems": ("IIP-32", 1.7, -0.4),
    "hope": ("AHS", 38.0, 6.0),
    "loneliness": ("UCLA-3", 6.6, -1.0),
}
CONTRAST = {
    "contrast": "format",
    "construct": "depression",
    "instrument": "PHQ-9",
    "time": "day 42",
    "estimand": "difference in mean scores of all who started",
    "model": "ancova",
    "unit": "PHQ-9 points",
    "df_method": "Satterthwaite",
    "standardiser": 5.5,
    "n_used": 1148,
    "n_eligible": 1432,
    "unit_of_n": "participants",
    "clusters": 94,
    "cluster_unit": "therapy group",
    "icc": 0.058,
    "converged": True,
    "boundary": False,
    "sign": "positive = group better",
    "status": "ok",
    "message": "",
    "se": 0.3,
    "df": 130.0,
}
PRIMARY = (
    {
        "id": "format.depression.day42.ancova",
        "value": -0.21,
        "se": 0.31,
        "df": 131.4,
        "ci90": [-0.72, 0.30],
        "ci95": [-0.82, 0.40],
        "standardised": -0.038,
    },
    {
        "id": "format.depression.day42.repeated",
        "model": "repeated",
        "value": -0.12,
        "df": 128.0,
        "ci90": [-0.62, 0.38],
        "ci95": [-0.71, 0.47],
        "standardised": -0.02,
    },
)
FURTHER = {"anxiety": 0.4, "self_esteem": 0.9, "loneliness": 0.35, "hope": 0.1}
PROGRAM = {
    "hope.difference": ("hope", "AHS", "weighted_ato", 5.0),
    "hope.change": ("hope", "AHS", "clustered change", 5.0),
    "conditions.trauma.difference": ("depression", "PHQ-9", "partial pooling", None),
    "conditions.trauma.difference.raw": ("depression", "PHQ-9", "alone", None),
}
#: What goes with gain: (value, half of the 90% interval), correlations and points per SD.
COHESION = {"": (0.31, 0.1), ".later": (0.12, 0.11)}
SPLIT = {
    "hope": {"over_time": (1.4, 0.3), "members": (0.6, 0.4), "groups": (1.9, 1.5)},
    "loneliness": {"over_time": (0.5, 0.3), "members": (0.9, 0.4), "groups": (-0.4, 1.6)},
}


def effects(origin: str) -> pd.DataFrame:
    further = [_further(construct, value) for construct, value in FURTHER.items()]
    rows = [*PRIMARY, *further, *_program(), *_associations()]
    frame = pd.DataFrame([{**CONTRAST, **one, "data_origin": origin} for one in rows])
    for name in ("ci90", "ci95"):
        frame[name] = [json.dumps(one) for one in frame[name]]
    return frame


def _further(construct: str, value: float) -> dict:
    instrument = MEASURES[construct][0]
    return {
        "id": f"format.{construct}.day42.ancova",
        "construct": construct,
        "instrument": instrument,
        "unit": f"{instrument} points",
        "value": value,
        "ci90": [value - 0.5, value + 0.5],
        "ci95": [value - 0.6, value + 0.6],
        "standardised": value / 5,
        "standardiser": 5.0,
    }


def _program() -> list[dict]:
    return [
        {
            "id": f"program.{key}",
            "contrast": "",
            "construct": construct,
            "instrument": instrument,
            "model": model,
            "unit": f"{instrument} points",
            "standardiser": sd,
            "value": 0.8,
            "ci90": [0.3, 1.3],
            "ci95": [0.2, 1.4],
        }
        for key, (construct, instrument, model, sd) in PROGRAM.items()
    ]


def _associations() -> list[dict]:
    cohesion = [
        _association(f"cohesion.published{key}", "cohesion", "r", *one)
        for key, one in COHESION.items()
    ]
    return cohesion + [
        _association(f"through.{construct}.{part}", construct, "PHQ-9 points per SD", *one)
        for construct, parts in SPLIT.items()
        for part, one in parts.items()
    ]


def _association(key: str, construct: str, unit: str, value: float, half: float) -> dict:
    return {
        "id": f"program.mechanism.{key}",
        "contrast": "",
        "construct": construct,
        "instrument": "AHS",
        "model": "correlation",
        "unit": unit,
        "standardiser": None,
        "value": value,
        "ci90": [value - half, value + half],
        "ci95": [value - 1.2 * half, value + 1.2 * half],
    }
