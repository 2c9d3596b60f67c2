"""What stands beside a mediated part: its paths, the reverse direction, unmeasured confounding."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.program.crossed import Crossed, Floats
from analysis.records.effect import Diagnostic

Names = Mapping[str, list[str]]


def paths(crossed: Crossed, total: Floats, draws: Floats, early: str, names: Names) -> Diagnostic:
    """Return both paths of a mediator: the arms' difference in it, and later symptoms on it.

    Parameters
    ----------
    crossed : Crossed
    total, draws : array, shape (1, q, q) and (r, q, q)
        Cross-products of the sample, and of the bootstrap.
    early : str
        Column of the mediator, toward better.
    names : mapping
        ``early``: every mediator; ``given``: what both paths are adjusted for.
    """
    later = [*names["early"], "arm", "symptom_early", *names["given"]]
    at = names["early"].index(early)
    b = float(crossed.slopes(total, "symptom_end", later)[0, at])
    low, high = np.quantile(crossed.slopes(draws, "symptom_end", later)[:, at], [0.025, 0.975])
    a = float(crossed.slopes(total, early, ["arm", *names["given"]])[0, 0])
    return Diagnostic(
        f"path_{early}",
        b,
        "info",
        f"Early gain in {_plain(early)}: group less individual {a:.2f} points; a point more of "
        f"it went with {b:.3f} points more of later symptom gain [{low:.3f}, {high:.3f}].",
    )


def reverse(crossed: Crossed, total: Floats, early: str, names: Names) -> Diagnostic:
    """Return partial correlations forward (benefit to symptoms) and back (symptoms to benefit).

    Arguments as in `paths`; the diagnostic's value is the one back.
    """
    given = ["arm", *names["given"]]
    end = early.replace("_early", "_end")
    forward = crossed.partial(total[0], early, "symptom_end", [*given, "symptom_early"])
    back = crossed.partial(total[0], "symptom_early", end, [*given, early])
    return Diagnostic(
        f"reverse_{early}",
        back,
        "info",
        f"Partial correlations over time: early {_plain(early)} with later symptoms {forward:.2f}; "
        f"the reverse, early symptoms with later {_plain(early)}, {back:.2f}.",
    )


def sensitivity(crossed: Crossed, total: Floats, early: str, names: Names) -> Diagnostic:
    """Return the correlation of errors at which the product is zero; arguments as in `paths`.

    In linear models it is the correlation of the residuals of mediator and outcome with the
    mediator left out (Imai, Keele and Yamamoto 2010, doi 10.1214/10-STS321, theorem 4).
    """
    others = [one for one in names["early"] if one != early]
    given = ["arm", "symptom_early", *names["given"], *others]
    rho = crossed.partial(total[0], early, "symptom_end", given)
    return Diagnostic(
        f"sensitivity_{early}",
        rho,
        "info",
        f"Something unmeasured that correlates the errors of {_plain(early)} and later symptoms "
        f"by {rho:.2f} would account for the whole path.",
    )


def assumptions() -> Diagnostic:
    """Return what must hold for the product to be a part of the format's own difference."""
    return Diagnostic(
        "mediation_assumptions",
        None,
        "info",
        "The product is a part of the format's own difference only if nothing unmeasured moves "
        "format and benefit, format and symptoms, or benefit and symptoms, and if the benefit is "
        "measured without error; error makes the path smaller.",
    )


def _plain(early: str) -> str:
    return early.removesuffix("_early").replace("_", " ")
