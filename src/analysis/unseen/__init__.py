"""What nobody saw: imputation that respects the design, and how wrong it must be to matter."""

from analysis.unseen.cache import impute_cases
from analysis.unseen.chained import Imputations, impute
from analysis.unseen.cluster_size import compare_cluster_size
from analysis.unseen.delta import compare_shifted, compare_under_null
from analysis.unseen.errors import ImputationError, ReferenceBasedError
from analysis.unseen.examine import examine_missing
from analysis.unseen.imputed import (
    Plan,
    compare_imputed,
    impute_contrast,
)
from analysis.unseen.outcomes import IncompleteOutcome, Material, missing_cases
from analysis.unseen.pool import PooledImputations, imputations_needed, pool
from analysis.unseen.reference import compare_reference_based
from analysis.unseen.remaining import (
    MissingLimits,
    Remaining,
    compare_remaining,
    remaining_weights,
)
from analysis.unseen.tipping import Tipping, plausible_region, tipping_surface
from analysis.unseen.visits import Visits, symptom_driven_visits

__all__ = [
    "ImputationError",
    "Imputations",
    "IncompleteOutcome",
    "Material",
    "MissingLimits",
    "Plan",
    "PooledImputations",
    "ReferenceBasedError",
    "Remaining",
    "Tipping",
    "Visits",
    "compare_cluster_size",
    "compare_imputed",
    "compare_reference_based",
    "compare_remaining",
    "compare_shifted",
    "compare_under_null",
    "examine_missing",
    "imputations_needed",
    "impute",
    "impute_cases",
    "impute_contrast",
    "missing_cases",
    "plausible_region",
    "pool",
    "remaining_weights",
    "symptom_driven_visits",
    "tipping_surface",
]
