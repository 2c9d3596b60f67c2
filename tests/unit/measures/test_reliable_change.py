"""Jacobson and Truax: their own worked example, a hand-worked one, and the order of sources."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measures.reliable_change import (
    classify,
    difference_se,
    reliable_change_index,
    threshold,
)


def test_the_example_of_jacobson_and_truax():
    # 1991, doi 10.1037/0022-006X.59.1.12: SD 7.5, reliability .80, 32.5 before and 47.5 after.
    assert difference_se(7.5, 0.80) == pytest.approx(4.74, abs=0.005)
    assert reliable_change_index(47.5 - 32.5, 7.5, 0.80) == pytest.approx(3.16, abs=0.005)


def test_the_phq9_by_hand(registry):
    # 5.5 sqrt(2 * 0.11) = 2.5797; times 1.959964 = 5.0562: on whole points 6, as published.
    computed = threshold(replace(registry["PHQ-9"], reliable_change=None))
    assert computed.points == pytest.approx(5.0562, abs=5e-5)
    assert computed.basis == "computed from a published SD"
    published = threshold(registry["PHQ-9"])
    assert (published.points, published.basis) == (6, "published")
    assert not published.unverified


def test_the_gad7_by_hand(registry):
    # 4.5 sqrt(2 * 0.08) = 1.8; times 1.959964 = 3.5279: on whole points 4, as published.
    computed = threshold(replace(registry["GAD-7"], reliable_change=None))
    assert computed.points == pytest.approx(3.5279, abs=5e-5)


def test_what_rests_on_a_recalled_number_says_so(registry):
    assert threshold(registry["DERS-16"], baseline_sd=12.0).unverified  # its reliability
    assert not threshold(registry["PCL-5"]).unverified


def test_the_core10_agrees_with_its_published_threshold(registry):
    # Published at 90%: 7.7 sqrt(2 * 0.1) * 1.644854 = 5.664, on whole points 6.
    core = registry["CORE-10"]
    assert 1.644854 * difference_se(core.sd, core.reliability) == pytest.approx(5.664, abs=5e-4)
    assert threshold(core).points == 6


def test_the_studys_own_sd_comes_last(registry):
    rses = registry["RSES"]
    assert threshold(rses) is None
    # 6 sqrt(2 * 0.23) = 4.0694; times 1.959964 = 7.9759
    own = threshold(rses, baseline_sd=6.0)
    assert own.points == pytest.approx(7.9759, abs=5e-5)
    assert own.basis == "computed from the study's baseline SD"
    assert threshold(registry["PHQ-9"], baseline_sd=6.0).basis == "published"
    assert threshold(registry["CSES-26"], baseline_sd=40.0) is None
    assert threshold(rses, baseline_sd=0.0) is None


def test_classes_and_their_edges():
    change = pd.Series([6, 5.99, 0, -5.99, -6, None], dtype="float64")
    words = classify(change, 6).tolist()
    assert words[:5] == ["improved", "unchanged", "unchanged", "unchanged", "deteriorated"]
    assert words[5] is pd.NA
    assert classify(change, None).isna().all()


@pytest.mark.parametrize(("sd", "reliability"), [(0, 0.8), (-1, 0.8), (5, 1.0), (5, -0.1)])
def test_impossible_inputs_are_refused(sd, reliability):
    with pytest.raises(ValueError, match="positive SD"):
        difference_se(sd, reliability)


@given(st.floats(0.1, 100), st.floats(0, 0.99), st.floats(-50, 50))
def test_the_index_scales_and_turns_with_the_change(sd, reliability, change):
    index = reliable_change_index(change, sd, reliability)
    assert reliable_change_index(-change, sd, reliability) == pytest.approx(-index)
    assert index * difference_se(sd, reliability) == pytest.approx(change)
