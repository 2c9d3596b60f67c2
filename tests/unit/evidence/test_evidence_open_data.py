"""Published and derived results recomputed from the open data (skipped where those are absent)."""

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import pool
from analysis.evidence.errors import SourceError
from analysis.evidence.format_trap import effects_over_controls, trap_table
from analysis.evidence.group_based import (
    CONSTRUCTS,
    INDIVIDUAL_CONTROL,
    MENTAL_HEALTH,
    REINTEGRATION,
    pool_effects,
    read_effects,
    review_estimates,
)
from analysis.evidence.head_to_head import contrasts, pooled_trials, trials
from analysis.evidence.metapsy import SIGN, TURNED, read_database
from analysis.evidence.remake import remake


@pytest.fixture(scope="module")
def tables(root):
    return root / "data" / "raw" / "evidence"


@pytest.fixture(scope="module")
def selection(tables):
    return pd.read_csv(tables / "head_to_head_selection.csv")


@pytest.fixture(scope="module")
def rows(shared_data, selection):
    return contrasts(shared_data / "metapsy", selection)


@pytest.fixture(scope="module")
def trial(rows, selection):
    return trials(rows, selection)


@pytest.fixture(scope="module")
def effects(shared_data):
    return read_effects(shared_data / "group_based" / "effects.csv")


def test_contrasts_equal_the_derived_rows_with_the_sign_turned(rows, shared_data):
    theirs = pd.read_csv(shared_data / "metapsy" / "direct_ind_vs_grp_rows.csv")
    keys = ["dataset", "study", "instrument"]
    theirs = theirs.rename(columns={"arm_grp": "arm_group"})
    both = rows.merge(theirs, on=[*keys, "arm_group"], suffixes=("", "_theirs"))
    assert len(both) == len(rows) == len(theirs) == 48
    np.testing.assert_allclose(both["g"], -both["g_theirs"], atol=1e-12)
    np.testing.assert_allclose(both["v"], both["v_theirs"], atol=1e-12)


def test_trials_equal_the_derived_trials(trial, shared_data):
    theirs = pd.read_csv(shared_data / "metapsy" / "direct_ind_vs_grp_by_trial.csv")
    both = trial.merge(theirs, on=["dataset", "study"], suffixes=("", "_theirs"))
    assert len(both) == len(trial) == len(theirs) == 18
    np.testing.assert_allclose(both["g"], -both["g_theirs"], atol=1e-12)
    np.testing.assert_allclose(both["v"], both["v_theirs"], atol=1e-12)
    assert (both["same_therapy"] == both["same"]).all()


@pytest.mark.parametrize(
    ("specification", "test", "k", "estimate", "low", "high"),
    [
        ("main", "z", 16, 0.179, 0.022, 0.335),
        ("main", "hartung-knapp", 16, 0.179, 0.011, 0.346),
        ("main and Kahn 1990", "hartung-knapp", 17, 0.152, -0.016, 0.319),
        ("all", "hartung-knapp", 18, 0.161, 0.008, 0.315),
        ("main, same therapy", "hartung-knapp", 13, 0.224, 0.031, 0.418),
        ("all, same therapy", "hartung-knapp", 14, 0.226, 0.055, 0.397),
    ],
)
def test_head_to_head(trial, specification, test, k, estimate, low, high):
    """Published with positive = individual better; ours is the other way round."""
    table = pooled_trials(trial).set_index(["specification", "test"])
    found = table.loc[(specification, test)]
    assert found["k"] == k
    ours = (-found["estimate"], -found["ci_high"], -found["ci_low"])
    assert ours == pytest.approx((estimate, low, high), abs=5.01e-4)


@pytest.mark.parametrize(
    ("outcome", "studies", "k", "df", "tau", "omega", "estimate", "low", "high"),
    [
        (REINTEGRATION, 46, 205, 24.9, 0.0674, 0.1934, 0.1947, 0.1219, 0.2675),
        (MENTAL_HEALTH, 42, 144, 37.5, 0.2980, 0.1498, 0.2146, 0.0897, 0.3395),
    ],
)
def test_campbell_review(effects, outcome, studies, k, df, tau, omega, estimate, low, high):
    found = pool_effects(effects[effects["outcome_construct"] == outcome])
    assert (found.studies, found.k) == (studies, k)
    assert (found.estimate, *found.ci) == pytest.approx((estimate, low, high), abs=5.01e-5)
    assert (found.tau, found.omega2**0.5) == pytest.approx((tau, omega), abs=5.01e-5)
    assert found.df == pytest.approx(df, abs=0.051)


