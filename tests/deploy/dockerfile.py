"""The instructions of a Dockerfile, as far as ours needs it: no heredocs, no escapes but line ends."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from .checkers import PROJECT


@dataclass(frozen=True, slots=True)
class Instruction:
    """`COPY --from=build /a /b`: name COPY, flags {"from": "build"}, text `/a /b`."""

    name: str
    flags: dict[str, str]
    text: str

    def words(self) -> list[str]:
        """The text's words, or what its JSON form lists."""
        return json.loads(self.text) if self.text.startswith("[") else self.text.split()


@dataclass(slots=True)
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list[Instruction])

    def all(self, name: str) -> list[Instruction]:
        """Every instruction of that name."""
        return [each for each in self.instructions if each.name == name]

    def last(self, name: str) -> Instruction:
        """The one that counts."""
        return self.all(name)[-1]


def stages(path: Path = PROJECT / "Dockerfile") -> list[Stage]:
    """The stages of a Dockerfile, in order. What stands before the first FROM is left out."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    found: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        flags: dict[str, str] = {}
        while match := re.match(r"--([a-z-]+)=(\S+)\s+", rest if name != "RUN" or rest.startswith("--mount") else ""):
            flags[match[1]], rest = match[2], rest[match.end() :]
        if name == "FROM":
            base, _, alias = rest.partition(" AS ")
            found.append(Stage(base, alias))
        elif name and found:
            found[-1].instructions.append(Instruction(name, flags, rest))
    return found


def context_paths(stage: Stage) -> list[str]:
    """What a stage copies out of the project."""
    return [path for each in stage.all("COPY") if "from" not in each.flags for path in each.words()[:-1]]


def ignored(path: str, rules: list[str]) -> bool:
    """Whether .dockerignore keeps a path of the top folder out: the last rule that names it counts."""
    out = False
    for rule in rules:
        if rule.lstrip("!") in ("*", path):
            out = not rule.startswith("!")
    return out
