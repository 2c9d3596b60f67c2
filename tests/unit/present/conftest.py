"""Small public folders, written by hand: what a study publishes, in every state it can be in."""

import base64
import json
from pathlib import Path

import pandas as pd
import pytest
from tests.unit.present.estimates import MEASURES, effects
from tests.unit.present.examined import examined
from tests.unit.present.mixed import MIXED
from tests.unit.present.unseen import unseen

from analysis.evidence.tables import evidence_tables
from analysis.present.figures import FIGURES, Figure_, absent_figures, draw_figures
from analysis.present.public import read_public
from analysis.present.report import render_report

EVIDENCE = evidence_tables(Path(__file__).resolve().parents[3] / "data" / "raw" / "evidence")
ARMS = {
    "group": {"label": "Group therapy", "format": "group"},
    "individual": {"label": "Individual therapy", "format": "individual"},
}
PHRASES = {
    "effectiveness": "group therapy is just as effective as individual therapy",
    "intensity": "intensive outpatient programs offer at least 9 hours of service per week",
    "frequency": "groups are usually offered several times a week",
    "duration": "groups typically meet for 90 to 120 minutes at a time",
    "size": "they include around 7 to 10 members",
    "leaders": "Sometimes, two therapists work together to lead a group",
    "burden": "roughly 970 million people struggle with their mental health worldwide",
    "sources": "Malhotra, A., Mars, J. A., & Baker, J. (2024). Group Therapy. In StatPearls.",
}
TITLES = {
    "effectiveness": ("Just as effective", "comparison"),
    "intensity": ("Nine hours weekly", "how groups run"),
    "frequency": ("Several groups weekly", "how groups run"),
    "duration": ("90 to 120 minutes", "how groups run"),
    "size": ("Seven to ten members", "how groups run"),
    "leaders": ("One or two leaders", "how groups run"),
    "burden": ("970 million people", "about the article"),
    "sources": ("References support it", "about the article"),
}
PARTS = {
    ("effectiveness", "non_inferiority"): (
        "non_inferiority",
        True,
        "Group therapy is not worse than individual therapy by the margin or more.",
    ),
    ("effectiveness", "equivalence"): (
        "equivalence",
        False,
        "Group and individual therapy differ by less than the margin.",
    ),
    ("effectiveness", "difference"): ("difference", False, "Group and individual therapy differ."),
    ("intensity", "scheduled"): (
        "fidelity",
        True,
        "A full week of treatment offers at least nine hours of service.",
    ),
    ("intensity", "attended"): (
        "fidelity",
        False,
        "In a full week of treatment clients attend at least nine hours of service.",
    ),
    ("frequency", "offered"): (
        "fidelity",
        True,
        "In most full weeks a client of the group arm is offered three or more group sessions.",
    ),
    ("duration", "held"): ("fidelity", True, "Most group sessions last 90 to 120 minutes as held."),
    ("size", "enrolled"): (
        "fidelity",
        True,
        "At most group sessions seven to ten members are enrolled.",
    ),
    ("size", "present"): (
        "fidelity",
        False,
        "At most group sessions seven to ten members are present.",
    ),
    ("leaders", "one_or_two"): (
        "fidelity",
        True,
        "Group sessions are led by one or two therapists.",
    ),
    ("burden", "figure"): (
        "external_fact",
        True,
        "Roughly 970 million people live with a mental health problem.",
    ),
    ("sources", "references"): (
        "citation_check",
        True,
        "The references say what the article's sentences cite them for.",
    ),
}
EFFECT = {
    "effect_id": "format.depression.day42.ancova",
    "estimate": -0.21,
    "se": 0.31,
    "ci90": [-0.72, 0.30],
    "ci95": [-0.82, 0.40],
    "unit": "PHQ-9 points",
    "margin": 1.32,
    "n_used": 1148,
    "n_eligible": 1432,
    "unit_of_n": "participants",
    "clusters": 94,
    "cluster_unit": "therapy group",
    "icc": 0.058,
    "df": 131.4,
    "df_method": "Satterthwaite",
    "standardised": -0.038,
    "reachable": {
        "supported_if_zero": 0.93,
        "inconclusive_if_zero": 0.07,
        "contradicted_if_zero": 0.0004,
        "supported_at_margin": 0.05,
        "equivalent_if_zero": 0.87,
        "baseline_correlation": 0.5,
        "icc": 0.06,
    },
    "robustness": None,
}
SHARES = {
    "intensity.scheduled": (0.91, 0.88, 0.94),
    "intensity.attended": (0.62, 0.59, 0.66),
    "frequency.offered": (0.97, 0.95, 0.98),
    "duration.held": (0.83, 0.79, 0.86),
    "size.enrolled": (0.71, 0.66, 0.75),
    "size.present": (0.47, 0.42, 0.53),
    "leaders.one_or_two": (1.0, 0.99, 1.0),
}
OUTCOMES_OF_SHARE = {
    True: (
        "SUPPORTED",
        "share_above_threshold",
        "the whole 95% interval lies above the share that the plan asks for",
    ),
    False: (
        "CONTRADICTED",
        "share_below_threshold",
        "the whole 95% interval lies below the share that the plan asks for",
    ),
    None: (
        "INCONCLUSIVE",
        "interval_straddles_threshold",
        "the 95% interval holds the share that the plan asks for",
    ),
}


