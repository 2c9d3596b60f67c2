"""Partially nested mixed models: exact, from sufficient statistics where the design is nested."""

from analysis.effects.mixed.batch import ManyFits, fit_many
from analysis.effects.mixed.clustering import may_be_negative
from analysis.effects.mixed.contrast import Contrast
from analysis.effects.mixed.diagnose import diagnose
from analysis.effects.mixed.fit import fit_mixed, fit_moments
from analysis.effects.mixed.gather import gather
from analysis.effects.mixed.marginal import MarginalResult
from analysis.effects.mixed.moments import Moments
from analysis.effects.mixed.pooled import collapse
from analysis.effects.mixed.predicted import leave_one_group_out, predict_effects
from analysis.effects.mixed.problem import build_problem
from analysis.effects.mixed.profile import profile_interval, variance_test
from analysis.effects.mixed.resample import Bootstrap, cluster_bootstrap, parametric_bootstrap
from analysis.effects.mixed.result import MixedResult
from analysis.effects.mixed.robust import robust_mixed

__all__ = [
    "Bootstrap",
    "Contrast",
    "ManyFits",
    "MarginalResult",
    "MixedResult",
    "Moments",
    "build_problem",
    "cluster_bootstrap",
    "collapse",
    "diagnose",
    "fit_many",
    "fit_mixed",
    "fit_moments",
    "gather",
    "leave_one_group_out",
    "may_be_negative",
    "parametric_bootstrap",
    "predict_effects",
    "profile_interval",
    "robust_mixed",
    "variance_test",
]
