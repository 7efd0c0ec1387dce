"""What the supervisor decides, with parts and a clock that are made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from mockexchange.local.errors import NotConfigured, StartupFailed
from mockexchange.local.supervisor import LONGEST_WAIT, Part, Supervisor


class FakeTime:
    """A clock that moves when somebody sleeps; `plan` holds what happens at which second."""

    def __init__(self, end: float) -> None:
        self.seconds = 0.0
        self.end = end
        self.plan: list[tuple[float, Callable[[], None]]] = []

    def monotonic(self) -> float:
        return self.seconds

    def at(self, seconds: float, action: Callable[[], None]) -> None:
        self.plan.append((seconds, action))

    def pause(self, seconds: float) -> bool:
        self.seconds += seconds
        for entry in [entry for entry in self.plan if entry[0] <= self.seconds]:
            self.plan.remove(entry)
            entry[1]()
        return self.seconds >= self.end


class FakePart:
    """A part in a test's hand. It writes into `diary` what is done to it."""

    def __init__(self, name: str, time: FakeTime, diary: list[str], *, code_at_start: int | None = None) -> None:
        self.name = name
        self.pid = 0
        self.launched_at: list[float] = []
        self.deaf = False
        self.broken_until = 0.0
        self._time = time
        self._diary = diary
        self.code_at_start = code_at_start
        self._code: int | None = None

    def launch(self) -> None:
        if self._time.seconds < self.broken_until:
            raise OSError("out of memory")
        self.pid += 1
        self.launched_at.append(round(self._time.seconds, 1))
        self._code = self.code_at_start
        self._diary.append(f"launch {self.name}")

    def die(self, code: int) -> None:
        self._code = code

    def exit_code(self) -> int | None:
        return self._code

    def tail(self) -> str:
        return f"last words of {self.name}"

    def ask_to_stop(self) -> None:
        self._diary.append(f"ask {self.name}")
        if not self.deaf:
            self._code = 0

    def wait(self, timeout: float) -> int | None:
        if self._code is None:
            self._time.seconds += timeout
        return self._code

    def kill(self) -> None:
        self._diary.append(f"kill {self.name}")
        self._code = -9


def supervisor(time: FakeTime, said: list[str]) -> Supervisor:
    return Supervisor(said.append, monotonic=time.monotonic)


def ready() -> str | None:
    return None


def nothing() -> None:
    pass


def test_a_dead_part_is_started_again_and_the_others_stay() -> None:
    time, said, diary = FakeTime(end=10), list[str](), list[str]()
    api, matcher = FakePart("api", time, diary), FakePart("matcher", time, diary)
    supervised = supervisor(time, said)
    supervised.add(api, matcher)
    time.at(5.0, lambda: matcher.die(-9))

    supervised.watch(time.pause, ready, nothing)

    assert (api.pid, matcher.pid) == (1, 2)
    assert said == ["matcher was ended by signal 9. It is started again in 0.5 s."]


def test_the_wait_doubles_with_each_death_in_a_row_up_to_its_limit() -> None:
    time, said, diary = FakeTime(end=200), list[str](), list[str]()
    part = FakePart("feeder", time, diary)
    supervised = supervisor(time, said)
    supervised.add(part)

    def break_for_good() -> None:
        part.code_at_start = 1
        part.die(1)

    time.at(1.0, break_for_good)
    supervised.watch(time.pause, ready, nothing)

    waits = [float(line.split("again in ")[1].split(" s.")[0]) for line in said]
    assert waits[:8] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert max(waits) == LONGEST_WAIT
    # the reason is told once it looks as if it would not pass
    assert "last words" not in said[0]
    assert said[2].splitlines() == [
        "feeder ended with code 1, 3 times in a row. It is started again in 2 s. Its last lines:",
        "last words of feeder",
    ]


def test_a_part_that_dies_for_a_day_is_still_tried() -> None:
    time, said, diary = FakeTime(end=86_400), list[str](), list[str]()
    part = FakePart("feeder", time, diary)
    supervised = supervisor(time, said)
    supervised.add(part)
    part.code_at_start = 1
    time.at(1.0, lambda: part.die(1))

    supervised.watch(time.pause, ready, nothing)

    assert part.pid > 86_400 / 31


