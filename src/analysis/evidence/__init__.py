"""Published evidence beside the study: pooled effects from committed and shared tables."""

from analysis.evidence.covariance import build_v
from analysis.evidence.pooling import pool
from analysis.evidence.result import Pooled

__all__ = ["Pooled", "build_v", "pool"]
