"""Snakemake's reasons in words: one line a job, lists of files cut, settings never spelled out."""

from analysis.pipeline.why import reasons, write_reasons

LOG = """\
rule judge_claims:
    input: a
    reason: Params have changed since last execution: before: {'margin': 1.3} now: 2
    wildcards: study=tiny

localrule all:
    input: b
    reason: Updated input files: one.csv, two.csv, three.csv, four.csv, five.csv

rule quiet:
    input: c
"""


def test_one_line_a_job():
    first, second, third = reasons(LOG)
    assert first == "judge_claims: its settings in the plan or in the study's config changed"
    assert second == "all: Updated input files: one.csv, two.csv, three.csv and 2 more"
    assert third == "quiet: no reason recorded"


def test_what_was_logged_is_written_and_absent_logs_are_left_out(tmp_path):
    log = tmp_path / "snakemake.log"
    log.write_bytes(LOG.encode() + b"\xff")
    target = tmp_path / "logs" / "why.txt"
    write_reasons([str(log), str(tmp_path / "absent.log")], target)
    lines = target.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 5 and lines[2].startswith("judge_claims: ")