@pytest.mark.parametrize(
    ("construct", "studies", "k", "estimate", "se", "df", "low", "high"),
    [
        ("substance use", 8, 32, 0.1180, 0.0669, 3.58, -0.0768, 0.3128),
        ("hope", 12, 32, 0.2261, 0.0508, 7.48, 0.1075, 0.3446),
        ("loneliness", 4, 5, 0.0157, 0.1836, 2.57, -0.6284, 0.6597),
        ("selfesteem", 5, 14, 0.4239, 0.0397, 3.38, 0.3053, 0.5426),
        ("social", 17, 48, 0.1836, 0.0720, 10.85, 0.0248, 0.3424),
        ("wellbeing", 25, 68, 0.2190, 0.0462, 13.02, 0.1192, 0.3187),
    ],
)
def test_constructs_as_printed_in_the_review(
    effects, construct, studies, k, estimate, se, df, low, high
):
    """The review's joint model, variances by construct: four printed digits."""
    found = pool_effects(effects[effects["analysis_plan"] == CONSTRUCTS[construct]])
    assert (found.studies, found.k) == (studies, k)
    ours = (found.estimate, found.se, *found.ci)
    assert ours == pytest.approx((estimate, se, low, high), abs=5.01e-5)
    assert found.df == pytest.approx(df, abs=0.0051)


def test_review_without_cluster_adjustment(effects):
    """Derived figures .2018 [.1303, .2732] and .2386 [.1083, .3689]."""
    for outcome, expected in (
        (REINTEGRATION, (0.2018, 0.1303, 0.2732)),
        (MENTAL_HEALTH, (0.2386, 0.1083, 0.3689)),
    ):
        part = effects[effects["outcome_construct"] == outcome]
        found = pool_effects(part, effect="g", variance="vg")
        assert (found.estimate, *found.ci) == pytest.approx(expected, abs=5.01e-5)


def test_review_against_individual_treatment(effects):
    found = pool_effects(effects[effects["control"] == INDIVIDUAL_CONTROL])
    assert (found.studies, found.k) == (3, 7)
    assert (found.estimate, *found.ci) == pytest.approx((-0.111, -1.039, 0.818), abs=5.1e-4)


def test_review_table_is_tidy(effects):
    table = review_estimates(effects).set_index("part")
    assert table.loc["against individual treatment", "comparator"] == "individual treatment"
    assert table.loc["loneliness", "notes"].startswith("fewer than 4")


def test_format_trap(shared_data, trial):
    """Subgroups between trials: about .95 and .65; direct comparisons do not favour group."""
    table = trap_table(shared_data / "metapsy", trial).set_index("comparison")
    group = table.loc["group against control, adult depression"]
    individual = table.loc["individual against control, adult depression"]
    assert (group["studies"], group["k"]) == (155, 277)
    assert (individual["studies"], individual["k"]) == (175, 321)
    assert group["estimate"] == pytest.approx(0.95, abs=0.005)
    assert individual["estimate"] == pytest.approx(0.65, abs=0.005)
    assert group["tau"] > 1.5 * individual["tau"]
    naive = table.loc["difference of subgroups, adult depression"]
    assert naive["ci_low"] > 0
    direct = table[table["kind"] == "within trials"]
    assert (direct["estimate"] < 0).all() and len(direct) == 2


HIGHER_IS_BETTER = {("bodily-distress-psyctr", "phs"), ("gambling-psyctr", "qol")}
BASELINES = ("baseline_m", "baseline_mean", "m_baseline", "bl_mean")


def _by_outcome(shared_data, name):
    """Rows of each outcome with arm means: treated against control, and the move from baseline."""
    path = shared_data / "metapsy" / f"{name}.csv"
    raw = pd.read_csv(path, sep=";", dtype="string", encoding_errors="replace")
    stem = next((one for one in BASELINES if f"{one}_arm1" in raw), None)
    table = read_database(shared_data / "metapsy", name)
    spread = np.sqrt((table["sd_arm1"] ** 2 + table["sd_arm2"] ** 2) / 2)
    table["more"] = (table["mean_arm1"] - table["mean_arm2"]) / spread
    moves = []
    for arm in (1, 2) if stem else ():
        start = raw[f"{stem}_arm{arm}"].str.replace(",", ".", regex=False)
        moves.append((table[f"mean_arm{arm}"] - pd.to_numeric(start, errors="coerce")) / spread)
    table["move"] = sum(moves) / 2 if moves else np.nan
    return table.groupby("outcome")


