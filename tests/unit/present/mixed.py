"""A study in which every verdict occurs: what its entries say otherwise than the example's."""

ABSENT = {
    "verdict": "NOT TESTABLE",
    "reason": "data_missing",
    "estimate": None,
    "ci90": None,
    "ci95": None,
    "effect_id": "",
}
WIDER = {
    "verdict": "INCONCLUSIVE",
    "reason": "interval_straddles_margin",
    "reason_text": "the 90% interval holds minus the margin",
    "estimate": -0.95,
    "ci90": [-1.82, -0.08],
    "ci95": [-1.99, 0.09],
    "n_used": 121,
    "n_eligible": 148,
    "reachable": {
        "supported_if_zero": 0.31,
        "inconclusive_if_zero": 0.68,
        "supported_at_margin": 0.05,
        "contradicted_if_zero": 0.01,
        "baseline_correlation": 0.5,
        "icc": 0.06,
    },
}
MIXED = {
    ("effectiveness", "non_inferiority"): WIDER,
    ("effectiveness", "equivalence"): WIDER,
    ("effectiveness", "difference"): {
        **WIDER,
        "reason": "interval_holds_zero",
        "reason_text": "the 95% interval holds zero",
    },
    ("duration", "held"): {
        **ABSENT,
        "reason_text": "sessions.csv has no column 'minutes'",
    },
    ("leaders", "one_or_two"): {
        **ABSENT,
        "reason_text": "the study has no table 'session_staff'",
    },
    ("frequency", "offered"): {
        "verdict": "ERROR",
        "reason": "estimation_failed",
        "reason_text": "the estimate failed",
        "message": "the likelihood did not converge",
        "estimate": None,
        "ci90": None,
        "ci95": None,
    },
    ("size", "enrolled"): {"status": "exploratory"},
    ("size", "present"): {"status": "exploratory"},
}
