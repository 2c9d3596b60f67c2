"""Guesses at questionnaires: items numbered in a row, or totals by occasion, by columns' names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.intake.guess_episodes import Guess, client_of
from analysis.intake.profile import LEAST, Column, Profile
from analysis.intake.roles import role, words
from analysis.intake.values import number

WAVES = {
    "baseline": r"pre|intake|admission|admit|baseline|base|start|entry|t ?0|before|first",
    "discharge": r"post|discharge|dc|exit|end|after|last|t ?1",
    "follow_up": r"follow ?up|fu|follow",
}
# Numbers by which questionnaires commonly say that there is no answer.
NO_ANSWER = {
    sign * int(digit * times) for sign in (1, -1) for digit in "6789" for times in (1, 2, 3, 4)
}
ANSWERS = {  # of the PHQ-9 and the GAD-7, as survey tools write them out
    "not at all": 0,
    "several days": 1,
    "more than half the days": 2,
    "over half the days": 2,
    "nearly every day": 3,
}


@dataclass(frozen=True)
class Scale:
    """What names of columns are held against.

    Attributes
    ----------
    name : str
        As config/instruments.yaml has it.
    items : int
    low, high : float
        Lowest and highest answer to an item.
    most : float
        Highest total.
    """

    name: str
    items: int
    low: float
    high: float
    most: float

    @property
    def stem(self) -> str:
        """The name as a pattern: PHQ-9 is phq 9, phq9, phq_9 or phq."""
        letters, _, digits = self.name.lower().partition("-")
        return rf"{letters} ?(?:{digits}\b)?" if digits else letters


def guess_questionnaires(profile: Profile, scales: Sequence[Scale]) -> list[Guess]:
    """Return guesses at the questionnaires in one source.

    Parameters
    ----------
    profile : Profile
    scales : sequence of Scale
        Instruments that are known.
    """
    client = client_of(profile)
    if not client:
        return []
    found: list[Guess] = []
    for scale in scales:
        sets = _item_sets(profile, scale)
        for around, columns in sets.items():
            found.append(_items(profile, scale, around, columns, client))
        if not sets and (totals := _totals(profile, scale)):
            found.append(_waves(profile, scale, totals, client))
    return found


def _item_sets(profile: Profile, scale: Scale) -> dict[str, list[Column]]:
    """Return the columns of each whole set of items, by what stands around their numbers."""
    pattern = re.compile(
        rf"(?P<before>.*?)\b{scale.stem} ?(?:q|item|i|question)? ?(?P<item>\d+)\b(?P<after>.*)"
    )
    sets: dict[str, dict[int, Column]] = defaultdict(dict)
    for column in profile.columns:
        for text in (words(column.name), words(column.title)):
            if match := pattern.fullmatch(text):
                around = f"{match['before']} {match['after']}".strip()
                if 1 <= int(match["item"]) <= scale.items:
                    sets[around].setdefault(int(match["item"]), column)
                break
    return {
        around: [columns[item] for item in sorted(columns)]
        for around, columns in sets.items()
        if len(columns) == scale.items
    }


def _items(
    profile: Profile, scale: Scale, around: str, columns: list[Column], client: str
) -> Guess:
    names = [one.name for one in profile.columns]
    places = [names.index(one.name) for one in columns]
    in_a_row = places == list(range(places[0], places[0] + len(places)))
    ends = f"{columns[0].name} to {columns[-1].name}"
    given = ends if in_a_row else "; ".join(one.name for one in columns)
    detail = [f"instrument={scale.name}"]
    if not profile.keys:
        detail.append(f"id={client}")
    date = _date(profile, scale, around, places[0])
    detail += [f"date={date}"] if date else []
    wave = wave_of(around)
    by_row = next((one.name for one in profile.columns if role(one) == "wave"), "")
    if wave:
        detail.append(f"wave={wave}")
    elif by_row and not profile.keys:
        detail.append(f"wave from={by_row}")
    detail += list(_codes(columns, scale))
    rule = "redcap_events" if profile.keys else "wide_items"
    note = f"{scale.items} columns numbered 1 to {scale.items} are called so"
    if not date:
        note += "; no column of its date was found: name one as date=…"
    return Guess("assessments", "*", profile.source, given, rule, "; ".join(detail), note)


def _codes(columns: list[Column], scale: Scale) -> Iterator[str]:
    """Yield codes outside the answers' range as missing, and answers that are written out."""
    counts: dict[str, int] = defaultdict(int)
    for column in columns:
        for value, count in column.values.items():
            counts[value] += count
    for value, count in sorted(counts.items()):
        code, said = number(value), ANSWERS.get(words(value))
        outside = code == code and not scale.low <= code <= scale.high
        if said is not None:
            yield f"{value}={said}"
        elif outside and (count >= LEAST or code in NO_ANSWER):
            yield f"{value}=missing"


def _date(profile: Profile, scale: Scale, around: str, first: int) -> str:
    """Return the column that is likely to hold the day on which a questionnaire was filled in."""
    dates = [
        (place, one)
        for place, one in enumerate(profile.columns)
        if one.kind == "date" and role(one) != "born"
    ]
    own = [one.name for _, one in dates if re.search(rf"\b{scale.stem}", words(one.name))]
    if around and len(own) > 1:
        own = [one for one in own if around in words(one)] or own
    if own:
        return own[0]
    others = [
        (place, one)
        for place, one in dates
        if role(one) not in ("start_study_day", "discharge_day")
    ]
    if around and wave_of(around):
        waved = [one.name for _, one in others if wave_of(words(one.name)) == wave_of(around)]
        return waved[0] if waved else ""
    before = [one.name for place, one in others if place < first]
    return before[-1] if before else others[0][1].name if others else ""


def _totals(profile: Profile, scale: Scale) -> list[Column]:
    """Return columns that are called like a scale and hold numbers no larger than its total."""
    return [
        one
        for one in profile.columns
        if one.kind in ("number", "code")
        and re.search(rf"\b{scale.stem}(?=\b|_| )", words(one.name))
        and not re.search(r"\b(complete|difficulty|date)\b", words(one.name))
        and one.highest is not None
        and one.highest <= scale.most
    ]


def _waves(profile: Profile, scale: Scale, totals: list[Column], client: str) -> Guess:
    detail = [f"instrument={scale.name}", f"id={client}"]
    for one in totals:
        wave = wave_of(words(one.name)) or wave_of(words(one.title)) or "unnamed"
        detail.append(f"{one.name}={wave}")
    dates = [one.name for one in profile.columns if one.kind == "date" and not role(one)]
    if len(totals) == 1 and len(dates) == 1:
        detail.append(f"date={dates[0]}")
    given = "; ".join(one.name for one in totals)
    note = f"called {scale.name}, with numbers of its range: totals, one column an occasion"
    return Guess("assessments", "*", profile.source, given, "wide_waves", "; ".join(detail), note)


def wave_of(text: str) -> str:
    """Return the occasion that words name, empty where they name none."""
    for wave, pattern in WAVES.items():
        if re.search(rf"\b(?:{pattern})\b", text):
            return wave
    return ""


def scales_of(instruments: Mapping[str, Mapping[str, object]]) -> list[Scale]:
    """Return the scales of config/instruments.yaml that have one range for all items."""
    found = []
    for name, one in instruments.items():
        span, whole = one.get("item_range"), one.get("range")
        if isinstance(span, list) and isinstance(whole, list) and isinstance(one["items"], int):
            found.append(Scale(name, one["items"], float(span[0]), float(span[1]), float(whole[1])))
    return found