def entry(claim: str, part: str, origin: str, **changes: object) -> dict:
    kind, deciding, statement = PARTS[claim, part]
    title, block = TITLES[claim]
    blank = {
        "id": claim,
        "part": part,
        "source": "study",
        "title": title,
        "block": block,
        "stance": "hedged",
        "kind": kind,
        "statement": statement,
        "verdict": "",
        "reason": "",
        "reason_text": "",
        "rule": "",
        "deciding": deciding,
        "status": "planned",
        "effect_id": "",
        "estimate": None,
        "se": None,
        "ci90": None,
        "ci95": None,
        "df": None,
        "df_method": "",
        "unit": "",
        "margin": None,
        "threshold": None,
        "standardised": None,
        "n_used": None,
        "n_eligible": None,
        "unit_of_n": "",
        "clusters": None,
        "cluster_unit": "",
        "icc": None,
        "reachable": None,
        "robustness": None,
        "planted": None,
        "recovered": "",
        "message": "",
        "phrase": PHRASES[claim],
        "paragraph": "What Is Group Therapy, last paragraph",
        "reference": "Malhotra, Mars and Baker 2024, Group Therapy, StatPearls",
        "unlock": "sessions with their minutes",
        "data_origin": origin,
    }
    return {**blank, **changes}


def share(claim: str, part: str, origin: str, threshold: float) -> dict:
    value, low, high = SHARES[f"{claim}.{part}"]
    above = True if low > threshold else False if high < threshold else None
    verdict, reason, text = OUTCOMES_OF_SHARE[above]
    return entry(
        claim,
        part,
        origin,
        verdict=verdict,
        reason=reason,
        reason_text=text,
        rule="ci95: low > threshold",
        effect_id=f"fidelity.{claim}.{part}",
        estimate=value,
        se=0.02,
        ci90=[low + 0.005, high - 0.005],
        ci95=[low, high],
        unit="share",
        threshold=threshold,
        n_used=3120,
        n_eligible=3180,
        unit_of_n="sessions",
        clusters=94,
        cluster_unit="therapy group",
        reachable={"detectable_distance": 0.1},
        planted=value if origin == "synthetic" else None,
        recovered="yes" if origin == "synthetic" else "",
    )


