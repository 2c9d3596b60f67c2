import numpy as np
import pytest

from analysis.unseen import ImputationError
from analysis.unseen.categories import draw_categories
from analysis.unseen.draw import draw_regression

NONE = np.full(60, -1)


def draws(y, x, cluster, clusters, count, seed=1):
    rng = np.random.default_rng(seed)
    return [draw_regression(y, x, cluster, clusters, rng) for _ in range(count)]


def test_without_clusters_the_posterior_is_the_known_one():
    """Coefficients: mean at least squares, variance s² (X'X)⁻¹ nu / (nu - 2); s² likewise."""
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(60), rng.normal(size=60)])
    y = x @ [1.0, 2.0] + rng.normal(size=60)
    beta, rss = np.linalg.lstsq(x, y)[:2]
    found = draws(y, x, NONE, 0, 4000)
    drawn = np.array([one.beta for one in found])
    scale = rss[0] / 58 * 58 / 56
    spread = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * scale)
    assert np.abs(drawn.mean(axis=0) - beta).max() < 4 * spread.max() / np.sqrt(4000)
    assert drawn.std(axis=0) == pytest.approx(spread, rel=0.05)
    assert np.mean([one.residual for one in found]) == pytest.approx(scale, rel=0.02)


def test_icc_posterior_equals_quadrature():
    """Mean of the drawn ICC equals numerical integration of the dense marginal posterior."""
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(12), 6)
    x = np.column_stack([np.ones(72), rng.normal(size=72)])
    y = x @ [0.0, 1.0] + 0.5 * rng.normal(size=12)[cluster] + rng.normal(size=72)
    shared = (cluster[:, None] == cluster[None, :]).astype(float)
    grid = (np.arange(400) + 0.5) / 400
    log = []
    for rho in grid:
        v = rho * shared + (1 - rho) * np.eye(72)
        inverse = np.linalg.inv(v)
        a = x.T @ inverse @ x
        left = y - x @ np.linalg.solve(a, x.T @ inverse @ y)
        log.append(
            -0.5 * np.linalg.slogdet(v)[1]
            - 0.5 * np.linalg.slogdet(a)[1]
            - 35 * np.log(left @ inverse @ left)
        )
    weight = np.exp(np.array(log) - max(log))
    mean = grid @ weight / weight.sum()
    spread = np.sqrt((grid - mean) ** 2 @ weight / weight.sum())
    found = draws(y, x, cluster, 12, 3000)
    drawn = np.array([one.between / (one.between + one.residual) for one in found])
    assert drawn.mean() == pytest.approx(mean, abs=4 * spread / np.sqrt(3000))
    assert drawn.std() == pytest.approx(spread, rel=0.06)


def test_cluster_effects_are_shrunken_and_empty_clusters_drawn_from_their_prior():
    rng = np.random.default_rng(8)
    cluster = np.repeat(np.arange(20), 5)
    effect = rng.normal(size=20)
    y = effect[cluster] + rng.normal(size=100)
    cluster, y = cluster[4:], y[4:]  # cluster 0 keeps one member; cluster 20 has none
    found = draws(y, np.ones((96, 1)), cluster, 21, 2000)
    effects = np.array([one.effects for one in found])
    between = np.mean([one.between for one in found])
    assert effects[:, 20].var() == pytest.approx(between, rel=0.1)
    assert abs(effects[:, 20].mean()) < 4 * np.sqrt(between / 2000)
    centre = np.mean([one.beta[0] for one in found])
    assert abs(effects[:, 0].mean()) < abs(y[0] - centre)
    assert effects[:, 0].var() > effects[:, 5].var()


def test_collinear_and_constant_columns_do_no_harm():
    rng = np.random.default_rng(2)
    base = rng.normal(size=60)
    x = np.column_stack([np.ones(60), base, base, np.zeros(60), np.full(60, 7.0)])
    y = base + 0.1 * rng.normal(size=60)
    one = draw_regression(y, x, NONE, 0, rng)
    assert np.corrcoef(one.outcome(x, NONE, rng), base)[0, 1] > 0.95


def test_too_few_rows_are_refused():
    with pytest.raises(ImputationError):
        draw_regression(np.ones(3), np.ones((3, 2)), np.full(3, -1), 0, np.random.default_rng(0))


def test_categories_follow_their_predictor():
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(3000), rng.normal(size=3000)])
    eta = np.column_stack([np.zeros(3000), 0.3 + 1.2 * x[:, 1], -0.5 - x[:, 1]])
    chance = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    codes = (rng.random((3000, 1)) > chance.cumsum(axis=1)).sum(axis=1)
    filled = draw_categories(codes, x, x, 3, rng)
    for level in range(3):
        assert np.mean(filled == level) == pytest.approx(np.mean(codes == level), abs=0.03)
        assert x[filled == level, 1].mean() == pytest.approx(x[codes == level, 1].mean(), abs=0.1)
