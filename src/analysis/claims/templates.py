"""What claims and parts of ``config/claims.yaml`` have in common, written out.

Three keys do it, and none of them is left in the plan that is resolved and hashed. ``templates``
holds claims and parts that others are ``like``: those take over its keys and put their own in
place of them. A part says what it is ``of``: the word stands wherever its name, its template or its
own texts hold ``{of}``, and its words in the block ``words`` where they hold ``{words}``. A part
``of`` a list is written out once for each of its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.study.documents import read_yaml
from analysis.study.problems import Problem, StudyError, nearest

Finding = tuple[str, str, str, str]  # key, expected, found, remedy
PLACE = re.compile(r"\{(\w*)\}")
KINDS = ("claims", "parts")


def read_claims(path: Path) -> Any:
    """Read ``config/claims.yaml`` and write its templates out.

    Returns
    -------
    object
        The plan before a study's overrides. Where its shape is wrong it is as it was read:
        `plan_checks.check_plan` says so.

    Raises
    ------
    StudyError
        If the file is no YAML, or names a template or a place that is not there.
    """
    document, found = write_out(read_yaml(path))
    if found:
        raise StudyError(Problem(str(path), key, (), *rest) for key, *rest in found)
    return document


def write_out(document: Any) -> tuple[Any, list[Finding]]:
    """Return a plan with its templates written out, and what stood in the way."""
    if not isinstance(document, Mapping):
        return document, []
    found = list(_shape(document))
    if found or not isinstance(document.get("claims"), Mapping):
        return document, found
    templates = {kind: document.get("templates", {}).get(kind, {}) for kind in KINDS}
    words = document.get("words", {})
    claims = {}
    for key, entry in document["claims"].items():
        claim = _alike(f"claims.{key}", entry, templates["claims"], found)
        if isinstance(claim, Mapping) and isinstance(claim.get("parts"), Mapping):
            parts = [
                made
                for name, part in claim["parts"].items()
                for made in _parts(f"claims.{key}.parts", name, part, templates, words, found)
            ]
            found += _twice(f"claims.{key}.parts", [name for name, _ in parts])
            claim = {**claim, "parts": dict(parts)}
        claims[key] = claim
    rest = {key: one for key, one in document.items() if key not in ("templates", "words")}
    return {**rest, "claims": claims}, found


def _shape(document: Mapping[str, Any]) -> Iterator[Finding]:
    templates, words = document.get("templates", {}), document.get("words", {})
    remedy = "Compare with the file of the repository."
    if not isinstance(templates, Mapping) or not set(templates) <= set(KINDS):
        yield "templates", "the keys claims and parts", "others", remedy
        return
    for kind, block in templates.items():
        if not isinstance(block, Mapping):
            yield f"templates.{kind}", "keys with values", "another type of value", remedy
            continue
        for name in [one for one, entry in block.items() if not isinstance(entry, Mapping)]:
            yield f"templates.{kind}.{name}", "keys with values", "another type of value", remedy
    if not isinstance(words, Mapping) or not all(isinstance(one, str) for one in words.values()):
        yield "words", "a text for each word", "another type of value", remedy


def _alike(key: str, entry: Any, templates: Mapping[str, Any], found: list[Finding]) -> Any:
    """Return an entry with the keys of its template, its own first."""
    if not isinstance(entry, Mapping) or "like" not in entry:
        return entry
    name = entry["like"]
    if not isinstance(name, str) or name not in templates:
        remedy = f"{nearest(str(name), templates)}There are: {', '.join(map(str, templates))}."
        found.append((f"{key}.like", "a template", "an unknown one", remedy))
        return {}
    return {**templates[name], **{one: value for one, value in entry.items() if one != "like"}}


def _parts(
    key: str,
    name: Any,
    entry: Any,
    templates: Mapping[str, Any],
    words: Mapping[str, str],
    found: list[Finding],
) -> Iterator[tuple[Any, Any]]:
    """Yield the parts that one entry stands for, each with its name."""
    part = _alike(f"{key}.{name}", entry, templates["parts"], found)
    if not isinstance(part, Mapping) or not isinstance(name, str):
        yield name, part
        return
    several = isinstance(part.get("of"), list)
    if several and not part["of"]:
        found.append((f"{key}.{name}.of", "a word or more", "an empty list", "Name a word."))
    own = {one: value for one, value in part.items() if one != "of"}
    for of in part["of"] if several else [part.get("of")]:
        if of is not None and not isinstance(of, str):
            remedy = "Name one word, or a list of words."
            found.append((f"{key}.{name}.of", "a word", "another type of value", remedy))
            return
        known = {} if of is None else {"of": of, "words": words.get(of, of.replace("_", " "))}
        where = f"{key}.{name}"
        yield _filled(name, known, where, found), _filled(own, known, where, found)


def _filled(value: Any, known: Mapping[str, str], key: str, found: list[Finding]) -> Any:
    """Return a value with the places of its texts filled."""
    if isinstance(value, Mapping):
        return {one: _filled(each, known, key, found) for one, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, known, key, found) for each in value]
    if not isinstance(value, str):
        return value
    for place in [one for one in PLACE.findall(value) if one not in known]:
        remedy = "Say in the part what it is `of`; only {of} and {words} are filled."
        found.append((key, "a text whose places can be filled", f"{{{place}}}", remedy))
    return PLACE.sub(lambda match: known.get(match[1], match[0]), value)


def _twice(key: str, names: list[Any]) -> Iterator[Finding]:
    for name in sorted({str(one) for one in names if names.count(one) > 1}):
        yield f"{key}.{name}", "each part once", "two of the name", "Put {of} into the name."