def comparison(origin: str) -> list[dict]:
    planted = {"planted": -0.3, "recovered": "yes"} if origin == "synthetic" else {}
    rows = [
        (
            "non_inferiority",
            "SUPPORTED",
            "interval_above_minus_margin",
            "the whole 90% interval lies above minus the margin",
            "ci90: low > -margin",
        ),
        (
            "equivalence",
            "SUPPORTED",
            "interval_inside_margin",
            "the whole 90% interval lies between minus and plus the margin",
            "ci90: low > -margin and high < margin",
        ),
        (
            "difference",
            "INCONCLUSIVE",
            "interval_holds_zero",
            "the 95% interval holds zero",
            "ci95: otherwise",
        ),
    ]
    return [
        entry(
            "effectiveness",
            part,
            origin,
            stance="asserted",
            verdict=verdict,
            reason=reason,
            reason_text=text,
            rule=rule,
            **EFFECT,
            **planted,
        )
        for part, verdict, reason, text, rule in rows
    ]


def claims(origin: str) -> list[dict]:
    return [
        *comparison(origin),
        share("intensity", "scheduled", origin, 0.8),
        share("intensity", "attended", origin, 0.8),
        share("frequency", "offered", origin, 0.5),
        share("duration", "held", origin, 0.5),
        share("size", "enrolled", origin, 0.5),
        share("size", "present", origin, 0.5),
        share("leaders", "one_or_two", origin, 0.8),
        *published_pool(),
        published("intensity", "scheduled", verdict="NOT TESTABLE", **OTHER_QUESTION),
        published("leaders", "one_or_two", verdict="none found", **NOTHING),
        *outside(),
    ]


NAMED = {
    "judge": "h2h.main",
    "statement": "group against individual: -0.18 [-0.35, -0.01] SD, 16 studies",
    "answers": "group against individual therapy in the same trial",
    "why": "the only pool that can be recomputed",
    "citation": "Metapsy databases, metapsy.org (ODC-By 1.0)",
    "doi": "",
    "url": "",
    "comparator": "individual",
    "population": "people with depression and others",
    "n_studies": "16",
    "n_participants": "",
    "obtained": "computed here from open data",
    "certainty": "every study seen; REML",
    "note": "",
    "outcome": "consistent",
    "reason": "The study's effect is -0.04 SD; to be expected was between -0.65 and 0.29.",
    "p": 0.5,
    "expected": [-0.65, 0.29],
}
OTHER_QUESTION = {
    "reason": "other_question",
    "reason_text": "the source answers another question: what a program must offer",
    "literature": {
        **NAMED,
        "judge": "E01",
        "citation": "SAMHSA Advisory 2021 (TIP 47; ASAM Mee-Lee 2013)",
        "outcome": "not comparable",
        "reason": "The source answers another question.",
        "p": None,
    },
}
NOTHING = {
    "reason": "none_found",
    "reason_text": "none found (non-systematic search, November 2026)",
    "literature": {
        "judge": "",
        "statement": "none found (non-systematic search, November 2026)",
        "outcome": "none found",
        "reason": "None found (non-systematic search, November 2026).",
        "p": None,
    },
}


def published(claim: str, part: str, **changes: object) -> dict:
    """Make the entry of the source that is named for a claim."""
    blank = {"source": "published", "deciding": False, "prediction": None}
    return entry(claim, part, "published", **{**blank, **changes})


def published_pool() -> list[dict]:
    """Make the three parts of the pooled direct trials, as the plan's tables judge them."""
    numbers = {
        "effect_id": "h2h.main",
        "estimate": -0.1785,
        "se": 0.0787,
        "ci90": [-0.3166, -0.0405],
        "ci95": [-0.3464, -0.0107],
        "unit": "SD",
        "margin": 0.24,
        "n_used": 16,
        "literature": NAMED,
        "stance": "asserted",
    }
    parts = {
        "non_inferiority": ("INCONCLUSIVE", "interval_straddles_margin", 90, [-0.5463, 0.1892]),
        "equivalence": ("INCONCLUSIVE", "interval_straddles_margin", 90, [-0.5463, 0.1892]),
        "difference": ("SUPPORTED", "reference_better", 95, [-0.6257, 0.2686]),
    }
    return [
        published(
            "effectiveness",
            part,
            **numbers,
            verdict=verdict,
            reason=reason,
            prediction={"level": level, "interval": interval, "verdict": "INCONCLUSIVE"},
        )
        for part, (verdict, reason, level, interval) in parts.items()
    ]


