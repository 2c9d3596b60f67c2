"""What nobody saw: imputation that respects the design, and how wrong it must be to matter."""

from analysis.effects.missing.cache import impute_cases
from analysis.effects.missing.cases import Case, Material, missing_cases
from analysis.effects.missing.chained import Imputations, impute
from analysis.effects.missing.cluster_size import compare_cluster_size
from analysis.effects.missing.compare import (
    Plan,
    compare_imputed,
    impute_contrast,
)
from analysis.effects.missing.delta import compare_shifted, compare_under_null
from analysis.effects.missing.errors import ImputationError, ReferenceBasedError
from analysis.effects.missing.examine import examine_missing
from analysis.effects.missing.pool import Pooled, imputations_needed, pool
from analysis.effects.missing.reference import compare_reference_based
from analysis.effects.missing.remaining import (
    MissingLimits,
    Remaining,
    compare_remaining,
    remaining_weights,
)
from analysis.effects.missing.tipping import Tipping, plausible_region, tipping_surface
from analysis.effects.missing.visits import Visits, symptom_driven_visits

__all__ = [
    "Case",
    "ImputationError",
    "Imputations",
    "Material",
    "MissingLimits",
    "Plan",
    "Pooled",
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
