"""A program written down in the canonical raw shape: pseudonyms, coded words, one frame a table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument
from analysis.simulate import questionnaires, service, stays
from analysis.simulate.people import AGE_BANDS, GENDERS
from analysis.simulate.program import THERAPISTS_PER_SITE, Program
from analysis.simulate.truth import CONDITIONS, Truth

SLOTS = ("morning", "midday", "afternoon", "evening")
MODES = ("in_person", "online", "hybrid")
BLANKS = (None, "left_treatment", "refused", "not_asked", "technical")
REFERRED = ("inpatient", "partial_hospital", "outpatient", "emergency", "community")
DISCHARGED = ("inpatient", "partial_hospital", "outpatient", "none")


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
    assessments, items = _answers(program, instruments, rngs[2])
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


def name(prefix: str, number: np.ndarray | pd.Series | pd.Index, width: int) -> np.ndarray:
    """Return pseudonyms such as e0001 for numbers from 0; missing below 0."""
    number = np.asarray(number)
    made = prefix + pd.Series(number + 1).astype(str).str.zfill(width)
    return made.where(number >= 0, None).to_numpy(dtype=object)


def _pick(words: tuple[str | None, ...], code: np.ndarray | pd.Series) -> np.ndarray:
    return np.array(words, dtype=object)[np.asarray(code, dtype=int)]


def _whole(values: np.ndarray | pd.Series) -> pd.Series:
    return pd.Series(np.asarray(values)).astype("Int64")


def _episodes(
    program: Program, truth: Truth, episodes: int, rng: np.random.Generator
) -> pd.DataFrame:
    who = program.people
    n = len(who)
    until = stays.observed_until(who["start"].to_numpy(), truth.intake_days(episodes))
    severe = who["intake"].to_numpy() > truth.baseline_mean
    referred = np.where(
        severe,
        rng.choice(5, n, p=(0.3, 0.2, 0.25, 0.1, 0.15)),
        rng.choice(5, n, p=(0.15, 0.15, 0.4, 0.05, 0.25)),
    )
    after = np.where(
        who["reason"] == 0,
        rng.choice(4, n, p=(0.0, 0.03, 0.87, 0.10)),
        rng.choice(4, n, p=(0.0, 0.0, 0.45, 0.55)),
    )
    after = np.where(who["reason"] == 2, rng.choice(2, n), after)
    return pd.DataFrame(
        {
            "episode_id": name("e", who.index, 4),
            "participant_id": name("p", who["participant"], 4),
            "episode_number": _whole(who["episode_number"]),
            "site_id": name("site_", who["site"], 1),
            "arm": np.where(who["group"], "group", "individual"),
            "start_study_day": _whole(who["start"]),
            "observed_until_day": _whole(until),
            "discharge_day": _whole(who["discharge_day"]),
            "discharge_reason": _pick(stays.REASONS, who["reason"]),
            "referral_level": _pick(REFERRED, referred),
            "discharge_level": _pick(DISCHARGED, after),
            "primary_therapist_id": name("t", who["therapist"], 2),
            "condition": _pick(CONDITIONS, who["condition"]),
            "program_track": np.where(who["mode"] == 1, "online", "on_site"),
            "age_band": _pick(AGE_BANDS, who["age_band"]),
            "gender": _pick(GENDERS, who["gender"]),
            "prior_episodes": _whole(who["prior_episodes"]),
        }
    )


def _groups(groups: pd.DataFrame) -> pd.DataFrame:
    kind = groups["kind"].replace({"class": "psychoeducation"})
    return pd.DataFrame(
        {
            "group_id": name("g", groups["group"], 3),
            "site_id": name("site_", groups["site"], 1),
            "group_type": kind.to_numpy(),
            "enrolment": np.where(groups["closed"], "closed", "open"),
            "condition_focus": _pick((*CONDITIONS, None), groups["focus"]),
            "mode": _pick(MODES, groups["mode"]),
        }
    )


def _memberships(program: Program) -> pd.DataFrame:
    spells = program.spells.sort_values(["group", "episode", "from_day"])
    return pd.DataFrame(
        {
            "group_id": name("g", spells["group"], 3),
            "episode_id": name("e", spells["episode"], 4),
            "from_day": _whole(spells["from_day"]),
            "to_day": _whole(spells["to_day"]),
            "primary": spells["primary"].astype("boolean").to_numpy(),
        }
    ).astype({"primary": "boolean"})


def _sessions(program: Program) -> pd.DataFrame:
    sessions = program.service.sessions
    owner = sessions["owner"].where(sessions["owner"] >= 0, -2 - sessions["group"])
    sequence = sessions.groupby([owner, "format"]).cumcount() + 1
    return pd.DataFrame(
        {
            "session_id": name("s", sessions.index, 6),
            "format": _pick(service.FORMATS, sessions["format"]),
            "group_id": name("g", sessions["group"], 3),
            "site_id": name("site_", sessions["site"], 1),
            "study_day": _whole(sessions["study_day"]),
            "sequence": _whole(sequence),
            "start_slot": _pick(SLOTS, sessions["slot"]),
            "mode": _pick(MODES, sessions["mode"]),
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
            "session_id": name("s", staff["session"], 6),
            "therapist_id": name("t", staff["therapist"], 2),
            "role": staff["role"].to_numpy(),
        }
    )


def _attendance(program: Program) -> pd.DataFrame:
    rows = program.service.attendance
    return pd.DataFrame(
        {
            "session_id": name("s", rows["session"], 6),
            "episode_id": name("e", rows["episode"], 4),
            "day": _whole(rows["day"]),
            "status": _pick(service.STATUSES, rows["status"]),
            "minutes_attended": rows["minutes"].to_numpy(),
            "mode": _pick(MODES, rows["mode"]),
        }
    )


def _answers(
    program: Program, instruments: Mapping[str, Instrument], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assessments in order of episode, wave and instrument, and the answers to their items."""
    long = pd.concat(
        [_long(program, construct, instruments[construct].name) for construct in program.scores]
    )
    long = long.sort_values(["episode", "wave", "order"], ignore_index=True)
    identity = name("a", long.index, 6)
    items = []
    for label in questionnaires.WITH_ITEMS:
        rows = long.index[(long["instrument"] == label) & (long["blank"] == 0)]
        one = next(each for each in instruments.values() if each.name == label)
        answers = questionnaires.draw_items(long["score"].to_numpy()[rows], one, rng)
        items.append(answers.assign(assessment=rows.to_numpy()[answers["row"]]))
    answered = pd.concat(items).sort_values(["assessment", "item"])
    by_item = long["instrument"].isin(questionnaires.WITH_ITEMS)
    assessments = pd.DataFrame(
        {
            "assessment_id": identity,
            "episode_id": name("e", long["episode"], 4),
            "instrument": long["instrument"].to_numpy(),
            "version": None,
            "day": _whole(long["day"]),
            "wave": _pick(questionnaires.WAVES, long["wave"]),
            "rater": "self",
            "group_id": name("g", long["about"], 3),
            "score": long["score"].where((long["blank"] == 0) & ~by_item).to_numpy(),
            "missing_reason": _pick(BLANKS, long["blank"]),
        }
    )
    made = pd.DataFrame(
        {
            "assessment_id": identity[answered["assessment"]],
            "item": _whole(answered["item"]),
            "value": answered["value"].to_numpy(),
        }
    )
    return assessments, made


def _long(program: Program, construct: str, instrument: str) -> pd.DataFrame:
    waves = questionnaires.waves_of(construct)
    scores = program.scores[construct][:, waves]
    episode, at = np.nonzero(program.blanks[construct][:, waves] >= 0)
    wave = np.asarray(waves)[at]
    about = construct in questionnaires.CLIMATE_LINK
    rows = pd.DataFrame(
        {
            "episode": episode,
            "wave": wave,
            "day": program.days[episode, wave],
            "order": list(questionnaires.INSTRUMENTS).index(construct),
            "instrument": instrument,
            "score": scores[episode, at],
            "blank": program.blanks[construct][episode, wave],
            "about": program.people["cluster"].to_numpy()[episode] if about else -1,
        }
    )
    # Nobody can be asked about a group that they are not in.
    return rows[program.people["group"].to_numpy()[episode]] if about else rows


def _events(program: Program) -> pd.DataFrame:
    events = program.events
    return pd.DataFrame(
        {
            "episode_id": name("e", events["episode"], 4),
            "day": _whole(events["day"]),
            "type": events["type"].to_numpy(),
            "detail": events["detail"].to_numpy(),
        }
    )
