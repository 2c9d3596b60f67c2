"""Small-sample inference for fixed effects: Satterthwaite and Kenward-Roger.

Both need the derivative of C = cov(beta) in the covariance parameters, dC/dtheta_r = C A_r C with
A_r = X'V⁻¹V_rV⁻¹X, and the covariance W of theta. For one contrast l with variance v = l'Cl and
gradient g, df = 2 v² / g'Wg (Fai & Cornelius 1996, 10.1080/00949659608811740). Satterthwaite takes
W from the observed information (as lmerTest does), Kenward-Roger from the expected (as pbkrtest
does), and adds the small-sample adjustment of C (Kenward & Roger 1997, 10.2307/2533558). For one
contrast Kenward-Roger's scale factor is exactly one and its df has the same form.

On the boundary (a variance at zero, a correlation at one) the observed information says nothing
about the parameters that stand there, and leaving them out would hand a between-group contrast
the df of participants. The declared rule: on the boundary W is the inverse of the expected
information in *all* natural parameters, those at zero included. Clustering is never dropped: the
df of a contrast between arms still follow the number of groups. Simulated for M1 with variances by
arm (2,000 trials a cell; groups 4 to 32, sizes 4 to 30, ICC 0 to 0.15, variance ratio 0.25 to 4)
the two-sided error of a 5% test of the arm was 3.7% to 5.6% with 16 groups or more, 2.7% to 6.4%
with 8 and 0.8% to 5.7% with 4.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.engine.covariance import CovarianceFit
from analysis.records.errors import ModelInputError, check_type

Floats = NDArray[np.floating]
DfMethod = Literal["satterthwaite", "kenward-roger", "residual"]


def theta_cov(fit: CovarianceFit, *, expected: bool) -> Floats:
    """Covariance of the natural covariance parameters, twice the inverse second derivative.

    Parameters
    ----------
    fit : CovarianceFit
        The fit.
    expected : bool
        From the expected information; always so on the boundary.
    """
    information = fit.expected if expected or fit.boundary else fit.hessian
    size = np.sqrt(np.abs(np.diag(information)))
    size = np.where(size > 0, size, 1.0)
    inverse = np.linalg.pinv(information / np.outer(size, size), rcond=1e-12, hermitian=True)
    return np.asarray(2.0 * inverse / np.outer(size, size), dtype=float)


def contrast_df(fit: CovarianceFit, rows: Floats, method: DfMethod) -> Floats:
    """Degrees of freedom of each row of a contrast matrix.

    Parameters
    ----------
    fit : CovarianceFit
        The fit.
    rows : (k, p) array
        Contrasts of the fixed effects.
    method : {"satterthwaite", "kenward-roger", "residual"}
        `residual` is n - p and ignores clustering: for comparison only.

    Returns
    -------
    (k,) array
    """
    check_type("the method for degrees of freedom", method, str, "text")
    residual = float(fit.derivatives.n - len(fit.beta))
    if method == "residual":
        return np.full(len(rows), residual)
    if method not in ("satterthwaite", "kenward-roger"):
        raise ModelInputError("degrees of freedom are satterthwaite, kenward-roger or residual")
    half = rows @ fit.cov
    variance = np.einsum("ki,ki->k", half, rows)
    slope = np.einsum("ki,rij,kj->kr", half, fit.derivatives.cross_1[:, :-1, :-1], half)
    noise = np.einsum(
        "kr,rs,ks->k", slope, theta_cov(fit, expected=method == "kenward-roger"), slope
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(noise > 0, 2 * variance**2 / noise, residual)


def kenward_roger_cov(fit: CovarianceFit) -> Floats:
    """Adjust the covariance of the fixed effects: C + 2 C U C, (p, p).

    U = sum_rs W_rs (Q_rs - P_r C P_s), with Q_rs = X'V⁻¹V_rV⁻¹V_sV⁻¹X and P_r = -A_r. V is linear
    in theta, so that the term in second derivatives of V vanishes.
    """
    one = fit.derivatives.cross_1[:, :-1, :-1]
    two = fit.derivatives.cross_2[:, :, :-1, :-1]
    weight = theta_cov(fit, expected=True)
    bent = np.einsum("rs,rij,jk,skl->il", weight, one, fit.cov, one, optimize=True)
    spread = np.einsum("rs,rsij->ij", weight, two) - bent
    adjusted = fit.cov + 2 * fit.cov @ spread @ fit.cov
    return np.asarray((adjusted + adjusted.T) / 2, dtype=float)


def t_interval(estimate: Floats, se: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    """Compute the ends of the t interval."""
    half = stats.t.ppf((1 + level) / 2, df) * se
    return estimate - half, estimate + half
