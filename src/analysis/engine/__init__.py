"""Partially nested mixed models: exact, from sufficient statistics where the design is nested."""

from analysis.engine.batch import ManyFits, fit_many
from analysis.engine.clustering import may_be_negative
from analysis.engine.contrast import Contrast
from analysis.engine.diagnose import diagnose
from analysis.engine.fit import fit_mixed, fit_moments
from analysis.engine.gather import gather
from analysis.engine.marginal import MarginalResult
from analysis.engine.moments import Moments
from analysis.engine.pooled import collapse
from analysis.engine.predicted import leave_one_group_out, predict_effects
from analysis.engine.problem import build_problem
from analysis.engine.profile import profile_interval, variance_test
from analysis.engine.resample import Bootstrap, cluster_bootstrap, parametric_bootstrap
from analysis.engine.result import MixedResult
from analysis.engine.robust import robust_mixed

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