def outside() -> list[dict]:
    """Make the claims that no study decides."""
    literature = {**NAMED, "judge": "G01", "citation": "WHO 2022", "outcome": ""}
    return [
        published(
            "burden",
            "figure",
            verdict="superseded",
            reason="figure_updated",
            stance="asserted",
            deciding=True,
            reason_text="correct for the year that the reference reports, since updated",
            literature={**literature, "statement": "970 million in 2019"},
        ),
        published(
            "sources",
            "references",
            verdict="checked in part",
            reason="citations_checked",
            stance="implied by us",
            deciding=True,
            reason_text="of 7 sentences that cite a reference, 3 are supported by it, 1 in part "
            "and 0 not; 3 could not be checked",
            literature={},
        ),
    ]


def study_json(origin: str) -> dict:
    return {
        "study": "example",
        "title": "A synthetic intensive outpatient program"
        if origin == "synthetic"
        else "A community intensive outpatient program",
        "data_origin": origin,
        "attribution": None,
        "registration": None,
        "arms": ARMS,
        "contrasts": {
            "format": {
                "label": "Group against individual therapy",
                "comparison": "group",
                "reference": "individual",
                "clusters": {"group": "therapy_group", "individual": "none"},
                "assignment": "observational",
                "claims": ["effectiveness"],
                "confounding": "not yet examined",
            }
        },
        "outcome": {
            "construct": "depression",
            "instrument": "PHQ-9",
            "label": "Patient Health Questionnaire, 9 items",
            "day": 42,
            "window": [28, 63],
            "direction": "lower",
            "unit": "PHQ-9 points",
        },
        "plan": {"hash": "9f2c" * 16, "changed_after_outcomes": False},
        "cohort": {"n": 1432, "by_arm": {"group": 806, "individual": 626}},
        "versions": {"python": "3.11.2", "packages": {"numpy": "2.3.0", "pandas": "2.3.3"}},
    }


def plan_json(origin: str) -> dict:
    window = {
        "intensity": {"low": 9, "high": None, "unit": "hours a week"},
        "duration": {"low": 90, "high": 120, "unit": "minutes"},
        "size": {"low": 7, "high": 10, "unit": "members"},
    }
    found = {
        key: {
            "kind": "fidelity",
            "window": one,
            "threshold": {"value": 0.8, "source": "at least is read as four in five"},
        }
        for key, one in window.items()
    }
    found["effectiveness"] = {
        "kind": "comparison",
        "model": "ancova",
        "margin": {"value": 1.32, "unit": "PHQ-9 points", "source": "0.24 SD of 5.5 points"},
    }
    return {
        "plan": {"claims": found},
        "hash": "9f2c" * 16,
        "data_origin": origin,
        "log": [
            {"order": 1, "event": "plan resolved", "hash": "9f2c" * 16},
            {"order": 2, "event": "outcomes read", "hash": "77ab" * 16},
        ],
    }


def flow() -> pd.DataFrame:
    rows = []
    start = {"group": 862, "individual": 668}
    start["total"] = sum(start.values())
    for number, label, kind, out in (
        (1, "All episodes", "start", (0, 0)),
        (2, "First episode of the participant", "exclusion", (31, 24)),
        (3, "With a baseline PHQ-9", "exclusion", (25, 18)),
        (4, "With PHQ-9 at day 42", "information", (166, 118)),
    ):
        for arm, lost in zip(start, (*out, sum(out)), strict=True):
            after = start[arm] - lost
            excluded = lost if kind == "exclusion" else 0
            rows.append((number, label, kind, arm, start[arm], excluded, after))
            start[arm] = after
    columns = ["step", "label", "kind", "arm", "before", "excluded", "after"]
    return pd.DataFrame(rows, columns=columns)


