"""What a study's tables can support, as JSON types, and what is missing in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.study.dictionary import dictionary

if TYPE_CHECKING:
    from analysis.study.store import Tables


def capabilities(tables: Tables, config: dict[str, Any]) -> dict[str, Any]:
    """Return what the tables hold, so that a claim can say what it lacks.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        Canonical tables, as `reading.read_study` gives them.
    config : dict
        The study's config.

    Returns
    -------
    dict
        JSON types. ``tables``: rows per table; ``columns``: "table.column" to whether it holds
        any value; ``names``: "table.column" to the user's own column; ``files``: table to the
        user's file; ``arms``: arm to number of episodes; ``formats``: arm to its format;
        ``contrasts``: contrast to its arms and clusters; ``instruments``: instrument to its
        assessments with a score or items, ``waves`` (arm to wave to number of them) and
        ``last_day``;
        ``impossible``: what the files cannot give, in the user's words;
        ``bindings``: construct to instrument; ``session_formats`` and ``session_units``: kind to
        number of held sessions; ``has_groups`` (sessions or memberships name a therapy group);
        ``has_followup`` (an assessment after day 0). No score is looked at, only whether it is
        there.
    """
    episodes = tables["episodes"]
    return {
        "tables": {name: len(one) for name, one in tables.items()},
        "columns": _filled(tables),
        "names": _names(config),
        "files": dict(config["tables"]),
        "impossible": dict(config.get("impossible", {})),
        "arms": {arm: int((episodes["arm"] == arm).sum()) for arm in config["arms"]},
        "formats": {arm: one["format"] for arm, one in config["arms"].items()},
        "contrasts": {
            name: {key: one[key] for key in ("comparison", "reference", "clusters")}
            for name, one in config["contrasts"].items()
        },
        "instruments": _instruments(tables),
        "bindings": dict(config.get("instruments", {})),
        "session_formats": _held_sessions(tables, "format"),
        "session_units": _held_sessions(tables, "unit"),
        "has_groups": any(
            name in tables and bool(tables[name]["group_id"].notna().any())
            for name in ("sessions", "memberships")
        ),
        "has_followup": "assessments" in tables
        and bool((tables["assessments"]["day"] > 0).fillna(False).any()),
    }


def supports(capabilities: dict[str, Any], need: str) -> str | None:
    """Return None if a need is met, else what is missing, in one sentence and the user's terms.

    Parameters
    ----------
    capabilities : dict
        What `capabilities` returns.
    need : str
        A table ("sessions"), a column with values ("sessions.minutes"), "instrument:PHQ-9" (an
        instrument or a bound construct), "arm:group" (an arm or a format), "contrast:format" (with
        the tables that its clusters need), "unit:session" (what a row of sessions stands for),
        "wave:hope:64" (a bound construct answered on day 64 or later).

    Raises
    ------
    ValueError
        If the need is of no known kind.
    """
    kind, _, name = need.partition(":")
    if kind == "instrument" and name:
        return _lacks_instrument(capabilities, name)
    if kind == "arm" and name:
        return _lacks_arm(capabilities, name)
    if kind == "contrast" and name:
        return _lacks_contrast(capabilities, name)
    if kind == "unit" and name:
        return _lacks_unit(capabilities, name)
    if kind == "wave" and name:
        return _lacks_wave(capabilities, *name.split(":"))
    if not is_need(need):
        raise ValueError(f"no such need: {need}")
    table, _, column = need.partition(".")
    lacking = _lacks_table(capabilities, table)
    if column and not lacking:
        return _lacks_column(capabilities, table, column)
    return capabilities["impossible"].get(need, lacking) if lacking else None


def is_need(need: str) -> bool:
    """Say whether a text is a need of a known kind; what it names may still be unknown."""
    kind, found, name = need.partition(":")
    if found:
        construct, _, day = name.partition(":")
        if kind == "wave":
            return bool(construct) and day.isdecimal()
        return kind in ("instrument", "arm", "contrast", "unit") and bool(name)
    table, dot, column = need.partition(".")
    return table in dictionary() and (not dot or column in dictionary()[table].columns)


def _filled(tables: Tables) -> dict[str, bool]:
    return {
        f"{name}.{column}": name in tables and bool(tables[name][column].notna().any())
        for name, table in dictionary().items()
        for column in table.columns
    }


def _names(config: dict[str, Any]) -> dict[str, str]:
    return {
        f"{table}.{column}": config.get("columns", {}).get(table, {}).get(column, column)
        for table in config["tables"]
        for column in dictionary()[table].columns
    }


def _instruments(tables: Tables) -> dict[str, dict[str, Any]]:
    if "assessments" not in tables:
        return {}
    given = tables["assessments"]
    answered = given["score"].notna()
    if "items" in tables:
        items = tables["items"]
        answered |= given["assessment_id"].isin(items.loc[items["value"].notna(), "assessment_id"])
    arms = tables["episodes"].set_index("episode_id")["arm"]
    given = given[answered].assign(arm=given["episode_id"].map(arms))
    found: dict[str, dict[str, Any]] = {}
    for instrument, rows in given.groupby("instrument", sort=True):
        waves: dict[str, dict[str, int]] = {}
        counts = rows.assign(wave=rows["wave"].fillna("unnamed")).groupby(["arm", "wave"]).size()
        for arm in counts.index.unique("arm"):
            waves[str(arm)] = {str(wave): int(n) for wave, n in counts.loc[arm].items()}
        last = rows["day"].max()
        found[str(instrument)] = {
            "assessments": len(rows),
            "waves": waves,
            "last_day": int(last) if rows["day"].notna().any() else None,
        }
    return found


def _held_sessions(tables: Tables, column: str) -> dict[str, int]:
    if "sessions" not in tables:
        return {}
    held = tables["sessions"][tables["sessions"]["status"] == "held"]
    return {str(kind): int(count) for kind, count in held.groupby(column).size().items()}


def _lacks_table(has: dict[str, Any], table: str) -> str | None:
    if table in has["tables"]:
        nothing_held = table == "sessions" and not has["session_units"]
        return f"{has['files'][table]} holds no session that took place." if nothing_held else None
    if table in has["impossible"]:
        return str(has["impossible"][table])
    title = dictionary()[table].title
    return f"The study declares no table of {table} ({title[0].lower()}{title[1:]})."


def _lacks_column(has: dict[str, Any], table: str, column: str) -> str | None:
    if has["columns"][f"{table}.{column}"]:
        return None
    if f"{table}.{column}" in has["impossible"]:
        return str(has["impossible"][f"{table}.{column}"])
    name = has["names"][f"{table}.{column}"]
    meaning = dictionary()[table].field(column).description.rstrip(".")
    return f'{has["files"][table]} has no values in a column "{name}" ({meaning}).'


def _lacks_instrument(has: dict[str, Any], name: str) -> str | None:
    instrument = has["bindings"].get(name, name)
    if instrument in has["instruments"]:
        return None
    if lacking := _lacks_table(has, "assessments"):
        return lacking
    if name.islower() and name not in has["bindings"]:
        return f"The study names no instrument for {name.replace('_', ' ')}."
    return f"{has['files']['assessments']} holds no answered {instrument}."


def _lacks_arm(has: dict[str, Any], name: str) -> str | None:
    if has["arms"].get(name) or name in has["formats"].values():
        return None
    return f'No arm of the study is called "{name}" or has that format.'


def _lacks_unit(has: dict[str, Any], name: str) -> str | None:
    if name in has["session_units"]:
        return None
    if lacking := _lacks_table(has, "sessions"):
        return lacking
    kinds = " and ".join(one.replace("_", " ") for one in has["session_units"]) or "nothing held"
    return f"{has['files']['sessions']} records {kinds}, not one row a {name}."


def _lacks_wave(has: dict[str, Any], construct: str, day: str) -> str | None:
    if lacking := _lacks_instrument(has, construct):
        return lacking
    instrument = has["bindings"].get(construct, construct)
    last = has["instruments"][instrument]["last_day"]
    if last is not None and last >= int(day):
        return None
    return f"{has['files']['assessments']} holds no {instrument} answered on day {day} or later."


def _lacks_contrast(has: dict[str, Any], name: str) -> str | None:
    if name not in has["contrasts"]:
        return f'The study declares no contrast called "{name}".'
    for arm, cluster in has["contrasts"][name]["clusters"].items():
        table, column = {
            "therapy_group": ("memberships", "group_id"),
            "primary_therapist": ("episodes", "primary_therapist_id"),
            "none": ("episodes", "arm"),
        }[cluster]
        lacking = _lacks_table(has, table) or _lacks_column(has, table, column)
        if lacking:
            shared = cluster.replace("_", " ")
            return f'The {shared} that clients of the arm "{arm}" share is not known. {lacking}'
    return None
