"""The tables `assessments` and `items` of a program."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.measures.instruments import Instrument
from analysis.simulate import questionnaires
from analysis.simulate.coding import pick, pseudonym, whole
from analysis.simulate.program import Program

BLANKS = (None, "left_treatment", "refused", "not_asked", "technical")


def record_answers(
    program: Program, instruments: Mapping[str, Instrument], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return assessments by episode, wave and instrument, and the answers to their items."""
    long = pd.concat(
        [_long(program, construct, instruments[construct].name) for construct in program.scores]
    )
    long = long.sort_values(["episode", "wave", "order"], ignore_index=True)
    identity = pseudonym("a", long.index, 6)
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
            "episode_id": pseudonym("e", long["episode"], 4),
            "instrument": long["instrument"].to_numpy(),
            "version": None,
            "day": whole(long["day"]),
            "wave": pick(questionnaires.WAVES, long["wave"]),
            "rater": "self",
            "group_id": pseudonym("g", long["about"], 3),
            "score": long["score"].where((long["blank"] == 0) & ~by_item).to_numpy(),
            "missing_reason": pick(BLANKS, long["blank"]),
        }
    )
    made = pd.DataFrame(
        {
            "assessment_id": identity[answered["assessment"]],
            "item": whole(answered["item"]),
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
