"""A study's config file: read, and checked with messages for people. Cheap to import, no pandas."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from analysis.study.dictionary import dictionary
from analysis.study.problems import Problem, StudyError

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SCHEMA_FILE = Path(__file__).with_name("study.schema.yaml")

TYPES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML in which no key may come twice (plain YAML keeps the last without a word)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key in [one for one, _ in node.value if isinstance(one, yaml.ScalarNode)]:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem="a key twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_config(path: Path) -> dict[str, Any]:
    """Read a study's config; `check_config` says whether it is sound.

    Parameters
    ----------
    path : Path
        config/studies/<study>.yaml.

    Returns
    -------
    dict
        The config as it stands in the file.

    Raises
    ------
    StudyError
        If the file is missing, is no YAML text in UTF-8, or holds no keys.
    """
    try:
        config = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_UniqueKeyLoader)
    except FileNotFoundError:
        raise StudyError(
            [_problem(path, "", "a study's config file", "no such file", _other_studies(path))]
        ) from None
    except (UnicodeDecodeError, yaml.reader.ReaderError):
        raise StudyError(
            [_problem(path, "", "YAML in UTF-8", "something else", "Save the file as UTF-8 text.")]
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        rows = (mark.line + 1,) if mark else ()
        what = "a key twice" if error.problem == "a key twice" else "text that is not YAML"
        remedy = "Mend the line, its indentation or its quotes."
        raise StudyError([Problem(str(path), "", rows, "YAML", what, remedy)]) from None
    if not isinstance(config, dict):
        remedy = "Copy config/studies/example.yaml and change it."
        raise StudyError([_problem(path, "", "keys with values", "no keys", remedy)])
    return config


def check_config(
    config: dict[str, Any], *, file: str, known_instruments: Collection[str] | None = None
) -> list[Problem]:
    """Return everything that is wrong with a study's config; empty if nothing is.

    Parameters
    ----------
    config : dict
        The config as read.
    file : str
        Its path, for the messages; the study must be called as the file is.
    known_instruments : collection of str, optional
        Instruments of config/instruments.yaml; not checked if None.

    Returns
    -------
    list of Problem
        `column` holds the dotted key, such as ``contrasts.format.reference``.
    """
    keys = list(_keys_that_are_no_text(config, ""))
    if keys:
        remedy = "Put the key between quotes."
        return [_problem(file, one, "text as a key", "another type", remedy) for one in keys]
    errors = sorted(_validator().iter_errors(config), key=lambda one: list(map(str, one.path)))
    if errors:
        return [problem for one in errors for problem in _schema_problems(one, file)]
    found = [
        *_names(config, Path(file).stem),
        *_columns(config),
        *_contrasts(config),
        *_outcomes(config),
        *_instruments(config, known_instruments),
    ]
    return [_problem(file, *one) for one in found]


def declared_covariates(config: dict[str, Any]) -> dict[str, str]:
    """Return the declared covariates: column to "numeric" or "categorical"."""
    return {one["column"]: one["type"] for one in config.get("covariates", ())}


Finding = tuple[str, str, str, str]  # key, expected, found, remedy


def _problem(file: Path | str, key: str, expected: str, found: str, remedy: str) -> Problem:
    return Problem(str(file), key, (), expected, found, remedy)


def _other_studies(path: Path) -> str:
    names = sorted(one.stem for one in path.parent.glob("*.yaml"))
    known = f" There are: {', '.join(names)}." if names else ""
    return f"Name a study of the folder config/studies.{known}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is most like `word`, or an empty text."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'Did you mean "{close[0]}"? ' if close else ""


@cache
def _validator() -> Draft202012Validator:
    # jsonschema builds grammars for formats that are not used here: a second at every start.
    # Hidden while it is imported, the module that does so is skipped.
    hidden = "rfc3987_syntax"
    sys.modules.setdefault(hidden, None)  # type: ignore[arg-type]
    try:
        from jsonschema import Draft202012Validator
    finally:
        if sys.modules[hidden] is None:
            del sys.modules[hidden]
    return Draft202012Validator(yaml.safe_load(SCHEMA_FILE.read_text(encoding="utf-8")))


def _keys_that_are_no_text(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for position, one in enumerate(value, start=1):
            yield from _keys_that_are_no_text(one, f"{path}.{position}")
    if isinstance(value, dict):
        for key, one in value.items():
            below = f"{path}.{key}".lstrip(".")
            if not isinstance(key, str):
                yield below
            yield from _keys_that_are_no_text(one, below)


def _schema_problems(error: ValidationError, file: str) -> Iterator[Problem]:
    steps = [str(one + 1) if isinstance(one, int) else str(one) for one in error.path]
    here = ".".join(steps)
    schema = error.schema if isinstance(error.schema, dict) else {}
    meaning = schema.get("description") or "See config/studies/example.yaml."
    if error.validator == "additionalProperties":
        known = list(schema["properties"])
        for key in [one for one in error.instance if one not in known]:
            remedy = f"{nearest(key, known)}Known keys here: {', '.join(known)}."
            yield _problem(file, ".".join([*steps, key]), "a known key", "an unknown key", remedy)
    elif error.validator == "required":
        for key in [one for one in schema["required"] if one not in error.instance]:
            described = schema["properties"][key].get("description", "")
            remedy = f"Add the key. {described}".strip()
            yield _problem(file, ".".join([*steps, key]), "a value", "no such key", remedy)
    else:
        expected, found = _in_words(error)
        yield _problem(file, here, expected, found, meaning)


def _in_words(error: ValidationError) -> tuple[str, str]:
    wanted: Any = error.validator_value
    wordings: dict[str, Callable[[], tuple[str, str]]] = {
        "type": lambda: (TYPES.get(wanted, str(wanted)), "another type of value"),
        "enum": lambda: (" or ".join(map(str, wanted)), "another word"),
        "pattern": lambda: ("lower-case letters, digits and _, a letter first", "other characters"),
        "minimum": lambda: (f"at least {wanted}", "a smaller number"),
        "minItems": lambda: (f"{wanted} values", "fewer values"),
        "maxItems": lambda: (f"{wanted} values", "more values"),
        "minProperties": lambda: (f"at least {wanted} key", "no key"),
    }
    return wordings[str(error.validator)]()


def _names(config: dict[str, Any], stem: str) -> Iterator[Finding]:
    if config["study"] != stem:
        remedy = "Rename the file or the study: both bear the same name."
        yield "study", f'"{stem}", as the file is called', "another name", remedy
    if "simulate" in config and config["data_origin"] != "synthetic":
        remedy = "Remove `simulate`, or set data_origin to synthetic."
        yield "simulate", "no such key in a study of real data", "the key", remedy


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


def _contrasts(config: dict[str, Any]) -> Iterator[Finding]:
    arms = config["arms"]
    for name, contrast in config["contrasts"].items():
        named = [(side, contrast[side]) for side in ("comparison", "reference")]
        for key, arm in [*named, *((f"clusters.{arm}", arm) for arm in contrast["clusters"])]:
            if arm not in arms:
                remedy = f"{nearest(arm, arms)}Declare the arm under `arms`."
                yield f"contrasts.{name}.{key}", "a declared arm", "an undeclared arm", remedy
        if contrast["comparison"] == contrast["reference"]:
            remedy = "Name two different arms."
            yield f"contrasts.{name}", "two arms", "one arm twice", remedy


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