def baseline() -> pd.DataFrame:
    rows = [
        ("depression", "", 14.9, 5.1, 13.8, 5.3, 0.21),
        ("age_band", "18-29", 0.31, None, 0.28, None, 0.07),
        ("age_band", "30-44", 0.36, None, 0.35, None, 0.02),
        ("age_band", "45-64", 0.33, None, 0.37, None, -0.09),
        ("gender", "female", 0.61, None, 0.60, None, 0.02),
        ("gender", "male", 0.36, None, 0.37, None, -0.02),
        ("site_id", "site_1", 0.5, None, 0.4, None, 0.20),
        ("site_id", "site_2", 0.5, None, 0.6, None, 0.20),
        ("condition", "trauma", 0.18, None, 0.23, None, -0.13),
        ("condition", "mood_and_anxiety", 0.42, None, 0.35, None, 0.15),
        ("condition", "adhd", 0.07, None, 0.08, None, -0.04),
        ("prior_episodes", "", 0.6, 0.9, 0.4, 0.8, 0.23),
    ]
    frame = pd.DataFrame(
        rows,
        columns=[
            "covariate",
            "level",
            "comparison_value",
            "comparison_sd",
            "reference_value",
            "reference_sd",
            "smd",
        ],
    )
    return frame.assign(contrast="format", comparison_n=806, reference_n=626)[
        [
            "contrast",
            "covariate",
            "level",
            "comparison_n",
            "comparison_value",
            "comparison_sd",
            "reference_n",
            "reference_value",
            "reference_sd",
            "smd",
        ]
    ]


def trajectories() -> pd.DataFrame:
    rows = []
    for construct, (instrument, start, change) in MEASURES.items():
        for arm, shift, n in (("group", 0.3, 806), ("individual", -0.4, 626)):
            for day in (0, 14, 28, 42, 90):
                done = 1 - 0.5 ** (day / 14)
                mean = start + shift * abs(change) / 5 + change * done
                half = abs(change) / 14 * (1 + day / 60)
                rows.append(
                    (
                        construct,
                        instrument,
                        arm,
                        day,
                        mean,
                        5.4,
                        mean - half,
                        mean + half,
                        int(n * (1 - day / 300)),
                    )
                )
    return pd.DataFrame(
        rows, columns=["construct", "instrument", "arm", "day", "mean", "sd", "low", "high", "n"]
    )


def outcomes() -> pd.DataFrame:
    rows = []
    for arm, of, counts in (
        ("group", 640, (352, 250, 38, 281, 198)),
        ("individual", 508, (274, 196, 38, 229, 171)),
    ):
        names = ("improved", "unchanged", "deteriorated", "response", "remission")
        rows += [
            ("depression", "PHQ-9", "day 42", arm, name, n, of, n / of)
            for name, n in zip(names, counts, strict=True)
        ]
    return pd.DataFrame(
        rows, columns=["construct", "instrument", "time", "arm", "category", "n", "of", "share"]
    )


