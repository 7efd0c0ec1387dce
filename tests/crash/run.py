"""`make crash`: kill everything, again and again, and look for what got lost.

`python -m tests.crash.run --seconds 60 --seed 1 --kills 120`. Listens on 127.0.0.1 only. Exit code 0 when nothing got
lost; 1 when something did: then the data stay where the last line says. The seed fixes what is asked for, the prices
and the order of the kills; which step of a process a kill meets is up to the machine.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

from .aftermath import Findings, examine
from .storm import EVERYTHING, FROZEN, VALKEY, Plan, Record, Storm

SHOWN = 40
"""Problems that are printed: where one thing is wrong, thousands of orders may say so."""

FIGURES = (
    "orders acknowledged",
    "acknowledgements of orders",
    "repeated",
    "invoked more than once",
    "cancels acknowledged",
    "payments acknowledged",
    "outcomes unknown at first",
    "unknown, then acknowledged when asked again",
    "unknown, then found to be done",
    "unknown, then found not to be done",
    "ticks",
    "fills",
    "partial fills",
    "fills of the last match",
    "conflicts",
    "journal entries",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long the storm lasts (default: 60)")
    parser.add_argument("--seed", type=int, help="seed of all chance (default: another each time)")
    parser.add_argument("--kills", type=int, help="how many kills (default: two a second)")
    chosen = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if chosen.seed is None else chosen.seed
    plan = Plan(chosen.seconds, chosen.kills or max(1, round(2 * chosen.seconds)), seed)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", file=sys.stderr, flush=True)

    say(f"a storm of {plan.seconds:g} s with {len(plan.victims())} strikes, seed {seed}")
    data_dir = Path(tempfile.mkdtemp(prefix="mockx-crash-"))
    with Storm(plan, data_dir, say) as storm:
        record = storm.run()
        findings, _ = examine(storm, say)
    say("done")
    _show(record, findings)
    if findings.problems:
        print(f"The data are in {data_dir}; --seed {seed} asks for the same again.")
        return 1
    shutil.rmtree(data_dir)
    return 0


def _show(record: Record, findings: Findings) -> None:
    roles = ("writer", "matcher", "feeder", VALKEY, EVERYTHING)
    print(f"kills: {', '.join(f'{role} {record.strikes[role]}' for role in roles)}")
    print(f"workers frozen for a moment: {record.strikes[FROZEN]}")
    for name in FIGURES:
        print(f"{name}: {findings.seen[name]:,}")
    audit = findings.audit
    verdict = "clean" if audit.clean else f"{len(audit.problems):,} problems"
    print(
        f"audit: {audit.accounts} accounts, {audit.orders:,} orders ({audit.open_orders:,} open), "
        f"{audit.fills:,} fills, {audit.ledger_entries:,} ledger entries, {verdict}"
    )
    for problem in findings.problems[:SHOWN]:
        print(f"PROBLEM: {problem}")
    if len(findings.problems) > SHOWN:
        print(f"... and {len(findings.problems) - SHOWN:,} more problems")
    print("Something got lost." if findings.problems else "Nothing got lost.")


if __name__ == "__main__":
    sys.exit(main())
