"""Environments: named after lock and place, made once, mended by the same command, last to go."""

import threading
import time
from pathlib import Path

import pytest

from analysis.command import environment as room
from analysis.command.environment import Refusal, environment


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose environments are made without a registry; `made` lists them."""
    made = []

    def create(folder, **_):
        Path(folder).mkdir(exist_ok=True)
        made.append(Path(folder).name)

    def install(folder, _):
        time.sleep(0.2)
        Path(room.sysconfig.get_path("purelib", "venv", {"base": str(folder)})).mkdir(parents=True)

    monkeypatch.setattr(room.venv, "create", create)
    monkeypatch.setattr(room, "_install", install)
    project = tmp_path / "project"
    (project / "requirements").mkdir(parents=True)
    (project / "requirements" / "run.lock").write_text("numpy", encoding="utf-8")
    return project, made


def change_lock(project, text):
    (project / "requirements" / "run.lock").write_text(text, encoding="utf-8")


def test_it_is_made_once(project):
    folder, made = project
    for _ in range(2):
        with environment(folder, "run") as found:
            assert (found / room.STAMP).exists()
    assert made == [found.name]


def test_its_name_tells_lock_and_place(project, tmp_path):
    folder, _ = project
    lock = folder / "requirements" / "run.lock"
    first = room.digest(lock)
    change_lock(folder, "pandas")
    second = room.digest(lock)
    folder.rename(tmp_path / "moved")
    assert len({first, second, room.digest(tmp_path / "moved" / "requirements" / "run.lock")}) == 3


def test_the_package_is_found_wherever_the_folder_is(project):
    folder, _ = project
    with environment(folder, "run") as found:
        link = next(found.rglob("analysis.pth"))
    written = link.read_text(encoding="utf-8").strip()
    assert not Path(written).is_absolute()
    assert (link.parent / written).resolve() == folder.resolve() / "src"


def test_the_former_one_goes_last(project, monkeypatch):
    folder, _ = project
    with environment(folder, "run") as former:
        pass
    change_lock(folder, "pandas")
    install = room._install

    def fail(*_):
        assert (former / room.STAMP).exists()
        raise Refusal("no network")

    monkeypatch.setattr(room, "_install", fail)
    with pytest.raises(Refusal), environment(folder, "run"):
        pass
    assert (former / room.STAMP).exists()
    monkeypatch.setattr(room, "_install", install)
    with environment(folder, "run") as found:
        assert found != former and not former.exists()


@pytest.fixture
def half_made(project, monkeypatch):
    """An environment without packages, the lock of 30, and what pip was asked for, in parts."""
    folder, _ = project
    monkeypatch.undo()
    asked = []
    lock = folder / "requirements" / "run.lock"
    entries = [f"package-{k}==1 \\\n    --hash=sha256:{k}" for k in range(30)]
    lock.write_text("\n".join(entries) + "\n", encoding="utf-8")
    made = folder / room.HOME / "run-new"
    made.mkdir(parents=True)
    (made / room.JOURNAL).write_text("0", encoding="utf-8")

    def pip(answers):
        def call(command):
            asked.append(Path(command[-1]).read_text(encoding="utf-8").count("=="))
            return answers.pop(0)

        monkeypatch.setattr(room.subprocess, "call", call)

    return made, lock, pip, asked


def test_without_a_network_the_message_names_what_is_kept(half_made):
    made, lock, pip, asked = half_made
    (made.parent / "run-old").mkdir()
    (made.parent / "run-old" / room.STAMP).touch()
    pip([1] * room.ATTEMPTS)
    with pytest.raises(Refusal, match="kept: run-old"):
        room._install(made, lock)
    assert asked == [room.PART] * room.ATTEMPTS


def test_a_download_that_stops_is_tried_again_and_goes_on_where_it_stopped(half_made):
    made, lock, pip, asked = half_made
    pip([0, 1, 1, 1])
    with pytest.raises(Refusal):
        room._install(made, lock)
    assert asked == [12, 12, 12, 12]
    asked.clear()
    pip([1, 0, 0])
    room._install(made, lock)
    assert asked == [12, 12, 6]


def test_a_half_made_one_is_completed(project, monkeypatch):
    folder, made = project
    install = room._install

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(room, "_install", killed)
    with pytest.raises(KeyboardInterrupt), environment(folder, "run"):
        pass
    monkeypatch.setattr(room, "_install", install)
    with environment(folder, "run") as found:
        assert (found / room.STAMP).exists()
    assert made == [found.name]


def test_one_without_its_python_is_made_from_the_start(project, monkeypatch):
    folder, made = project
    create = room.venv.create

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(room.venv, "create", killed)
    with pytest.raises(KeyboardInterrupt), environment(folder, "run"):
        pass
    monkeypatch.setattr(room.venv, "create", create)
    with environment(folder, "run") as found:
        assert (found / room.STAMP).exists()
    assert made == [found.name]


def test_two_at_the_same_time_make_it_once(project):
    folder, made = project
    complete = []

    def use():
        with environment(folder, "run") as found:
            complete.append((found / room.STAMP).exists())

    both = [threading.Thread(target=use) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert complete == [True, True] and len(made) == 1


def test_one_in_use_is_not_removed(project):
    folder, _ = project
    with environment(folder, "run") as former:
        change_lock(folder, "pandas")
        with environment(folder, "run"):
            assert (former / room.STAMP).exists()
    with environment(folder, "run"):
        assert not former.exists()


def test_other_locks_keep_theirs(project):
    folder, _ = project
    (folder / "requirements" / "dev.lock").write_text("pytest", encoding="utf-8")
    with environment(folder, "run") as run, environment(folder, "dev") as dev:
        pass
    assert run.exists() and dev.exists()


def test_a_link_is_never_cleared(project, tmp_path):
    folder, _ = project
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "kept").write_text("", encoding="utf-8")
    (folder / room.HOME).mkdir()
    name = f"run-{room.digest(folder / 'requirements' / 'run.lock')}"
    (folder / room.HOME / name).symlink_to(tmp_path / "theirs")
    with pytest.raises(Refusal, match="link"), environment(folder, "run"):
        pass
    assert (tmp_path / "theirs" / "kept").exists()