def tables(origin: str) -> dict[str, pd.DataFrame]:
    size = []
    for kind, centre in (("enrolled", 8), ("present", 6.6)):
        for members in range(2, 14):
            n = int(400 * 2.718 ** (-((members - centre) ** 2) / 8))
            size.append((kind, members, n, n * (7 <= members <= 10)))
    counts = {50: 12, 60: 40, 70: 90, 80: 240, 90: 820, 100: 900, 110: 760, 120: 420, 130: 58}
    length = [
        (start, start + 10, n, n if 90 <= start < 120 else 310 if start == 120 else 0)
        for start, n in counts.items()
    ]
    hours = [
        (arm, kind, h, h + 1, max(0, int(peak - 6 * abs(h - centre) ** 2)))
        for arm, peak in (("group", 300), ("individual", 220))
        for kind, centre in (("scheduled", 10.5), ("attended", 8.5))
        for h in range(1, 16)
    ]
    found = {
        "flow": flow(),
        "baseline": baseline(),
        "trajectories": trajectories(),
        "effects": effects(origin),
        "outcomes": outcomes(),
        "diagnostics": pd.DataFrame(
            [
                (
                    EFFECT["effect_id"],
                    "clusters",
                    94,
                    "pass",
                    "94 therapy groups, enough for the method.",
                ),
                (
                    EFFECT["effect_id"],
                    "residual_skew",
                    0.41,
                    "warn",
                    "Residuals are moderately skewed.",
                ),
            ],
            columns=["effect_id", "name", "value", "status", "text"],
        ),
        "missing": pd.DataFrame(
            [
                ("depression", arm, "day 42", of, n)
                for arm, of, n in (("group", 806, 640), ("individual", 626, 508))
            ],
            columns=["construct", "arm", "time", "n_eligible", "n_observed"],
        ),
        "group_size": pd.DataFrame(size, columns=["kind", "size", "sessions", "inside_window"]),
        "session_length": pd.DataFrame(length, columns=["from", "to", "sessions", "inside_window"]),
        "weekly_hours": pd.DataFrame(hours, columns=["arm", "kind", "from", "to", "weeks"]),
        "fidelity_spread": fidelity_spread(),
        "anatomy": anatomy(),
        "quality": pd.DataFrame(
            [
                (
                    "minutes_of_the_absent",
                    "doubt",
                    "attendance",
                    "minutes",
                    "minutes of a no-show",
                    3,
                    1200,
                    3 / 1200,
                    "Kept.",
                    "Correct it.",
                ),
            ],
            columns=[
                "check",
                "severity",
                "table",
                "column",
                "found",
                "rows",
                "of",
                "share",
                "done",
                "remedy",
            ],
        ),
    }
    return {
        name: frame.drop(columns="data_origin", errors="ignore").assign(data_origin=origin)
        for name, frame in found.items()
    }


def fidelity_spread() -> pd.DataFrame:
    """Hours scheduled by site and quarter; the last site has one participant and no interval."""
    levels = [("site", "site_1"), ("site", "site_2"), ("study day", "0 to 90")]
    known = [
        ("intensity", "scheduled", by, level, 0.9, 0.86, 0.93, 400, "participant-weeks", 80)
        for by, level in levels
    ]
    unknown = ("intensity", "scheduled", "site", "site_3", *[None] * 3, 3, "participant-weeks", 1)
    columns = ["claim", "part", "by", "level", "share", "ci95_low", "ci95_high"]
    return pd.DataFrame([*known, unknown], columns=[*columns, "units", "counted", "clusters"])


def anatomy() -> pd.DataFrame:
    """Gains by size and by mode."""
    rows = [
        ("size", "5 to 7", 5.0, 7.0, 120, 4.4, 3.5, 5.3),
        ("size", "7 to 9", 7.0, 9.0, 300, 4.8, 4.2, 5.4),
        ("online", "in person", None, None, 260, 4.9, 4.3, 5.5),
        ("online", "online", None, None, 160, 4.3, 3.5, 5.1),
    ]
    columns = ["feature", "level", "from", "to", "members", "gain", "ci95_low", "ci95_high"]
    return pd.DataFrame(rows, columns=columns).assign(unit="PHQ-9 points")


def write(folder: Path, study: dict, plan: dict, entries: list[dict], frames: dict) -> Path:
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, content in (("study", study), ("plan", plan), ("claims", entries)):
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    evidence = {name: one.assign(data_origin="published") for name, one in EVIDENCE.items()}
    for name, frame in {**frames, **evidence}.items():
        frame.to_csv(folder / "tables" / f"{name}.csv", index=False)
    return folder


def write_example(folder: Path, origin: str) -> Path:
    """Write a study with everything: both formats, sessions, all tables."""
    frames = {**tables(origin), **examined(), **unseen()}
    return write(folder, study_json(origin), plan_json(origin), claims(origin), frames)


