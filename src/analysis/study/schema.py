"""JSON schemas written as YAML: a document held against one, its faults in words for people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.study.documents import read_yaml
from analysis.study.problems import Problem, nearest

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

TYPES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def schema_problems(document: Any, schema: Path, *, file: str, example: str) -> list[Problem]:
    """Hold a document against a schema.

    Parameters
    ----------
    document : object
        As `read_yaml` returns it.
    schema : Path
        A JSON schema (draft 2020-12) written as YAML. Its numbers are finite and never true or
        false, and its whole numbers are written without a point.
    file : str
        Name of the document, for the messages.
    example : str
        A file to compare with, for places whose schema has no description.

    Returns
    -------
    list of Problem
        `column` holds the dotted key; positions in lists count from 1.
    """
    keys = list(_keys_that_are_no_text(document, ""))
    if keys:
        remedy = "Put the key between quotes."
        return [Problem(file, one, (), "text as a key", "another type", remedy) for one in keys]
    errors = validator(schema).iter_errors(document)
    ordered = sorted(errors, key=lambda one: list(map(str, one.absolute_path)))
    return list(
        dict.fromkeys(
            problem for one in ordered for problem in _problems(_innermost(one), file, example)
        )
    )


@cache
def validator(schema: Path) -> Draft202012Validator:
    """Return the validator of a JSON schema written as YAML."""
    # jsonschema builds grammars for formats that are not used here: a second at every start.
    # Hidden while it is imported, the module that does so is skipped.
    hidden = "rfc3987_syntax"
    sys.modules.setdefault(hidden, None)  # type: ignore[arg-type]
    try:
        from jsonschema import Draft202012Validator
        from jsonschema.validators import extend
    finally:
        if sys.modules[hidden] is None:
            del sys.modules[hidden]
    types = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": lambda _, value: _is_whole(value), "number": lambda _, value: _is_number(value)}
    )
    return extend(Draft202012Validator, type_checker=types)(read_yaml(schema))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and isfinite(value))


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


def _innermost(error: ValidationError) -> ValidationError:
    """Return the error of the alternative that the value comes nearest to, where there are some."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    return error


def _problems(error: ValidationError, file: str, example: str) -> Iterator[Problem]:
    steps = [str(one + 1) if isinstance(one, int) else str(one) for one in error.absolute_path]
    if "propertyNames" in error.absolute_schema_path:
        steps.append(str(error.instance))
    schema = error.schema if isinstance(error.schema, dict) else {}

    def problem(key: Iterable[str], expected: str, found: str, remedy: str) -> Problem:
        return Problem(file, ".".join(key), (), expected, found, remedy)

    if error.validator == "additionalProperties":
        known = list(schema.get("properties", {}))
        for key in [one for one in error.instance if one not in known]:
            remedy = f"{nearest(key, known)}Known keys here: {', '.join(known)}."
            yield problem([*steps, key], "a known key", "an unknown key", remedy)
    elif error.validator == "required":
        for key in [one for one in schema["required"] if one not in error.instance]:
            described = schema.get("properties", {}).get(key, {}).get("description", "")
            remedy = f"Add the key. {described}".strip()
            yield problem([*steps, key], "a value", "no such key", remedy)
    else:
        expected, found = _in_words(error)
        yield problem(steps, expected, found, schema.get("description") or f"See {example}.")


def _in_words(error: ValidationError) -> tuple[str, str]:
    wanted: Any = error.validator_value
    wordings: dict[str, Callable[[], tuple[str, str]]] = {
        "type": lambda: (_types(wanted), "another type of value"),
        "enum": lambda: (" or ".join(map(str, wanted)), "another word"),
        "const": lambda: (str(wanted), "another value"),
        "pattern": lambda: (error.schema.get("title", f"text like {wanted}"), "other characters"),
        "minLength": lambda: ("text", "no text"),
        "maxLength": lambda: (f"at most {wanted} characters", "more"),
        "minimum": lambda: (f"at least {wanted}", "a smaller number"),
        "exclusiveMinimum": lambda: (f"more than {wanted}", "a smaller number"),
        "maximum": lambda: (f"at most {wanted}", "a larger number"),
        "exclusiveMaximum": lambda: (f"less than {wanted}", "a larger number"),
        "minItems": lambda: (f"{wanted} values", "fewer values"),
        "maxItems": lambda: (f"{wanted} values", "more values"),
        "uniqueItems": lambda: ("each value once", "a value twice"),
        "minProperties": lambda: (f"at least {wanted} key", "no key"),
        "maxProperties": lambda: (f"at most {wanted} keys", "more keys"),
        "dependentRequired": lambda: ("keys that go together", "one without the other"),
    }
    word = wordings.get(str(error.validator))
    return word() if word else ("what the schema describes", "something else")


def _types(wanted: str | list[str]) -> str:
    return " or ".join(TYPES[one] for one in ([wanted] if isinstance(wanted, str) else wanted))
