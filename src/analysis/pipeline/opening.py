"""From the name of a study to its checked config and its resolved plan; nothing else is run."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.claims.plan import resolve_plan
from analysis.claims.plan_checks import check_judges, check_plan
from analysis.claims.templates import read_claims
from analysis.measures.instruments import registry_of
from analysis.simulate.scenarios import make_truth
from analysis.study.config import check_config, read_config
from analysis.study.covariates import safely_named
from analysis.study.documents import read_yaml
from analysis.study.names import IN_WORDS, is_study_name
from analysis.study.problems import Problem, StudyError
from analysis.study.safekeeping import write_whole

DEFAULT = "example"
COMMAND_LINE = "the command line"


@dataclass(frozen=True)
class Opened:
    """A study that may be run.

    Attributes
    ----------
    study : str
        Its name.
    config : dict
        The study's config, its covariates named as analyses can hold them.
    plan : dict
        The resolved plan of `analysis.claims.plan.resolve_plan`.
    """

    study: str
    config: dict[str, Any]
    plan: dict[str, Any]


def choose_study(given: Mapping[str, Any], from_file: bool) -> str:
    """Return the name of the study to run.

    Parameters
    ----------
    given : mapping
        What stood on the command line: ``--config`` settings, merged with the file of
        ``--configfile`` where one was named.
    from_file : bool
        Whether one was.

    Raises
    ------
    StudyError
        If it is no name of a study; if a file names none (it is never merged with the example);
        if anything but the name is set on the command line.
    """
    if from_file and "study" not in given:
        remedy = "Add the key, or name the study by --config study=NAME."
        raise _refusal([("study", "the study's name in the config file", "no such key", remedy)])
    name = given.get("study", DEFAULT)
    if not isinstance(name, str) or not is_study_name(name):
        remedy = "Name a file of config/studies, without its ending."
        raise _refusal([("study", IN_WORDS, "another name", remedy)])
    if not from_file and (others := sorted(map(str, set(given) - {"study"}))):
        remedy = f"A plan is a file: write the key into config/studies/{name}.yaml."
        raise _refusal((one, "study=NAME alone", "another setting", remedy) for one in others)
    return name


def open_study(given: Mapping[str, Any], root: Path, *, from_file: bool = False) -> Opened:
    """Read and check one study's config and the plan, before anything runs.

    Parameters
    ----------
    given, from_file
        As `choose_study` takes them. A file's content, as Snakemake read it, must be what our own
        reader reads from the study's file.
    root : Path
        The project's folder, with ``config`` and ``data/raw/evidence``.

    Raises
    ------
    StudyError
        With every problem.
    """
    name = choose_study(given, from_file)
    path = root / "config" / "studies" / f"{name}.yaml"
    config = read_config(path)
    if from_file and (differing := _differing(given, config, "")):
        raise StudyError(_as_read_by_snakemake(one, path) for one in differing)
    return _opened(name, config, path, root)


def _opened(name: str, config: dict[str, Any], path: Path, root: Path) -> Opened:
    evidence = root / "data" / "raw" / "evidence"
    instruments_file = root / "config" / "instruments.yaml"
    instruments = read_yaml(instruments_file)
    registry = registry_of(instruments, instruments_file)
    claims_file, judges_file = root / "config" / "claims.yaml", evidence / "judges.yaml"
    claims, judges = read_claims(claims_file), read_yaml(judges_file)
    sources = published_ids(evidence)
    problems = check_config(config, file=str(path), known_instruments=set(registry))
    problems += (unsound := check_judges(judges, sources, str(judges_file)))
    if not unsound:
        sound = _changes(config) if problems else config
        files = {"file": str(claims_file), "study_file": str(path)}
        problems += check_plan(claims, sound, registry, sources, judges, **files)
    if problems:
        raise StudyError(problems)
    _check_truth(config)
    config = safely_named(config)
    plan = resolve_plan(claims, config, judges["claims"], instruments["instruments"])
    return Opened(name, _with_defaults(config, plan), plan)


def _with_defaults(config: Mapping[str, Any], plan: Mapping[str, Any]) -> dict[str, Any]:
    """Write into each contrast what the plan fixes for those that do not say."""
    planned, key = plan["design"]["contrasts"], "most_unknown_clusters"
    given = config["contrasts"].items()
    return {**config, "contrasts": {name: {**one, key: planned[name][key]} for name, one in given}}


def _check_truth(config: Mapping[str, Any]) -> None:
    """Refuse a simulated study's truth that could not be simulated."""
    asked = config.get("simulate", {})
    if asked.get("truth"):
        make_truth(asked["scenario"], asked["truth"])


def _changes(config: Mapping[str, Any]) -> dict[str, Any]:
    """Take the overrides of a config with other problems, as far as they can be looked at."""
    found = config.get("overrides")
    sound = isinstance(found, Mapping) and all(isinstance(one, Mapping) for one in found.values())
    return {"contrasts": {}, "overrides": found if sound else {}}


def published_ids(folder: Path) -> set[str]:
    """Return the ids of the published facts and of the results computed from open data.

    Raises
    ------
    StudyError
        If one of the two tables cannot be read.
    """
    found: set[str] = set()
    for name in ("facts.csv", "computed.csv"):
        try:
            text = (folder / name).read_text(encoding="utf-8")
            found |= {row["id"] for row in csv.DictReader(text.splitlines(keepends=True))}
        except (OSError, ValueError, KeyError, csv.Error):
            remedy = "Take the file from the repository anew."
            place = str(folder / name)
            problem = Problem(place, "id", (), "a table of published figures", "none", remedy)
            raise StudyError([problem]) from None
    return found


def keep_for_jobs(opened: Opened, file: Path) -> None:
    """Write what was opened where the run's jobs find it: all use one plan, the logged one."""
    write_whole(file, json.dumps(asdict(opened), ensure_ascii=False).encode())


def open_for_job(file: Path) -> Opened:
    """Return what the run's main process opened, whatever the files of the plan say by now."""
    return Opened(**json.loads(file.read_text(encoding="utf-8")))


def _refusal(found: Collection[tuple[str, ...]] | Iterator[tuple[str, ...]]) -> StudyError:
    return StudyError(Problem(COMMAND_LINE, key, (), *rest) for key, *rest in found)


def _differing(given: Any, read: Any, key: str) -> list[str]:
    """Return the dotted keys at which two documents differ, the deepest that hold a difference."""
    if isinstance(given, Mapping) and isinstance(read, Mapping):
        missing = object()
        return [
            place
            for one in [*given, *(other for other in read if other not in given)]
            for place in _differing(
                given.get(one, missing), read.get(one, missing), f"{key}.{one}".lstrip(".")
            )
        ]
    return [] if type(given) is type(read) and given == read else [key]


def _as_read_by_snakemake(key: str, path: Path) -> Problem:
    expected = f"what {path} says, read as YAML 1.2"
    remedy = "Leave --configfile out and name the study by --config study=NAME."
    return Problem(COMMAND_LINE, key, (), expected, "another value by way of Snakemake", remedy)
