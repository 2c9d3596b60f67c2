"""The one reader of YAML: version 1.2, its core types only, with every problem in one list.

The parser is ruamel.yaml's own (in Python), taken as a stream of events. Values are made here
rather than by its constructors, so that nothing but text, numbers, true, false, null, lists and
keys can come of a file, and so that what is refused is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from analysis.study.limits import YAML_BYTES, YAML_DEPTH, YAML_DIGITS, YAML_VALUES
from analysis.study.problems import Problem, StudyError

# YAML 1.2.2, section 10.3.2 (core schema): 042 is forty-two; yes, no, on, off and dates are text
NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
TRUE = re.compile(r"(?:true|True|TRUE)\Z")
FALSE = re.compile(r"(?:false|False|FALSE)\Z")
WHOLE = re.compile(r"[-+]?[0-9]+\Z")
OCTAL = re.compile(r"0o[0-7]+\Z")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
# control characters, half characters, and marks that turn the direction of reading round
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")

SYNTAX = "Mend the line, its indentation or its quotes."


def read_yaml(path: Path | str, *, absent: str = "Put the file there.") -> Any:
    """Read one YAML file as data; nothing in it is executed.

    Parameters
    ----------
    path : path
        A text file in UTF-8 that holds one document.
    absent : str, optional
        What to do where there is no such file, for the message.

    Returns
    -------
    object
        Made of dict, list, str, int, float, bool and None; no part is shared with another.

    Raises
    ------
    StudyError
        With every problem of the file, each with its line: no regular file, larger than the limits
        of `limits`, not UTF-8, not YAML, a key twice (also as 1 and 1.0), a key that is a list
        or holds keys, a tag, a merge key, a directive, a second document, an unknown alias.
    """
    return parse_yaml(_text(Path(path), absent), str(path))


def parse_yaml(text: str, file: str) -> Any:
    """Read YAML text as `read_yaml` does; `file` is its name in messages."""
    document = _Document(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if not document.take(event):
                break
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document.refuse(mark.line if mark else None, "YAML", "text that is not YAML", SYNTAX)
    except ReaderError as error:
        line = text.count("\n", 0, error.position)
        document.refuse(line, "YAML in UTF-8", "a control character", "Delete the character.")
    if document.problems:
        raise StudyError(document.problems)
    return document.root


def _text(path: Path, absent: str) -> str:
    def stop(expected: str, found: str, remedy: str) -> StudyError:
        return StudyError([Problem(str(path), "", (), expected, found, remedy)])

    if not path.exists():
        raise stop("a YAML file", "no such file", absent)
    if not path.is_file():
        raise stop("a YAML file", "a folder or a device", "Name a file.")
    try:
        with path.open("rb") as file:
            content = file.read(YAML_BYTES + 1)
    except OSError:
        raise stop("a file that can be read", "a refusal", "Look at its permissions.") from None
    if len(content) > YAML_BYTES:
        raise stop(f"at most {YAML_BYTES:,} bytes", "a larger file", "Name the right file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise stop("YAML in UTF-8", "something else", "Save the file as UTF-8 text.") from None


@dataclass
class _Open:
    """A list or a set of keys that has begun and not ended."""

    value: Any
    anchor: str | None
    before: int
    key: Any = None
    waits: bool = False  # a key was read and its value was not
    lost: bool = False  # that key is refused: its value goes nowhere

    def step(self) -> str | None:
        """Return the key, or the position in a list, at which it stands."""
        if isinstance(self.value, list):
            return str(len(self.value)) if self.value else None
        return None if self.key is None else str(self.key)


@dataclass
class _Document:
    """What came of the events so far."""

    file: str
    root: Any = None
    problems: list[Problem] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    values: int = 0
    documents: int = 0

    def refuse(self, line: int | None, expected: str, found: str, remedy: str) -> None:
        """Note a problem; `line` counts from 0."""
        steps = [one.step() for one in self.open]
        keys = [one for one in steps if one is not None]
        rows = () if line is None else (line + 1,)
        self.problems.append(Problem(self.file, ".".join(keys), rows, expected, found, remedy))

    def take(self, event: Event) -> bool:
        """Take the next event; return whether to go on."""
        if isinstance(event, DocumentStartEvent):
            return self._begin(event)
        if isinstance(event, CollectionEndEvent):
            ended = self.open.pop()
            if ended.anchor:
                self.anchors[ended.anchor] = (ended.value, self.values - ended.before)
            return True
        if not isinstance(event, NodeEvent):
            return True
        self.values += 1
        line = event.start_mark.line
        if self.values > YAML_VALUES or len(self.open) > YAML_DEPTH:
            limit = f"at most {YAML_VALUES:,} values, {YAML_DEPTH} levels deep"
            self.refuse(line, limit, "more", "Name the right file.")
            return False
        self._node(event, line)
        return True

    def _begin(self, event: DocumentStartEvent) -> bool:
        self.documents += 1
        line = event.start_mark.line
        if self.documents > 1:
            self.refuse(line, "one document", "a second one", "Delete the line `---`.")
        if event.version or event.tags:
            self.refuse(line, "no directive", "a line with %", "Delete the line.")
        return not self.problems

    def _node(self, event: NodeEvent, line: int) -> None:
        if isinstance(event, AliasEvent):
            self._alias(event, line)
            return
        if getattr(event, "tag", None):
            self.refuse(line, "plain values", "a tag (!)", "Delete the tag or quote the text.")
        if isinstance(event, ScalarEvent):
            value = self._scalar(event, line)
            if event.anchor:
                self.anchors[event.anchor] = (value, 0)
            self._put(value, line)
            return
        value = {} if isinstance(event, MappingStartEvent) else []
        self._put(value, line)
        self.open.append(_Open(value, event.anchor, self.values))

    def _alias(self, event: AliasEvent, line: int) -> None:
        if event.anchor not in self.anchors:
            remedy = "Write the value out."
            self.refuse(line, "the name of a part above (&)", "an unknown alias (*)", remedy)
            self._put(None, line)
            return
        value, size = self.anchors[event.anchor]
        self.values += size
        self._put(deepcopy(value) if self.values <= YAML_VALUES else None, line)

    def _put(self, value: Any, line: int) -> None:
        """Put a value where the document stands: the root, a list's end, a key or its value."""
        if not self.open:
            self.root = value
            return
        here = self.open[-1]
        if isinstance(here.value, list):
            here.value.append(value)
        elif here.waits:
            here.waits = False
            if not here.lost:
                here.value[here.key] = value
        else:
            self._key(here, value, line)

    def _key(self, here: _Open, key: Any, line: int) -> None:
        good = isinstance(key, str | int | float | bool) or key is None
        here.key, here.waits = (key if good else "?"), True
        here.lost = not good or key in here.value
        if not good:
            remedy = "Use one word as a key, and quote text that begins with { or [."
            self.refuse(line, "YAML", "text that is not YAML", remedy)
        elif here.lost:
            self.refuse(line, "each key once", "a key twice", "Keep one of the two.")

    def _scalar(self, event: ScalarEvent, line: int) -> Any:
        if HIDDEN.search(event.value):
            remedy = "Delete the character, or its escape."
            self.refuse(line, "text that can be seen", "a hidden character", remedy)
            return None
        if not event.implicit[0]:  # quoted or a block: always text
            return event.value
        if event.value == "<<":
            remedy = "YAML 1.2 has no merge keys: write the keys out, or put the text in quotes."
            self.refuse(line, "a key", "a merge key (<<)", remedy)
        if len(event.value) > YAML_DIGITS and DECIMAL.match(event.value):
            remedy = "Shorten the number, or put it between quotes if it is text."
            self.refuse(line, f"at most {YAML_DIGITS} digits", "a longer number", remedy)
            return None
        return _typed(event.value)


def _typed(word: str) -> Any:
    """Return what a plain word means in YAML 1.2."""
    return next((make(word) for pattern, make in MAKERS if pattern.match(word)), word)


def _endless(word: str) -> float:
    return float(word.replace(".", "").lower())


MAKERS: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (NULL, lambda _: None),
    (TRUE, lambda _: True),
    (FALSE, lambda _: False),
    (WHOLE, int),
    (OCTAL, lambda word: int(word, 8)),
    (HEXADECIMAL, lambda word: int(word, 16)),
    (DECIMAL, float),
    (ENDLESS, _endless),
)
