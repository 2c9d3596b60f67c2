"""What a sentence about a finding may name, and on which side of zero the finding lies."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.present.labels import within


@dataclass(frozen=True)
class Facts:
    """What a sentence may name; texts only, formatted beforehand.

    Attributes
    ----------
    comparison, reference : str
        Labels of the arms.
    outcome : str
        Such as ``depression (PHQ-9) at day 42``.
    estimate, margin, threshold : str
        Such as ``0.35 PHQ-9 points, 95% interval [−0.20, 0.90]``, ``1.32 PHQ-9 points``, ``80%``.
    untreated : str
        Published change of untreated people, such as ``2.78 PHQ-9 points, standard error 0.66``.
    counted : str
        What a share is a share of, such as ``group sessions``.
    synthetic : bool
        Whether a simulator made the data.
    reason : str
        Why a claim is not testable, or how its analysis failed.
    code : str
        Reason code of the decision table's row that fired.
    published : bool
        Whether the sentence speaks of published data and not of the study.
    """

    comparison: str = "the comparison arm"
    reference: str = "the reference arm"
    outcome: str = "the outcome"
    estimate: str = ""
    margin: str = ""
    threshold: str = ""
    untreated: str = ""
    counted: str = "observations"
    synthetic: bool = False
    reason: str = ""
    code: str = ""
    published: bool = False

    @property
    def group(self) -> str:
        """The comparison arm's label inside a sentence."""
        return within(self.comparison)

    @property
    def other(self) -> str:
        """The reference arm's label inside a sentence."""
        return within(self.reference)


def direction(estimate: float | None, ci95: tuple[float, float] | None) -> str:
    """Say on which side of zero the 95% interval lies; positive is the comparison arm's."""
    if estimate is None or ci95 is None or ci95[0] <= 0 <= ci95[1]:
        return "unclear"
    return "comparison_better" if ci95[0] > 0 else "reference_better"