def test_a_part_that_cannot_even_be_launched_again_is_tried_again() -> None:
    time, said, diary = FakeTime(end=5), list[str](), list[str]()
    part = FakePart("feeder", time, diary)
    supervised = supervisor(time, said)
    supervised.add(part)

    def break_for_two_seconds() -> None:
        part.broken_until = 3.0
        part.die(1)

    time.at(1.0, break_for_two_seconds)
    supervised.watch(time.pause, ready, nothing)

    assert said == [
        "feeder ended with code 1. It is started again in 0.5 s.",
        "feeder cannot be started. It is started again in 1 s.",
        "feeder cannot be started, 3 times in a row. It is started again in 2 s. out of memory",
    ]
    assert part.pid == 2


def test_a_healthy_minute_forgets_the_deaths_before_it() -> None:
    time, said, diary = FakeTime(end=100), list[str](), list[str]()
    part = FakePart("feeder", time, diary)
    supervised = supervisor(time, said)
    supervised.add(part)
    for second in (1.0, 2.0, 90.0):
        time.at(second, lambda: part.die(1))

    supervised.watch(time.pause, ready, nothing)

    assert [line.rsplit("in ", 1)[1] for line in said] == ["0.5 s.", "1 s.", "0.5 s."]


def test_a_part_that_never_comes_up_ends_the_start_with_its_last_lines() -> None:
    time, said, diary = FakeTime(end=60), list[str](), list[str]()
    supervised = supervisor(time, said)
    supervised.add(FakePart("api", time, diary, code_at_start=1))

    with pytest.raises(StartupFailed, match="api never was ready") as failed:
        supervised.watch(time.pause, lambda: "refused", nothing)
    assert str(failed.value).endswith("Its last lines:\nlast words of api")
    assert diary == ["launch api"] * 3


def test_a_part_that_refuses_its_settings_is_not_tried_again() -> None:
    time, said, diary = FakeTime(end=60), list[str](), list[str]()
    supervised = supervisor(time, said)
    supervised.add(FakePart("api", time, diary, code_at_start=2))

    with pytest.raises(NotConfigured, match="api ended with code 2. Its last lines:\nlast words of api"):
        supervised.watch(time.pause, lambda: "refused", nothing)
    assert diary == ["launch api"]


def test_ready_is_told_once_and_not_while_a_part_is_down() -> None:
    time, said, diary = FakeTime(end=20), list[str](), list[str]()
    part = FakePart("api", time, diary)
    supervised = supervisor(time, said)
    supervised.add(part)
    told: list[float] = []
    time.at(1.0, lambda: part.die(1))

    supervised.watch(
        time.pause, lambda: None if time.seconds > 1.0 else "not yet", lambda: told.append(round(time.seconds, 1))
    )

    # it answers from 1.0 on, but the part is down until 1.6
    assert told == [1.6]


def test_stages_are_stopped_in_reverse_and_each_one_together() -> None:
    time, said, diary = FakeTime(end=1), list[str](), list[str]()
    supervised = supervisor(time, said)
    supervised.add(FakePart("valkey", time, diary))
    supervised.add(FakePart("api", time, diary), FakePart("matcher", time, diary))
    diary.clear()

    supervised.stop(grace=10)

    assert diary == ["ask api", "ask matcher", "ask valkey"]
    assert said == []


def test_a_part_that_does_not_stop_is_killed_after_the_grace() -> None:
    time, said, diary = FakeTime(end=1), list[str](), list[str]()
    deaf = FakePart("feeder", time, diary)
    deaf.deaf = True
    supervised = supervisor(time, said)
    supervised.add(FakePart("valkey", time, diary))
    supervised.add(deaf)
    diary.clear()

    supervised.stop(grace=10)

    assert diary == ["ask feeder", "kill feeder", "ask valkey"]
    assert 10 <= time.seconds < 11
    assert said == ["feeder did not stop when asked to, so it is killed."]


def test_somebody_in_a_hurry_does_not_wait_for_the_grace() -> None:
    time, said, diary = FakeTime(end=1), list[str](), list[str]()
    deaf = FakePart("feeder", time, diary)
    deaf.deaf = True
    supervised = supervisor(time, said)
    supervised.add(deaf)

    supervised.stop(grace=1000, hurry=lambda: True)

    assert time.seconds < 1


def test_who_runs_is_told_whenever_it_changes() -> None:
    time, said, diary = FakeTime(end=10), list[str](), list[str]()
    seen: list[list[tuple[str, int]]] = []

    def note(parts: Sequence[Part]) -> None:
        seen.append([(part.name, part.pid) for part in parts])

    supervised = Supervisor(said.append, note, monotonic=time.monotonic)
    api = FakePart("api", time, diary)
    supervised.add(api)
    time.at(5.0, lambda: api.die(1))
    supervised.watch(time.pause, ready, nothing)

    assert seen == [[("api", 1)], [("api", 2)]]
