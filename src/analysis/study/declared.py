"""What a study's config declares, and where it contradicts itself or the dictionary."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.study.covariates import unfit_covariates
from analysis.study.dictionary import dictionary
from analysis.study.names import IN_WORDS, is_study_name
from analysis.study.problems import nearest

EVERYWHERE = "everywhere"
NO_TREATMENT = "none"
Finding = tuple[str, str, str, str]  # key, expected, found, remedy


def find_formats(
    config: Mapping[str, Any], compares: Sequence[str], claim: str = "effectiveness"
) -> str | None:
    """Return the contrast that compares two formats, or None.

    Parameters
    ----------
    config : mapping
        With ``arms`` and ``contrasts``.
    compares : sequence of str
        The format whose advantage is positive, then those that it may be compared with: the first
        that the study has.
    claim : str
        A contrast of two therapies must say that it bears on this claim; nobody need say it of one
        with no treatment.
    """
    formats = {arm: one["format"] for arm, one in config["arms"].items()}
    for other in compares[1:]:
        for key, entry in config["contrasts"].items():
            pair = formats.get(entry["comparison"]), formats.get(entry["reference"])
            bears = other == NO_TREATMENT or claim in entry["claims"]
            if bears and pair == (compares[0], other):
                return str(key)
    return None


def declared_covariates(config: dict[str, Any]) -> dict[str, str]:
    """Return the declared covariates: column to "numeric" or "categorical"."""
    return {one["column"]: one["type"] for one in config.get("covariates", ())}


def contradictions(
    config: dict[str, Any], name: str, known_instruments: Collection[str] | None
) -> Iterator[Finding]:
    """Yield what a config of the right shape still gets wrong.

    Parameters
    ----------
    config : dict
        The config; it follows study.schema.yaml.
    name : str
        What the config's file is called, without its ending.
    known_instruments : collection of str or None
        Instruments of config/instruments.yaml; not checked if None.

    Yields
    ------
    tuple of str
        The dotted key, what is expected there, the kind of thing found, and what to do.
    """
    yield from _names(config, name)
    yield from _columns(config)
    yield from _missing_codes(config)
    yield from _impossible(config)
    yield from _not_identifying(config)
    yield from _quasi_identifiers(config)
    yield from unfit_covariates(config)
    yield from _contrasts(config)
    yield from _outcomes(config)
    yield from _instruments(config, known_instruments)
    if "landmark" in config:
        yield from _landmark(config)


def _names(config: dict[str, Any], stem: str) -> Iterator[Finding]:
    named_alike = config["study"] == stem
    if not named_alike:
        remedy = "Rename the file or the study: both bear the same name."
        yield "study", f'"{stem}", as the file is called', "another name", remedy
    if not is_study_name(config["study"]):
        yield "study", IN_WORDS, "another name", "Rename the study and its file."
    if "simulate" in config and config["data_origin"] != "synthetic":
        remedy = "Remove `simulate`, or set data_origin to synthetic."
        yield "simulate", "no such key in a study of real data", "the key", remedy
    if named_alike:
        yield from _places(config)


def _places(config: dict[str, Any]) -> Iterator[Finding]:
    """Say where a table lies in a place that the program itself writes to, or should write to."""
    name = config["study"]
    results = Path("results").resolve()  # of any study: `clean` removes what lies there
    for table, path in config["tables"].items():
        made = f"data/raw/{name}/{table}.csv"
        if "simulate" in config and path != made:
            remedy = "Delete the block `simulate` if these are your data: it makes tables anew."
            yield f"tables.{table}", f"{made}, which the simulator makes", "another file", remedy
        elif _is_below(path, results):
            remedy = "Keep your files elsewhere, such as data/raw/NAME."
            yield f"tables.{table}", "a file outside results/", "one that is made", remedy


def _is_below(path: str, folder: Path) -> bool:
    try:
        return folder in Path(path).resolve().parents
    except (OSError, ValueError, RuntimeError):  # no path at all: its reader says so
        return False


def _columns(config: dict[str, Any]) -> Iterator[Finding]:
    covariates = declared_covariates(config)
    for table, columns in config.get("columns", {}).items():
        if table not in config["tables"]:
            remedy = f"{nearest(table, config['tables'])}List the table under `tables` as well."
            yield f"columns.{table}", "a table listed under `tables`", "another name", remedy
            continue
        known = [*dictionary()[table].columns, *(covariates if table == "episodes" else ())]
        for column in [one for one in columns if one not in known]:
            remedy = f"{nearest(column, known)}Write canonical name: your name."
            key = f"columns.{table}.{column}"
            yield key, f"a column of the table {table}", "an unknown column", remedy
    names = [one["column"] for one in config.get("covariates", ())]
    for name in sorted({one for one in names if names.count(one) > 1}):
        yield f"covariates.{name}", "one entry a column", "more than one", "Keep one of them."


def _impossible(config: dict[str, Any]) -> Iterator[Finding]:
    tables = dictionary()
    known = [*tables, *(f"{name}.{one}" for name, table in tables.items() for one in table.columns)]
    for place in config.get("impossible", {}):
        if place not in known:
            remedy = f"{nearest(place, known)}Write a table, or table.column."
            yield f"impossible.{place}", "a table or column of the dictionary", "another", remedy


def _missing_codes(config: dict[str, Any]) -> Iterator[Finding]:
    for table, columns in config.get("missing_codes", {}).items():
        if table == EVERYWHERE:
            continue
        if table not in config["tables"]:
            remedy = f"{nearest(table, config['tables'])}List the table under `tables` as well."
            yield f"missing_codes.{table}", "a table listed under `tables`", "another name", remedy
            continue
        covariates = declared_covariates(config) if table == "episodes" else {}
        known = [*dictionary()[table].columns, *covariates]
        for column in [one for one in columns if one not in known]:
            remedy = f"{nearest(column, known)}Write canonical name: [codes]."
            key = f"missing_codes.{table}.{column}"
            yield key, f"a column of the table {table}", "an unknown column", remedy


def _not_identifying(config: dict[str, Any]) -> Iterator[Finding]:
    for table in config.get("not_identifying", {}):
        if table not in config["tables"]:
            remedy = f"{nearest(table, config['tables'])}List the table under `tables` as well."
            key = f"not_identifying.{table}"
            yield key, "a table listed under `tables`", "another name", remedy


def _quasi_identifiers(config: dict[str, Any]) -> Iterator[Finding]:
    known = [*dictionary()["episodes"].columns, *declared_covariates(config)]
    for part in ("columns", "sensitive"):
        for column in config.get("quasi_identifiers", {}).get(part, ()):
            if column not in known:
                remedy = f"{nearest(column, known)}Name a column of the dictionary or a covariate."
                key = f"quasi_identifiers.{part}.{column}"
                yield key, "a column of the table episodes", "an unknown column", remedy


def _contrasts(config: dict[str, Any]) -> Iterator[Finding]:
    arms = config["arms"]
    for name, contrast in config["contrasts"].items():
        named = [(side, contrast[side]) for side in ("comparison", "reference")]
        named += [(f"clusters.{arm}", arm) for arm in contrast["clusters"]]
        strategies = contrast.get("estimand", {}).get("strategies", {})
        named += [(f"estimand.strategies.{arm}", arm) for arm in strategies]
        for key, arm in named:
            if arm not in arms:
                remedy = f"{nearest(arm, arms)}Declare the arm under `arms`."
                yield f"contrasts.{name}.{key}", "a declared arm", "an undeclared arm", remedy
        if contrast["comparison"] == contrast["reference"]:
            remedy = "Name two different arms."
            yield f"contrasts.{name}", "two arms", "one arm twice", remedy
        constructs = config.get("instruments", {})
        for control in contrast.get("negative_controls", ()):
            if control not in constructs:
                remedy = f"{nearest(control, constructs)}Bind it under `instruments`."
                expected = "a construct bound to an instrument"
                key = f"contrasts.{name}.negative_controls.{control}"
                yield key, expected, "a construct without an instrument", remedy


def _outcomes(config: dict[str, Any]) -> Iterator[Finding]:
    constructs = config.get("instruments", {})
    outcomes = [("outcome", config["outcome"])] if "outcome" in config else []
    for number, one in enumerate(config.get("further_outcomes", ()), start=1):
        outcomes.append((f"further_outcomes.{number}", one))
    for key, one in outcomes:
        if one["construct"] not in constructs:
            remedy = f"{nearest(one['construct'], constructs)}Bind it under `instruments`."
            expected = "a construct bound to an instrument"
            yield f"{key}.construct", expected, "a construct without an instrument", remedy
        first, last = one["window"]
        if not first <= one["day"] <= last:
            remedy = "Write [first day, last day] around the day."
            yield f"{key}.window", "a window that holds the day", "one that does not", remedy
        if "baseline" in config and first <= config["baseline"]["window"][1]:
            remedy = "Begin the window after the baseline window; one answer cannot be both."
            yield f"{key}.window", "days after the baseline window", "an earlier day", remedy
    first, last = config.get("baseline", {}).get("window", (0, 0))
    if first > last:
        yield "baseline.window", "[first day, last day]", "the last day first", "Swap the two."


def _instruments(config: dict[str, Any], known: Collection[str] | None) -> Iterator[Finding]:
    if known is None:
        return
    for construct, instrument in config.get("instruments", {}).items():
        if instrument not in known:
            remedy = (
                f"{nearest(instrument, known)}Name one of config/instruments.yaml, "
                "or add yours there."
            )
            yield f"instruments.{construct}", "a known instrument", "an unknown one", remedy


def _landmark(config: dict[str, Any]) -> Iterator[Finding]:
    day = config["landmark"]["day"]
    for table in ("sessions", "attendance"):
        if table not in config["tables"]:
            remedy = "Declare the table, or take the arm from the column `arm` without a landmark."
            yield f"tables.{table}", "a table that arms can be read from", "no such key", remedy
    formats = [one["format"] for one in config["arms"].values()]
    for name in ("group", "individual"):
        if formats.count(name) != 1:
            expected, found = f"one arm of format {name}", f"{formats.count(name)} of them"
            yield "arms", expected, found, "A landmark tells one group arm and one individual arm."
    for name, contrast in config["contrasts"].items():
        if contrast["assignment"] == "randomised":
            remedy = "Take the landmark out: chance fixed the arm before anything was received."
            yield f"contrasts.{name}.assignment", "observational", "randomised", remedy
        if "exposure" in contrast.get("estimand", {}):
            remedy = "Take the key out: the landmark says what the arm is."
            key = f"contrasts.{name}.estimand.exposure"
            yield key, "no such key beside a landmark", "the key", remedy
    outcomes = {"outcome": config["outcome"]} if "outcome" in config else {}
    for number, one in enumerate(config.get("further_outcomes", ()), start=1):
        outcomes[f"further_outcomes.{number}"] = one
    for key, one in outcomes.items():
        if one["window"][0] <= day:
            remedy = "Begin the window after the landmark, or set an earlier landmark."
            yield f"{key}.window", f"days after the landmark (day {day})", "an earlier day", remedy
    if config.get("baseline", {}).get("window", (0, 0))[1] > day:
        remedy = "End the window on the landmark or before it."
        yield "baseline.window", f"days up to the landmark (day {day})", "a later day", remedy