@pytest.mark.parametrize("name", sorted(SIGN))
def test_sign_of_each_outcome_of_each_database(shared_data, name):
    """Turned effects agree with arm means, outcome by outcome, in the direction that arms move."""
    checked = 0
    for outcome, rows in _by_outcome(shared_data, name):
        better = 1 if (name, outcome) in HIGHER_IS_BETTER else -1
        usable = rows["more"].abs().between(0.05, 5) & rows["g"].notna()
        odd = rows["instrument"].str.lower().isin([*TURNED.get(name, ()), "bat", "psseq"])
        usable &= ~odd
        if not usable.any():
            continue
        agree = np.sign(better * rows["more"][usable]) == np.sign(rows.loc[usable, "g"])
        assert agree.mean() >= 0.98, (outcome, agree.mean())
        checked += int(usable.sum())
        moved = rows["move"][rows["move"].abs().between(0.05, 5)]
        if len(moved) >= 5:
            assert np.sign(moved.median()) == better, (outcome, "moves the other way")
    assert checked >= 25


def test_events_and_single_instruments_have_their_own_sign(shared_data):
    """Suicidal behaviour is counted as better if fewer; remission and response if more."""
    for name, worse in [("borderline-psyctr", True), ("depression-inpatients", False),
                        ("depression-psyctr", False), ("ptsd-psyctr", False)]:  # fmt: skip
        rows = read_database(shared_data / "metapsy", name)
        rows = rows[rows["mean_arm1"].isna() & rows["event_arm1"].notna() & rows["g"].notna()]
        more = rows["event_arm1"] / rows["totaln_arm1"] - rows["event_arm2"] / rows["totaln_arm2"]
        good = -more if worse else more
        some = good.abs() > 0
        assert some.sum() >= 10
        assert (np.sign(good[some]) == np.sign(rows["g"][some])).mean() > 0.96, name
    table = read_database(shared_data / "metapsy", "borderline-psyctr")
    life = table[table["instrument"].str.lower() == "whoqol-bref"]
    assert (np.sign(life["mean_arm1"] - life["mean_arm2"]) == np.sign(life["g"])).all()


@pytest.mark.parametrize(
    ("names", "part", "k", "estimate", "low", "high"),
    [
        (["ptsd-psyctr"], None, 131, 1.147, 0.991, 1.302),
        (["borderline-psyctr"], "individual", 20, 0.492, None, None),
        (None, "individual", 1038, 0.709, 0.650, 0.769),
    ],
)
def test_pools_over_control_with_signs_by_outcome(shared_data, names, part, k, estimate, low, high):
    folder = shared_data / "metapsy"
    if part is None:
        rows = read_database(folder, names[0])
        rows = rows[rows["g"].notna() & (rows["se"] > 0)].assign(v=rows["se"] ** 2)
    else:
        every = [one for one in SIGN if one not in ("bodily-distress-psyctr", "panic-psyctr")]
        rows = effects_over_controls(folder, tuple(names or every))
        rows = rows[rows["format"] == part]
    single = names == ["borderline-psyctr"] or part is None
    found = pool(rows["g"], rows["v"], **({} if single else {"study": rows["study"], "rho": 0.5}))
    assert found.k == k and found.estimate == pytest.approx(estimate, abs=5e-4)
    if low is not None:
        assert found.ci == pytest.approx((low, high), abs=5e-4)


def test_unknown_or_missing_database_is_named(shared_data, tmp_path):
    with pytest.raises(SourceError, match="sign"):
        read_database(shared_data / "metapsy", "total-response")
    with pytest.raises(SourceError, match="shared data"):
        read_database(tmp_path, "sad-psyctr")


def test_committed_tables_are_what_the_code_makes(shared_data, tables):
    for name, made in remake(shared_data, tables).items():
        committed = pd.read_csv(tables / name)
        assert list(committed.columns) == list(made.columns), name
        for column in made.columns:
            if pd.api.types.is_numeric_dtype(made[column]) and made[column].dtype != bool:
                np.testing.assert_allclose(
                    committed[column].astype(float), made[column].astype(float),
                    rtol=1e-6, atol=1e-8, err_msg=f"{name}: {column}",
                )  # fmt: skip
            else:
                same = committed[column].fillna("").astype(str)
                assert (same == made[column].fillna("").astype(str)).all(), (name, column)


def test_committed_trials_alone_give_the_main_result(tables):
    """Without open data: the pool of the committed trial table is the committed result."""
    table = pd.read_csv(tables / "head_to_head_trials.csv")
    main = table[table["in_main"]]
    computed = pd.read_csv(tables / "computed.csv").set_index("id").loc["h2h.main"]
    found = pool(main["g"], main["v"])
    assert found.estimate == pytest.approx(computed["estimate"], abs=1e-8)
    assert found.ci == pytest.approx((computed["ci_low"], computed["ci_high"]), abs=1e-8)
    assert -found.estimate == pytest.approx(0.179, abs=5e-4)
