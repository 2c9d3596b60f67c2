"""A study's config file: read, and checked with messages for people. Cheap to import, no pandas."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Hashable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from analysis.study.declared import contradictions
from analysis.study.problems import Problem, StudyError, nearest

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
    errors = sorted(
        validator(SCHEMA_FILE).iter_errors(config), key=lambda one: list(map(str, one.path))
    )
    if errors:
        return [problem for one in errors for problem in _schema_problems(one, file)]
    found = contradictions(config, Path(file).stem, known_instruments)
    return [_problem(file, *one) for one in found]


def _problem(file: Path | str, key: str, expected: str, found: str, remedy: str) -> Problem:
    return Problem(str(file), key, (), expected, found, remedy)


def _other_studies(path: Path) -> str:
    names = sorted(one.stem for one in path.parent.glob("*.yaml"))
    known = f" There are: {', '.join(names)}." if names else ""
    return f"Name a study of the folder config/studies.{known}"


@cache
def validator(schema: Path) -> Draft202012Validator:
    """Return the validator of a JSON schema written as YAML."""
    # jsonschema builds grammars for formats that are not used here: a second at every start.
    # Hidden while it is imported, the module that does so is skipped.
    hidden = "rfc3987_syntax"
    sys.modules.setdefault(hidden, None)  # type: ignore[arg-type]
    try:
        from jsonschema import Draft202012Validator
    finally:
        if sys.modules[hidden] is None:
            del sys.modules[hidden]
    return Draft202012Validator(yaml.safe_load(schema.read_text(encoding="utf-8")))


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
        "exclusiveMinimum": lambda: (f"more than {wanted}", "a smaller number"),
        "maximum": lambda: (f"at most {wanted}", "a larger number"),
        "minItems": lambda: (f"{wanted} values", "fewer values"),
        "maxItems": lambda: (f"{wanted} values", "more values"),
        "minProperties": lambda: (f"at least {wanted} key", "no key"),
    }
    return wordings[str(error.validator)]()
