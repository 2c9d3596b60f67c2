"""A program written down in the canonical raw shape: pseudonyms, coded words, one frame a table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument
from analysis.simulate import service, stays
from analysis.simulate.assessments import record_answers
from analysis.simulate.coding import draw_codes, pick, pseudonym, whole
from analysis.simulate.people import AGE_BANDS, GENDERS
from analysis.simulate.program import THERAPISTS_PER_SITE, Program
from analysis.simulate.truth import CONDITIONS, Truth

SLOTS = ("morning", "midday", "afternoon", "evening")
MODES = ("in_person", "online", "hybrid")
REFERRED = ("inpatient", "partial_hospital", "outpatient", "emergency", "community")
REFERRED_SHARES = ((0.15, 0.15, 0.4, 0.05, 0.25), (0.3, 0.2, 0.25, 0.1, 0.15))
FROM_INPATIENT = tuple(sum(shares[:2]) for shares in REFERRED_SHARES)
DISCHARGED = ("inpatient", "partial_hospital", "outpatient", "none")
# By reason, in the order of `stays.REASONS`.
DISCHARGED_SHARES = (
    (0.0, 0.03, 0.87, 0.1),
    (0.0, 0.0, 0.45, 0.55),
    (0.5, 0.5, 0.0, 0.0),
    (0.0, 0.0, 0.45, 0.55),
)
TO_OUTPATIENT = tuple(shares[2] for shares in DISCHARGED_SHARES)


def write_down(
    program: Program,
    instruments: Mapping[str, Instrument],
    truth: Truth,
    episodes: int,
    seed: np.random.SeedSequence,
) -> dict[str, pd.DataFrame]:
    """Return every canonical table of a program.

    Parameters
    ----------
    seed : SeedSequence
        For what only the record knows: staff, levels of care, item answers.

    Returns
    -------
    dict of str to DataFrame
        In the dictionary's order of tables and columns; `episodes` carries ``prior_episodes``.
    """
    rngs = [np.random.default_rng(child) for child in seed.spawn(3)]
    assessments, items = record_answers(program, instruments, rngs[2])
    return {
        "episodes": _episodes(program, truth, episodes, rngs[0]),
        "groups": _groups(program.groups),
        "memberships": _memberships(program),
        "sessions": _sessions(program),
        "session_staff": _staff(program, truth, rngs[1]),
        "attendance": _attendance(program),
        "assessments": assessments,
        "items": items,
        "events": _events(program),
    }


def _episodes(
    program: Program, truth: Truth, episodes: int, rng: np.random.Generator
) -> pd.DataFrame:
    who = program.people
    until = stays.observed_until(who["start"].to_numpy(), truth.intake_days(episodes))
    severe = who["intake"].to_numpy() > truth.baseline_mean
    referred = draw_codes(REFERRED_SHARES, severe.astype(int), rng)
    after = draw_codes(DISCHARGED_SHARES, who["reason"].to_numpy(), rng)
    return pd.DataFrame(
        {
            "episode_id": pseudonym("e", who.index, 4),
            "participant_id": pseudonym("p", who["participant"], 4),
            "episode_number": whole(who["episode_number"]),
            "site_id": pseudonym("site_", who["site"], 1),
            "arm": np.where(who["group"], "group", "individual"),
            "start_study_day": whole(who["start"]),
            "observed_until_day": whole(until),
            "discharge_day": whole(who["discharge_day"]),
            "discharge_reason": pick(stays.REASONS, who["reason"]),
            "referral_level": pick(REFERRED, referred),
            "discharge_level": pick(DISCHARGED, after),
            "primary_therapist_id": pseudonym("t", who["therapist"], 2),
            "condition": pick(CONDITIONS, who["condition"]),
            "program_track": np.where(who["mode"] == 1, "online", "on_site"),
            "age_band": pick(AGE_BANDS, who["age_band"]),
            "gender": pick(GENDERS, who["gender"]),
            "prior_episodes": whole(who["prior_episodes"]),
        }
    )


def _groups(groups: pd.DataFrame) -> pd.DataFrame:
    kind = groups["kind"].replace({"class": "psychoeducation"})
    return pd.DataFrame(
        {
            "group_id": pseudonym("g", groups["group"], 3),
            "site_id": pseudonym("site_", groups["site"], 1),
            "group_type": kind.to_numpy(),
            "enrolment": np.where(groups["closed"], "closed", "open"),
            "condition_focus": pick((*CONDITIONS, None), groups["focus"]),
            "mode": pick(MODES, groups["mode"]),
        }
    )


def _memberships(program: Program) -> pd.DataFrame:
    spells = program.spells.sort_values(["group", "episode", "from_day"])
    return pd.DataFrame(
        {
            "group_id": pseudonym("g", spells["group"], 3),
            "episode_id": pseudonym("e", spells["episode"], 4),
            "from_day": whole(spells["from_day"]),
            "to_day": whole(spells["to_day"]),
            "primary": spells["primary"].astype("boolean").to_numpy(),
        }
    ).astype({"primary": "boolean"})


def _sessions(program: Program) -> pd.DataFrame:
    sessions = program.service.sessions
    owner = sessions["owner"].where(sessions["owner"] >= 0, -2 - sessions["group"])
    sequence = sessions.groupby([owner, "format"]).cumcount() + 1
    return pd.DataFrame(
        {
            "session_id": pseudonym("s", sessions.index, 6),
            "format": pick(service.FORMATS, sessions["format"]),
            "group_id": pseudonym("g", sessions["group"], 3),
            "site_id": pseudonym("site_", sessions["site"], 1),
            "study_day": whole(sessions["study_day"]),
            "sequence": whole(sequence),
            "start_slot": pick(SLOTS, sessions["slot"]),
            "mode": pick(MODES, sessions["mode"]),
            "scheduled_minutes": sessions["scheduled"].astype(float).to_numpy(),
            "minutes": sessions["minutes"].to_numpy(),
            "unit": "session",
            "status": np.where(sessions["held"], "held", "cancelled"),
        }
    )


def _staff(program: Program, truth: Truth, rng: np.random.Generator) -> pd.DataFrame:
    """Leaders of group sessions (each group keeps its leaders), therapists of the others."""
    sessions = program.service.sessions
    n = len(sessions)
    in_group = (sessions["format"] == 0).to_numpy()
    # A group's leaders follow one another in its site's list; prescribers come after therapists.
    of_group = sessions["group"].to_numpy() * 3
    of_client = program.people["therapist"].to_numpy()[sessions["owner"]]
    site = sessions["site"].to_numpy() * THERAPISTS_PER_SITE
    prescriber = truth.sites * THERAPISTS_PER_SITE + sessions["site"].to_numpy()
    single = np.where(sessions["format"] == 2, prescriber, of_client)
    draw = rng.random(n)
    leaders = 1 + (draw < truth.two_leaders + truth.three_leaders) + (draw < truth.three_leaders)
    watched = in_group & (rng.random(n) < 0.05)
    first = np.where(in_group, site + of_group % THERAPISTS_PER_SITE, single)
    rows = [(np.arange(n), first, "leader")]
    for place in (1, 2):
        more = np.flatnonzero(in_group & (leaders > place))
        rows.append(
            (more, site[more] + (of_group[more] + place) % THERAPISTS_PER_SITE, "co_leader")
        )
    seen = np.flatnonzero(watched)
    rows.append((seen, site[seen] + (of_group[seen] + 3) % THERAPISTS_PER_SITE, "observer"))
    staff = pd.concat(
        [pd.DataFrame({"session": who, "therapist": by, "role": role}) for who, by, role in rows]
    ).sort_values(["session", "therapist"])
    staff = staff[program.service.sessions["held"].to_numpy()[staff["session"]]]
    return pd.DataFrame(
        {
            "session_id": pseudonym("s", staff["session"], 6),
            "therapist_id": pseudonym("t", staff["therapist"], 2),
            "role": staff["role"].to_numpy(),
        }
    )


def _attendance(program: Program) -> pd.DataFrame:
    rows = program.service.attendance
    return pd.DataFrame(
        {
            "session_id": pseudonym("s", rows["session"], 6),
            "episode_id": pseudonym("e", rows["episode"], 4),
            "day": whole(rows["day"]),
            "status": pick(service.STATUSES, rows["status"]),
            "minutes_attended": rows["minutes"].to_numpy(),
            "mode": pick(MODES, rows["mode"]),
        }
    )


def _events(program: Program) -> pd.DataFrame:
    events = program.events
    return pd.DataFrame(
        {
            "episode_id": pseudonym("e", events["episode"], 4),
            "day": whole(events["day"]),
            "type": events["type"].to_numpy(),
            "detail": events["detail"].to_numpy(),
        }
    )
