"""The supervisor with real processes, small stand-ins for the exchange's parts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mockexchange.local.process_identity import ProcessIdentity

STAND_IN = """
import signal, sys, time
name, diary = sys.argv[1], sys.argv[2]
def note(what):
    with open(diary, "a") as file:
        file.write(f"{what} {name}\\n")
def stop(number, frame):
    note("stopped")
    sys.exit(0)
if "--deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, lambda number, frame: note("interrupted"))
print(f"hello from {name}", flush=True)
note("started")
while True:
    time.sleep(60)
"""

DRIVER = """
import json, pathlib, sys
from mockexchange.local.program import Program
from mockexchange.local.stopping import StopRequest
from mockexchange.local.supervisor import Supervisor
home = pathlib.Path(sys.argv[1])
def part(name, *options):
    command = [sys.executable, str(home / "stand_in.py"), name, str(home / "diary"), *options]
    return Program(name, command, on_line=lambda line: print(name, "|", line, file=sys.stderr, flush=True))
def note(parts):
    (home / "pids.new").write_text(json.dumps({part.name: part.pid for part in parts}))
    (home / "pids.new").rename(home / "pids")
def say(text):
    print(text, file=sys.stderr, flush=True)
with StopRequest() as stop:
    supervisor = Supervisor(say, note)
    supervisor.add(part("valkey"))
    supervisor.add(part("api"), part("feeder", *sys.argv[2:]))
    supervisor.watch(stop.pause, lambda: None, lambda: say("ready"))
    supervisor.stop(grace=600, hurry=lambda: stop.count > 1)
"""


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, home: Path, process: subprocess.Popen[str]) -> None:
        self.home = home
        self.process = process

    def pids(self) -> dict[str, int]:
        return json.loads((self.home / "pids").read_text())

    def diary(self) -> list[str]:
        return (self.home / "diary").read_text().splitlines()

    def output(self) -> list[str]:
        return (self.home / "stderr").read_text().splitlines()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that takes a moment; a limit far above that tells a hang from it."""
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain\n{self.output()}"
            time.sleep(0.01)


@contextmanager
def supervisor(home: Path, *feeder_options: str) -> Generator[Running]:
    (home / "stand_in.py").write_text(STAND_IN)
    (home / "diary").touch()
    with (home / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(home), *feeder_options], stderr=stderr, text=True, start_new_session=True
        )
        running = Running(home, process)
        children: list[ProcessIdentity | None] = []
        try:
            running.until(lambda: len(running.diary()) >= 3 and "ready" in running.output())
            children = [ProcessIdentity.of(pid) for pid in running.pids().values()]
            yield running
        finally:
            process.kill()
            process.wait()
            # a supervisor that fails its test leaves some behind
            for child in children:
                if child is not None:
                    child.end(grace=1)


def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    with supervisor(tmp_path) as running:
        before = running.pids()
        os.kill(before["api"], signal.SIGKILL)
        running.until(lambda: running.pids()["api"] != before["api"] and running.diary().count("started api") == 2)

        after = running.pids()
        assert (after["valkey"], after["feeder"]) == (before["valkey"], before["feeder"])
        assert "api was ended by signal 9. It is started again in 0.5 s." in running.output()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_the_later_parts_first_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with supervisor(tmp_path) as running:
        children = [ProcessIdentity.of(pid) for pid in running.pids().values()]
        # to the whole group of the supervisor, as a terminal does
        os.killpg(running.process.pid, number)
        assert running.process.wait(60) == 0

        stopped = [line for line in running.diary() if not line.startswith("started")]
        assert sorted(stopped[:2]) == ["stopped api", "stopped feeder"]
        assert stopped[2:] == ["stopped valkey"]  # and none was interrupted by the terminal itself
        assert not any(child is None or child.alive() for child in children)


def test_a_second_stop_kills_what_would_not_go(tmp_path: Path) -> None:
    with supervisor(tmp_path, "--deaf") as running:
        running.process.terminate()
        running.until(lambda: "stopped api" in running.diary())
        running.process.terminate()
        assert running.process.wait(60) == 0  # the grace alone is ten minutes

        assert "feeder did not stop when asked to, so it is killed." in running.output()
        assert running.diary()[-1] == "stopped valkey"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_no_child_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    with supervisor(tmp_path, "--deaf") as running:
        children = [ProcessIdentity.of(pid) for pid in running.pids().values()]
        running.process.kill()
        running.process.wait()

        running.until(lambda: not any(child is None or child.alive() for child in children))


def test_the_childrens_lines_are_passed_on(tmp_path: Path) -> None:
    with supervisor(tmp_path) as running:
        running.until(lambda: {"valkey | hello from valkey", "api | hello from api"} <= set(running.output()))
