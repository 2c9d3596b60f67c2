"""One process a study; after a kill the next one just goes on, and ends what the other left."""

import subprocess
import sys
import time

import pytest

from analysis.study.lock import held, hold, release
from analysis.study.problems import Busy

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from analysis.study.lock import hold
hold("tiny", Path(sys.argv[1]))
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    child = int(process.stdout.readline())
    yield process, child
    process.kill()
    process.wait()
    end(child)


def end(pid):
    import psutil

    if psutil.pid_exists(pid):
        psutil.Process(pid).kill()


def alive(pid):
    import psutil

    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_second_one_hears_who_is_at_work(holder, tmp_path):
    process, _ = holder
    with pytest.raises(Busy, match=f"process {process.pid}, since 20"):
        hold("tiny", tmp_path)
    with held("other", tmp_path):
        pass


def test_after_a_kill_the_next_goes_on_and_nothing_of_the_other_still_writes(holder, tmp_path):
    process, child = holder
    process.kill()
    process.wait()
    assert alive(child)
    hold("tiny", tmp_path)
    time.sleep(0.2)
    assert not alive(child)
    release("tiny", tmp_path)


def test_it_is_given_back(tmp_path):
    with held("tiny", tmp_path):
        hold("tiny", tmp_path)  # the same process: nothing to wait for
    with held("tiny", tmp_path):
        pass
