"""The one text that lists every problem."""

import time

import pytest

from analysis.study.problems import Problem, StudyError, rows_in_words, shared_hint


def problem(file="in/a.csv", column="day", rows=(3,)):
    return Problem(file, column, rows, "a whole number", "text", "Correct it.")


def test_the_report_groups_by_file_and_counts():
    error = StudyError([problem("in/b.csv"), problem("in/a.csv", "x"), problem("in/b.csv", "", ())])
    assert error.report() == str(error)
    assert error.report().startswith("The study cannot be read: 3 problems.")
    assert error.report().index("in/a.csv") < error.report().index("in/b.csv")
    assert error.report().count("in/b.csv") == 1
    assert "the whole file" in error.report()


def test_many_rows_are_abbreviated_with_their_number():
    assert rows_in_words((4,)) == "row 4"
    assert rows_in_words((4, 5)) == "rows 4, 5"
    text = rows_in_words(tuple(range(2, 1002)))
    assert text == "rows 2, 3, 4, 5, 6, 7, 8, 9, … (1000 rows in all)"


def test_repeated_problems_come_once():
    assert len(StudyError([problem(), problem()]).problems) == 1


def test_no_problem_is_no_error():
    with pytest.raises(ValueError, match="at least one"):
        StudyError([])


def test_a_million_different_words_get_their_hint_at_once():
    words = (f"grup{number}" for number in range(10**6))
    started = time.process_time()
    assert shared_hint(words, ["group", "individual"]) == 'Did you mean "group"? '
    assert time.process_time() - started < 1
    assert shared_hint(["grup", "indvidual"], ["group", "individual"]) == ""
