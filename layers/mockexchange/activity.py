"""What an exchange did, counted for its operators. Nothing is decided on it."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Activity:
    """Counts since they were last taken: orders accepted and refused, fills, and commits that had to be decided again
    because others changed what they stood on."""

    placed: int = 0
    refused: int = 0
    fills: int = 0
    conflicts: int = 0

    def take(self) -> dict[str, int]:
        """The counts so far by name; they begin at zero again."""
        found = {each.name: int(getattr(self, each.name)) for each in fields(self)}
        for name in found:
            setattr(self, name, 0)
        return found
