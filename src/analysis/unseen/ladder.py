"""The ladder of assumptions about one outcome that not everybody was seen at, rung by rung."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from analysis.comparison.question import blank_effect, recorded
from analysis.records.effect import Diagnostic, Effect, effects_table
from analysis.unseen.chained import Imputations
from analysis.unseen.cluster_size import compare_cluster_size
from analysis.unseen.delta import compare_shifted
from analysis.unseen.imputed import effect_of
from analysis.unseen.outcomes import IncompleteOutcome
from analysis.unseen.population import ESTIMANDS
from analysis.unseen.reference import Rule, compare_reference_based
from analysis.unseen.remaining import compare_remaining

RULES: tuple[Rule, ...] = ("jump_to_reference", "copy_increments")
NOTES = ("informative_cluster_size", "auxiliaries")
NUMBERS = ("imputations", "missing_information", "monte_carlo_error")
LADDER = (
    *("case", "contrast", "construct", "instrument", "time", "primary", "answer", "id"),
    *("status", "value", "se", "df", "ci90_low", "ci90_high", "ci95_low", "ci95_high", "unit"),
    *("n_used", "n_eligible", "worse_comparison", "worse_reference"),
    *(*NUMBERS, "estimand", "note", "message"),
)
Rung = tuple[str, Effect, tuple[float, float]]


def climb(
    case: IncompleteOutcome, imputations: Imputations, made: Mapping[str, Effect], worse: float
) -> list[Rung]:
    """Estimate a case under each assumption that its question allows.

    Reference-based rules are left to contrasts that bear on no claim of the plan: they make the
    arms alike, which would manufacture a claim that the arms do equally well.

    Parameters
    ----------
    case : IncompleteOutcome
    imputations : Imputations
        Of the case, missing at random.
    made : mapping of str to Effect
        The estimates on those seen, by model: the first decides; ``repeated`` is the mixed model.
    worse : float
        How much worse the unseen did, in standard deviations of the outcome among those seen.

    Returns
    -------
    list of (str, Effect, (float, float))
        Answer, estimate, and the points by which the unseen of the comparison and of the reference
        arm are taken to have done worse than imputed. Failures are effects with their reason.
    """
    return list(_rungs(case, imputations, made, worse))


def _rungs(
    case: IncompleteOutcome, imputations: Imputations, made: Mapping[str, Effect], worse: float
) -> Iterator[Rung]:
    comparison = case.comparison
    contrast, outcome = comparison.contrast, comparison.outcome
    origin: dict[str, Any] = {"data_origin": comparison.data_origin}
    given: dict[str, Any] = {"covariates": comparison.covariates, **origin}
    none = (0.0, 0.0)
    yield "seen", next(iter(made.values())), none
    if "repeated" in made:
        yield "repeated", made["repeated"], none
    estimand = ESTIMANDS[contrast.assignment]
    blank = blank_effect(
        contrast, outcome, "imputed", comparison.data_origin, imputations.frame, estimand
    )
    imputed = recorded(blank, lambda blank: effect_of(imputations, contrast, outcome, blank))
    yield "imputed", replace(imputed, diagnostics=(*imputed.diagnostics, *_left_out(case))), none
    points = worse * float(case.frame.groupby("arm")["outcome"].std().max())
    for name, (first, second) in {
        "worse_in_comparison": (points, 0.0),
        "worse_in_reference": (0.0, points),
        "worse_in_both": (points, points),
    }.items():
        shifted = compare_shifted(
            imputations, contrast, outcome, comparison=first, reference=second, **origin
        )
        yield name, replace(shifted, id=f"{shifted.id}.{name}"), (first, second)
    if case.superiority:
        for rule in RULES:
            yield (
                rule,
                compare_reference_based(
                    imputations,
                    contrast,
                    outcome,
                    waves=[*case.waves, "outcome"],
                    rule=rule,
                    claim="superiority",
                    **origin,
                ),
                none,
            )
    history = list(case.waves)
    yield (
        "remaining_weights",
        compare_remaining(
            case.frame, contrast, outcome, limits=case.limits, history=history, **given
        ),
        none,
    )
    for one in compare_cluster_size(case.frame, contrast, outcome, **given):
        yield one.model, one, none


def _left_out(case: IncompleteOutcome) -> tuple[Diagnostic, ...]:
    if not case.left_out:
        return ()
    named = ", ".join(name.replace("_", " ") for name in case.left_out)
    text = f"Not used to impute, because the unseen lie beyond those seen: {named}."
    return (Diagnostic("auxiliaries", float(len(case.left_out)), "info", text),)


def ladder_rows(case: IncompleteOutcome, rungs: list[Rung]) -> list[dict[str, Any]]:
    """Return one row of `LADDER` an answer."""
    table = effects_table([effect for _, effect, _ in rungs]).to_dict("records")
    rows = []
    for row, (answer, effect, (first, second)) in zip(table, rungs, strict=True):
        known = {one.name: one for one in effect.diagnostics}
        row |= {name: known[name].value for name in NUMBERS if name in known}
        row["note"] = " ".join(known[name].text for name in NOTES if name in known)
        row |= {"case": case.stem, "primary": case.primary, "answer": answer}
        row |= {"worse_comparison": first, "worse_reference": second}
        rows.append({name: row.get(name) for name in LADDER})
    return rows