def write_mixed(folder: Path) -> Path:
    """Write a real study in which every verdict occurs, one claim failed and one is exploratory."""
    entries = [
        {**one, **MIXED.get((one["id"], one["part"]), {})} if one["source"] == "study" else one
        for one in claims("real")
    ]
    study = study_json("real")
    study["plan"]["changed_after_outcomes"] = True
    frames = tables("real")
    frames["session_length"] = frames["session_length"].iloc[:0]
    values = {"value": -0.95, "ci90": "[-1.82, -0.08]", "ci95": "[-1.99, 0.09]"}
    for column, value in values.items():
        frames["effects"].loc[0, column] = value
    return write(folder, study, plan_json("real"), entries, frames)


def write_own_contrast(folder: Path) -> Path:
    """Write a randomised trial of a group treatment against usual care, without sessions."""
    study = study_json("real")
    study |= {
        "study": "trial",
        "title": "A trial of a group treatment in primary care",
        "attribution": "Example authors, CC BY",
        "registration": "ISRCTN00000000",
        "arms": {
            "cbt": {"label": "CBT group", "format": "group"},
            "usual": {"label": "Usual care", "format": "other"},
        },
        "contrasts": {
            "treatment": {
                "label": "CBT group against usual care",
                "comparison": "cbt",
                "reference": "usual",
                "clusters": {"cbt": "therapy_group", "usual": "none"},
                "assignment": "randomised",
                "claims": [],
                "confounding": "not needed (randomised)",
            }
        },
        "cohort": {"n": 1432, "by_arm": {"cbt": 806, "usual": 626}},
    }
    entries = []
    for (claim, part), (kind, _, _) in PARTS.items():
        if kind in ("external_fact", "citation_check"):
            continue
        if claim == "effectiveness":
            entries.append(
                entry(
                    claim,
                    part,
                    "real",
                    stance="asserted",
                    verdict="NOT TESTABLE",
                    reason="comparator_not_individual",
                    reason_text="no contrast of the study compares group with individual therapy",
                    unlock="a group and an individual arm",
                )
            )
        else:
            entries.append(
                entry(
                    claim,
                    part,
                    "real",
                    verdict="NOT TESTABLE",
                    reason="data_missing",
                    reason_text="the study has no table 'sessions'",
                )
            )
    entries += [*published_pool(), *outside()]
    frames = tables("real")
    for name in ("session_length", "group_size", "weekly_hours", "fidelity_spread", "anatomy"):
        del frames[name]
    for frame in frames.values():
        if "arm" in frame:
            frame["arm"] = frame["arm"].replace({"group": "cbt", "individual": "usual"})
        if "contrast" in frame:
            frame["contrast"] = "treatment"
        if "id" in frame:
            frame["id"] = frame["id"].str.replace("format.", "treatment.")
    plan = plan_json("real")
    return write(folder, study, plan, entries, frames)


WRITERS = {
    "synthetic": lambda folder: write_example(folder, "synthetic"),
    "real": lambda folder: write_example(folder, "real"),
    "mixed": write_mixed,
    "own": write_own_contrast,
}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in WRITERS.items()}


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


@pytest.fixture(scope="session")
def drawn(folders: dict[str, Path]) -> dict[str, dict[str, Figure_]]:
    """Draw two studies' figures; drawing takes longer than all the rest."""
    return {name: draw_figures(folders[name]) for name in ("synthetic", "own")}


@pytest.fixture(scope="session")
def sources(folders: dict[str, Path], drawn: dict[str, dict[str, Figure_]]) -> dict[str, str]:
    """Render every study's report, two of them with a pixel in each figure's place."""
    shown = {name: drawn.get(name) or unpainted(path) for name, path in folders.items()}
    return {name: render_report(path, shown[name]) for name, path in folders.items()}


def unpainted(folder: Path) -> dict[str, Figure_]:
    content = read_public(folder)
    plots = {name: FIGURES[name](content) for name in FIGURES if name not in absent_figures(folder)}
    return {
        name: Figure_(PIXEL, PIXEL, plot.title, plot.alt, "day,data_origin\n1,real\n")
        for name, plot in plots.items()
    }
