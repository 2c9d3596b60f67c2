"""Is group better than a comparator: the deciding contrast of a benefit, restated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.program.inputs import Program, contrast_of_formats
from analysis.program.regress import TooFewError
from analysis.records.effect import Effect


def restate(
    program: Program, construct: str, day: int, compares: Sequence[str], blank: Effect
) -> Effect:
    """Take the deciding contrast of a construct, standardised by a published standard deviation.

    Parameters
    ----------
    program : Program
    construct : str
    day : int
    compares : sequence of str
        The format whose advantage is positive, then the formats that it may be compared with, the
        first that the study has.
    blank : Effect

    Returns
    -------
    Effect
        In points, positive = group better; `standardiser` as `Program.standardiser` gives it for
        the intake scores of both arms together. Withheld where the contrast is.

    Raises
    ------
    TooFewError
        If the study has no such contrast.
    """
    contrast = contrast_of_formats(program.config, compares)
    if contrast is None:
        others = " or ".join(compares[1:])
        raise TooFewError(f"no contrast of the study compares {compares[0]} with {others}")
    wanted = f"{contrast.id}.{construct}.day{day}.{program.limits.decides(contrast.assignment)}"
    found = next((one for one in program.comparisons if one.id == wanted), None)
    if found is None:
        raise TooFewError(f"no comparison of {construct} on day {day} was made")
    rows = program.outcome(construct, day)
    arms = rows[rows["arm"].isin([contrast.comparison, contrast.reference])]
    sd, note = program.standardiser(construct, arms["baseline"])
    made = replace(
        found,
        id=blank.id,
        contrast="",
        construct=construct,
        standardiser=sd,
        diagnostics=(*found.diagnostics, note),
    )
    return made if made.value is None else replace(made, standardised=made.value / sd)
