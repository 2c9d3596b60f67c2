"""The map's column `detail` for readers of a whole file: their words, and codes of the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from analysis.study.problems import Problem, StudyError, nearest


def sorted_out(
    detail: Mapping[str, str], words: Mapping[str, str], meanings: Collection[str], shown: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Tell the words of a reader from codes of the file.

    Parameters
    ----------
    detail : mapping
        Left side to right side of ``a=b``; the right side may be empty.
    words : mapping
        The reader's words, each with what it means; one that ends in a space is the beginning of
        a longer left side, such as ``minutes SHEET``.
    meanings : collection of str
        What a code may mean.
    shown : str
        The file, for messages.

    Returns
    -------
    dict, dict
        Words, and codes with their meanings.

    Raises
    ------
    StudyError
        If a left side is no word and its right side no meaning; each is listed.
    """
    starts = tuple(one for one in words if one.endswith(" "))
    known = {one: right for one, right in detail.items() if one in words or one.startswith(starts)}
    codes = {one: right for one, right in detail.items() if one not in known}
    problems = [
        Problem(
            shown,
            f"detail {one}",
            (),
            f"one of {', '.join(map(str.strip, words))}, or CODE={' or '.join(meanings)}",
            "another word",
            f"{nearest(one, words)}Correct or delete it.",
        )
        for one, right in codes.items()
        if right not in meanings
    ]
    if problems:
        raise StudyError(problems)
    return known, codes


def listed(text: str) -> list[str]:
    """Return the parts of a right side between commas."""
    return [one.strip() for one in text.split(",") if one.strip()]
