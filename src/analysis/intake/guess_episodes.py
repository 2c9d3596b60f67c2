"""Guesses at the rows of a map for `episodes`: each with its reason, for a person to correct."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.intake.profile import Column, Profile
from analysis.intake.roles import is_client, meanings, role

RECODED = ("arm", "gender", "discharge_reason", "discharge_level", "referral_level", "completed")
_FILE_DATE = re.compile(r"(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])")
WEIGHTS = {
    "start_study_day": 4,
    "arm": 3,
    "discharge_day": 2,
    "stay": 2,
    "age_band": 1,
    "gender": 1,
}


@dataclass(frozen=True)
class Guess:
    """One row of a map; the note is the reason."""

    table: str
    column: str
    source: str = ""
    given: str = ""
    rule: str = ""
    detail: str = ""
    note: str = ""


def client_of(profile: Profile) -> str:
    """Return the column that is likely to say which client a row is of, empty where none is."""
    if profile.keys:
        return profile.keys[0]
    found = [one for one in profile.columns if is_client(one) and one.filled > 0.9 * profile.rows]
    return max(found, key=lambda one: one.different).name if found else ""


def home_of(profiles: Sequence[Profile]) -> Profile | None:
    """Return the source that is likely to list the episodes."""

    def worth(one: Profile) -> int:
        parts = {role(column) for column in one.columns}
        return sum(weight for part, weight in WEIGHTS.items() if part in parts)

    listed = [one for one in profiles if one.shape in ("redcap", "table") and client_of(one)]
    best = max(listed, key=worth, default=None)
    return best if best is not None and worth(best) else None


def guess_episodes(profiles: Sequence[Profile]) -> list[Guess]:
    """Return guesses at where the columns of `episodes` come from.

    Parameters
    ----------
    profiles : sequence of Profile
        Of a folder's files.
    """
    home = home_of(profiles)
    whole = [one for one in profiles if one.shape in ("attendance", "billing")]
    if home is None and whole:
        return _from_people(whole[0])
    if home is None:
        remedy = (
            "No file lists clients with a date of admission or a format: name the one that does."
        )
        return [Guess("episodes", "episode_id", "", "", "undetermined", "", remedy)]
    others = [one for one in profiles if one.shape in ("redcap", "table") and one is not home]
    guesses = list(_keys(home))
    done = {one.column for one in guesses}
    for profile in [home, *(one for one in others if client_of(one))]:
        link = "" if profile is home else f"id={client_of(profile)}"
        # Of several columns for one thing the first of which most is known.
        facts = sorted(_facts(profile, link, profiles), key=_known, reverse=True)
        for guess in facts:
            if guess.column not in done:
                done.add(guess.column)
                guesses.append(guess)
    if "site_id" not in done:
        note = "No column of a site: one site is assumed."
        guesses.append(Guess("episodes", "site_id", "", "", "constant", "main", note))
    if "arm" not in done:
        note = (
            "No column says group or individual. Name it, or declare a landmark in the config: the "
            "arm is then what most sessions before a day were."
        )
        guesses.append(Guess("episodes", "arm", "", "", "undetermined", "", note))
    guesses += _observed(home, {one.rule for one in guesses})
    return guesses


def _from_people(profile: Profile) -> list[Guess]:
    """Guess at episodes where only an attendance workbook or a billing extract shows them."""
    source = f"{profile.source}#people"
    seen = "no file lists clients: taken from those whom this one shows"
    arm = "nothing says it; with group and individual sessions a landmark in the config can"
    return [
        Guess("episodes", "episode_id", source, "person", "copy", "", seen),
        Guess("episodes", "site_id", "", "", "constant", "main", "one site is assumed"),
        Guess(
            "episodes", "start_study_day", source, "first", "days_from", "", "the first day seen"
        ),
        Guess("episodes", "arm", "", "", "undetermined", "", arm),
    ]


def _known(guess: Guess) -> int:
    """Return how much a guess says: of codes the number of words that they become, at most two."""
    if guess.rule == "undetermined":
        return -1
    return min(2, len(set(re.findall(r"=(\w+)", guess.detail)))) if guess.rule == "recode" else 0


def _keys(home: Profile) -> Iterator[Guess]:
    client = client_of(home)
    column = next(one for one in home.columns if one.name == client)
    further = [
        one
        for one in home.columns
        if one.name != client and is_client(one) and 1 < one.different <= column.different
    ]
    starts = [one.name for one in home.columns if role(one) == "start_study_day"]
    again = home.shape == "table" and column.different < column.filled
    reason = f"{home.reason}; {column.different} different values in {home.rows} rows"
    if again and starts:
        both, note = (
            f"{client}; {starts[0]}",
            f"{reason}: clients come back, so the date tells them",
        )
        yield Guess("episodes", "episode_id", home.source, both, "copy", "", note)
        yield Guess("episodes", "participant_id", home.source, client, "copy", "", reason)
        return
    yield Guess("episodes", "episode_id", home.source, client, "copy", "", reason)
    if further:
        person = further[0]
        note = f"{person.different} different values: fewer than episodes, so it may be the person"
        yield Guess("episodes", "participant_id", home.source, person.name, "copy", "", note)


def _facts(profile: Profile, link: str, profiles: Sequence[Profile]) -> Iterator[Guess]:
    """Yield guesses at the columns of one source, best first."""
    for column in profile.columns:
        part = "" if column.name.startswith("redcap_") else role(column)
        named = f'its name says so ("{column.title or column.name}")'
        if part in ("start_study_day", "discharge_day"):
            yield _guess(part, profile, column, "days_from", link, named)
        elif part == "stay":
            yield _guess("discharge_day", profile, column, "copy", link, f"{named}: days of stay")
        elif part in ("age_band", "born"):
            yield _guess("age_band", profile, column, "band", link, named)
        elif part in ("site_id", "primary_therapist_id", "program_track"):
            yield _guess(part, profile, column, "copy", link, named)
        elif part in RECODED:
            target = "discharge_reason" if part == "completed" else part
            yield _recoded(part, target, profile, column, link, profiles)


def _guess(target: str, profile: Profile, column: Column, rule: str, link: str, note: str) -> Guess:
    return Guess("episodes", target, profile.source, column.name, rule, link, note)


def _recoded(
    part: str,
    target: str,
    profile: Profile,
    column: Column,
    link: str,
    profiles: Sequence[Profile],
) -> Guess:
    found, note = meanings(part, column), "the labels of its codes say so"
    if not found:
        found, note = _from_elsewhere(part, column, profile, profiles)
    open_codes = [
        f"{one} ({count} rows)" for one, count in column.codes.items() if one not in found
    ]
    if len(column.codes) < len(column.values):
        open_codes.append("others of fewer than 10 rows each")
    if not found:
        note = f"use recode, and say under detail what each code means: {', '.join(open_codes)}"
        return _guess(target, profile, column, "undetermined", link, note)
    if open_codes:
        note += f"; still open: {', '.join(open_codes)}"
    pairs = [f"{code}={word}" for code, word in found.items()]
    detail = "; ".join([*pairs, *([link] if link else [])])
    return Guess("episodes", target, profile.source, column.name, "recode", detail, note)


def _from_elsewhere(
    part: str, column: Column, profile: Profile, profiles: Sequence[Profile]
) -> tuple[dict[str, str], str]:
    """Return what another file's labels say of the same codes of a column of the same part."""
    for other in profiles:
        for one in other.columns:
            if other is profile or role(one) != part or set(column.codes) - set(one.labels):
                continue
            found = meanings(part, one)
            if set(column.codes) <= set(found):
                note = f'a GUESS: {other.source} labels these codes so ("{one.name}")'
                return {code: found[code] for code in column.codes}, note
    return {}, ""


def _observed(home: Profile, rules: set[str]) -> list[Guess]:
    """Guess the last day of observation from a date in the file's name."""
    date = _FILE_DATE.search(home.source)
    if not date or "days_from" not in rules:
        return []
    note = "the date in the file's name: what came later is not in it"
    on = f"on={date[1]}-{date[2]}-{date[3]}"
    return [Guess("episodes", "observed_until_day", "", "", "days_from", on, note)]
