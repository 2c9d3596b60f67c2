"""Named failures of imputation and of what is assumed about the unseen."""

from analysis.records.errors import EstimationError, InsufficientDataError


class ImputationError(InsufficientDataError):
    """A variable cannot be imputed in an arm: too little of it was observed there."""


class ReferenceBasedError(EstimationError):
    """Reference-based imputation was asked for a claim that it would manufacture."""
