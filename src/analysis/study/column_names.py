"""Whether a column's name says that it identifies a person, by the words of identifiers.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, permutations

from analysis.study.identifiers import kinds_of, listed, normal, words_of

_NUMBER = frozenset({"no", "nr", "num", "number", "numbers", "numb", "nbr", "identifier"})
_PART = frozenset({"first", "last", "middle", "given"})
_NAME = frozenset({"name", "names", "nm"})
NAMES_OF_PEOPLE = "a person's or a group's name"
_GLUED = ("glue", "numbered", "things", "people", "measured", "months")
LONGEST = 200  # characters of a column's name that are looked at


def kind_of(name: str) -> str | None:
    """Return the kind of identifier that a column's name says, in words; None if it says none.

    Parameters
    ----------
    name : str
        As it stands in the file: in any case, with or without separators, in any language of
        identifiers.yaml.
    """
    forms = {tuple(split(one)) for one in (name[:LONGEST], name[:LONGEST].lower())}
    return next((kind for words in sorted(forms) if (kind := _kind(words))), None)


def _kind(words: tuple[str, ...]) -> str | None:
    bare = tuple(one for one in words if not one.isdigit())
    alone = words_of("alone")
    if len(bare) == 1 and bare[0] in alone:
        return alone[bare[0]]
    if _is_named_person(frozenset(bare)):
        return NAMES_OF_PEOPLE
    if any(_NUMBER & {one} and listed("numbered") & {two} for one, two in _neighbours(bare)):
        return "a personal number"
    if {"id", "ids"} & set(bare) and listed("identified") & set(bare):
        return "a personal number"
    for written in (one for one in bare if not one.isascii()):
        for word, said in words_of("columns").items():
            if not word.isascii() and word in written:
                return said
    for phrase in _phrases(bare):
        kind = words_of("columns").get(phrase)
        if kind and not _is_measured(kind, phrase, words):
            return kind
    return None


def _is_named_person(words: frozenset[str]) -> bool:
    """Return whether words speak of a name that no thing bears, or of a person's first or last."""
    if words & _NAME:
        return not words & listed("things")
    people = listed("people")
    return bool(words & _PART and words & people and words <= _PART | people)


def split(name: str) -> Iterator[str]:
    """Yield the words of a name: small, without accents, told apart where they are glued."""
    initials = re.sub(r"(?<![A-Za-z])([A-Za-z])[._ ](?=[A-Za-z](?![A-Za-z]))", r"\1", normal(name))
    spaced = re.sub(
        r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", initials.replace("#", " no ")
    )
    for word in re.findall(r"[^\W\d_]+|\d+", spaced.lower()):
        yield from _unglued(word)


def _phrases(words: tuple[str, ...]) -> Iterator[str]:
    """Yield single words, and two or three neighbours in every order, joined by a plus."""
    yield from words
    for pair in pairwise(words):
        yield from ("+".join(one) for one in permutations(pair))
    for place in range(len(words) - 2):
        yield from ("+".join(one) for one in permutations(words[place : place + 3]))
    # date_of_death, place_of_residence, next_of_kin
    yield from (
        "+".join(one)
        for first, middle, last in zip(words, words[1:], words[2:], strict=False)
        if middle in ("of", "the")
        for one in ((first, last), (last, first))
    )


def _neighbours(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield every word with the one before it and the one behind it."""
    for one, two in pairwise(words):
        yield from ((one, two), (two, one))


def _is_measured(kind: str, phrase: str, words: tuple[str, ...]) -> bool:
    """Return whether other words of the name say that it counts or describes the identifier."""
    if kind == NAMES_OF_PEOPLE:
        return False
    measures = frozenset(kinds_of("measured_only").get(kind, "").split()) or listed("measured")
    return bool(measures & (set(words) - set(phrase.split("+"))))


@cache
def vocabulary() -> frozenset[str]:
    """Return every word that a name of a column, or a cell with a figure, may be made of."""
    parts = {part for phrase in words_of("columns") for part in phrase.split("+")}
    return frozenset(
        one for one in parts.union(*(listed(name) for name in _GLUED)) if len(one) > 1 or one == "n"
    )


@cache
def _unglued(word: str) -> tuple[str, ...]:
    """Return a word cut into words of the lists if it is made of them whole; else itself.

    The fewest pieces win, so that a listed word stays one.
    """
    known = vocabulary() - {"n"}
    if word in known or len(word) < 5:
        return (word,)
    best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 24), end):
            before, piece = best[start], word[start:end]
            if before is not None and piece in known:
                earlier = best[end]
                if earlier is None or len(before) + 1 < len(earlier):
                    best[end] = (*before, piece)
    return best[-1] or (word,)
