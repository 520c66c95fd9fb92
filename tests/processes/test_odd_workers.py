"""Whatever a worker does, there are as many as were asked for, and none of an old program."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ODD = Path(__file__).parent / "odd_workers.py"
WITHIN = 20.0


class Watch:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.next("usual")
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen((sys.executable, str(ODD), str(folder)), stdout=log, stderr=log)

    def next(self, manner: str) -> None:
        (self._folder / "next").write_text(manner)

    @property
    def started(self) -> list[int]:
        told = self._folder / "started"
        return [int(line) for line in told.read_text().splitlines()] if told.exists() else []

    @property
    def alive(self) -> list[int]:
        return [pid for pid in self.started if Path(f"/proc/{pid}/cmdline").exists()]

    def said(self, words: str) -> int:
        return (self._folder / "log").read_text().count(words)

    def renew(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + WITHIN
        while not true():
            assert self.process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < end, (self._folder / "log").read_text()
            time.sleep(0.02)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    watch = Watch(tmp_path)
    watch.until(lambda: len(watch.started) == 1)
    yield watch
    watch.process.terminate()
    assert watch.process.wait(WITHIN) == 0
    assert watch.alive == []


def test_a_worker_that_dies_while_its_successor_starts_gets_no_second_one(watch: Watch) -> None:
    watch.next("slow")
    watch.renew()
    watch.until(lambda: len(watch.started) == 2)
    os.kill(watch.started[0], signal.SIGKILL)
    watch.until(lambda: watch.said("the workers are renewed") == 1)
    watch.next("usual")
    watch.renew()
    watch.until(lambda: watch.said("the workers are renewed") == 2)
    watch.until(lambda: len(watch.alive) == 1)
    assert len(watch.started) == 3


def test_a_worker_that_never_says_it_is_ready_is_killed_and_another_one_tried(watch: Watch) -> None:
    watch.next("mute")
    os.kill(watch.started[0], signal.SIGKILL)
    watch.until(lambda: watch.said("a worker was not ready in time") == 1)
    mute = watch.started
    watch.next("usual")
    watch.renew()
    watch.until(lambda: watch.said("the workers are renewed") == 1)
    watch.until(lambda: len(watch.alive) == 1 and watch.alive[0] not in mute)


def test_a_replaced_worker_that_does_not_stop_is_killed(watch: Watch) -> None:
    watch.next("stubborn")
    watch.renew()
    watch.until(lambda: watch.said("the workers are renewed") == 1)
    stubborn = watch.started[1]
    watch.next("usual")
    watch.renew()
    watch.until(lambda: watch.said("did not end in time") == 1)
    watch.until(lambda: stubborn not in watch.alive)
