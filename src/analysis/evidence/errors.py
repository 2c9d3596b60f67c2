"""Named failures of pooling; messages name the argument and the position, never a value."""

from __future__ import annotations

from analysis.records.errors import EstimationError, ModelInputError


class PoolInputError(ModelInputError):
    """The estimates, their variances, their labels or an option cannot be pooled as given."""


class CovarianceError(PoolInputError):
    """The sampling covariance matrix does not fit: shape, symmetry, diagonal or definiteness."""


class SourceError(EstimationError):
    """A committed or shared evidence table lacks something that the analysis needs."""
