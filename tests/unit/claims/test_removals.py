"""What a study lacks makes exactly the parts that need it NOT TESTABLE, before anything is fitted.

Each removal is compared with the needs that the plan itself writes down and with a list by hand.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from analysis.claims.judge import find_obstacle
from analysis.claims.plan import resolve_plan
from analysis.claims.templates import read_claims
from analysis.measures.instruments import load_instruments, ranges
from analysis.simulate import simulate_study, write_simulated
from analysis.study.capabilities import capabilities, supports
from analysis.study.documents import read_yaml
from analysis.study.reading import read_study

Parts = set[str]
IN_BOTH_ARMS = {
    *(f"{one}.difference" for one in ("selfesteem", "social", "coping", "hope", "loneliness")),
    "catharsis.shame.difference", "catharsis.emotion_regulation.difference",
    "social.follow_up_difference",
    *(f"effectiveness.{one}" for one in ("non_inferiority", "equivalence", "difference")),
    *(f"retention.{one}" for one in ("completion", "uptake", "leaving")),
    *(f"mechanism.through.{one}" for one in (
        "all", "self_esteem", "shame", "emotion_regulation", "interpersonal_problems", "coping",
        "hope", "loneliness")),
    *(f"conditions.{one}.difference" for one in (
        "adhd", "trauma", "chronic_stress", "behavioural", "relationship", "medical",
        "seven", "mood_anxiety", "other")),
}  # fmt: skip
IN_GROUPS = {
    *(f"{one}.change" for one in ("selfesteem", "social", "coping", "hope", "loneliness")),
    "catharsis.shame.change", "catharsis.emotion_regulation.change", "social.follow_up_change",
    *(f"safety.{one}.{part}" for one in ("climate", "cohesion")
      for part in ("level", "trend", "icc", "association")),
    *(f"process.{part}" for part in ("level", "trend", "icc", "association")),
    "mechanism.cohesion",
    "mechanism.cohesion.published",
    *(f"conditions.{one}" for one in (
        "seven.change", "adhd.change", "trauma.change", "chronic_stress.change",
        "behavioural.change", "relationship.change", "medical.change", "mood_anxiety.change",
        "other.change", "homogeneous")),
    *(f"grouptype.{one}" for one in ("difference", "closed", "size", "length", "two_leaders")),
    "delivery.difference", "delivery.evening", "adjunct.dose", "adjunct.group_dose",
}  # fmt: skip
OF_SESSIONS = {
    "intensity.scheduled", "intensity.attended", "frequency.offered", "frequency.core",
    "duration.held", "duration.scheduled", "size.enrolled", "size.present",
    "size.present_by_member", "leaders.one_or_two",
    "delivery.difference", "delivery.attendance", "delivery.evening",
    "adjunct.dose", "adjunct.group_dose", "retention.uptake",
    *(f"grouptype.{one}" for one in ("difference", "closed", "size", "length", "two_leaders")),
}  # fmt: skip
BY_HAND: dict[str, Parts] = {
    "individual arm": IN_BOTH_ARMS,
    "group arm": IN_BOTH_ARMS | IN_GROUPS,
    "follow-up wave": {"social.follow_up_difference", "social.follow_up_change"},
    "sessions": OF_SESSIONS,
    "attendance": OF_SESSIONS - {"duration.held", "duration.scheduled", "leaders.one_or_two"},
    "staff": {"leaders.one_or_two", "grouptype.two_leaders"},
    "groups": {
        "size.enrolled", "size.present", "size.present_by_member", "conditions.homogeneous",
        *(f"grouptype.{one}" for one in ("difference", "closed", "size", "length", "two_leaders")),
    },
    "billing blocks": {
        "duration.held", "duration.scheduled", "size.enrolled", "size.present",
        "size.present_by_member",
    },
    "modes": {"delivery.difference", "delivery.attendance", "delivery.evening"},
    "conditions": {one for one in IN_GROUPS | IN_BOTH_ARMS if one.startswith("conditions.")},
    "discharge reasons": {f"retention.{one}" for one in ("completion", "uptake", "leaving")},
    "self_esteem": {"selfesteem.difference", "selfesteem.change", "mechanism.through.self_esteem"},
    "shame": {"catharsis.shame.difference", "catharsis.shame.change", "mechanism.through.shame"},
    "emotion_regulation": {
        "catharsis.emotion_regulation.difference", "catharsis.emotion_regulation.change",
        "mechanism.through.emotion_regulation",
    },
    "interpersonal_problems": {
        "social.difference", "social.change", "social.follow_up_difference",
        "social.follow_up_change", "mechanism.through.interpersonal_problems",
    },
    "coping": {"coping.difference", "coping.change", "mechanism.through.coping"},
    "hope": {"hope.difference", "hope.change", "mechanism.through.hope"},
    "loneliness": {"loneliness.difference", "loneliness.change", "mechanism.through.loneliness"},
    "climate": {f"safety.climate.{one}" for one in ("level", "trend", "icc", "association")},
    "cohesion": {
        *(f"safety.cohesion.{one}" for one in ("level", "trend", "icc", "association")),
        "mechanism.cohesion", "mechanism.cohesion.published",
    },
    "therapeutic_factors": {f"process.{one}" for one in ("level", "trend", "icc", "association")},
}  # fmt: skip
# What each removal takes, in the words in which the plan writes needs.
TAKES: dict[str, tuple[str, ...]] = {
    "individual arm": ("both arms",),
    "group arm": ("both arms", "arm:group"),
    "follow-up wave": ("wave:interpersonal_problems:64",),
    "sessions": ("sessions", "attendance", "session_staff", "unit:session"),
    "attendance": ("attendance",),
    "staff": ("session_staff",),
    "groups": ("groups",),
    "billing blocks": ("unit:session",),
    "modes": ("sessions.mode",),
    "conditions": ("episodes.condition",),
    "discharge reasons": ("episodes.discharge_reason",),
}


def without(
    removed: str, config: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Return config and tables of the study without something."""
    config, tables = {**config}, {**tables}
    if removed.endswith(" arm"):
        gone = removed.split()[0]
        config["arms"] = {arm: one for arm, one in config["arms"].items() if arm != gone}
        config["contrasts"] = {}
        tables["episodes"] = tables["episodes"][tables["episodes"]["arm"].ne(gone)]
    elif removed == "follow-up wave":
        tables["assessments"] = tables["assessments"][tables["assessments"]["day"].le(63)]
    elif removed in config["instruments"]:
        kept = {key: one for key, one in config["instruments"].items() if key != removed}
        config["instruments"] = kept
    elif removed == "billing blocks":
        tables["sessions"] = tables["sessions"].assign(unit="billing_block")
    elif removed == "modes":
        tables["sessions"] = tables["sessions"].assign(mode=None)
    elif removed in ("conditions", "discharge reasons"):
        column = {"conditions": "condition"}.get(removed, "discharge_reason")
        tables["episodes"] = tables["episodes"].assign(**{column: None})
    else:
        gone = {
            "sessions": ("sessions", "session_staff", "attendance"),
            "staff": ("session_staff",),
        }.get(removed, (removed,))
        tables = {name: one for name, one in tables.items() if name not in gone}
        config["tables"] = {key: one for key, one in config["tables"].items() if key not in gone}
    return config, tables


@pytest.fixture(scope="module")
def tiny(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    config = read_yaml(root / "config" / "studies" / "tiny.yaml")
    config["tables"] = {name: f"{name}.csv" for name in config["tables"]}
    registry = load_instruments(root / "config" / "instruments.yaml")
    # 120 episodes and every new group for one family, so that some such group exists.
    settings = config["simulate"] | {"episodes": 120, "truth": {"sites": 2, "focus_share": 1.0}}
    write_simulated(simulate_study(**settings, registry=registry), folder)
    return config, read_study(config, folder, ranges(registry))


@pytest.fixture(scope="module")
def lost(tiny, claims_plan):
    def find(config: dict[str, Any], tables: dict[str, pd.DataFrame]) -> Parts:
        plan, found = resolve_plan(claims_plan, config), capabilities(tables, config)
        return {
            f"{key}.{part}"
            for key, claim in plan["claims"].items()
            for part in claim["parts"]
            if claim["kind"] not in ("external_fact", "citation_check")
            and find_obstacle(key, part, plan, lambda need: supports(found, need))
        }

    return find


@pytest.fixture(scope="module")
def claims_plan(root):
    return read_claims(root / "config" / "claims.yaml")


def needs(plan: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return each part's needs as the plan writes them; "both arms" for a comparison of arms."""
    written = {}
    for key, claim in plan["claims"].items():
        for name, part in claim["parts"].items():
            both = {"both arms"} if {"compares"} & {*claim, *part} else set()
            written[f"{key}.{name}"] = {*claim["needs"], *part.get("needs", []), *both}
    return written


def test_the_whole_study_lacks_only_what_no_instrument_measures(tiny, lost, claims_plan):
    unmeasured = {
        f"{key}.{name}"
        for key, claim in claims_plan["claims"].items()
        for name, part in claim["parts"].items()
        if "no_instrument" in part
    }
    assert lost(*tiny) == unmeasured


@pytest.mark.parametrize("removed", BY_HAND)
def test_a_removal_takes_exactly_what_needs_it(removed, tiny, lost, claims_plan):
    gone = lost(*without(removed, *tiny)) - lost(*tiny)
    takes = TAKES.get(removed, (f"instrument:{removed}", f"wave:{removed}:64"))
    written = {
        part
        for part, own in needs(claims_plan).items()
        if any(need in takes or need.partition(".")[0] in takes for need in own)
    } - lost(*tiny)
    assert gone == written
    assert gone == BY_HAND[removed]
