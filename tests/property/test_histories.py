"""Any history gives the same venue in memory and in Valkey, to the byte, with clean books and no tick met twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle

import pytest

from mockexchange.store.valkey_connection import Connection, connect
from tests.cluster import PASSWORD, Cluster

from .checks import SLIPPING, check_histories
from .run_histories import KINDS, LATENCY, USUAL

EXAMPLES = 350
MANY = 1050
"""Histories of orders for `touch` and for `touch-size`: over 2,000 together."""

# What the histories must hold for any of this to mean something, per history on average.
DENSITY = {
    "fills": 1.5,
    "maker fills": 0.4,
    "cancels": 0.4,
    "replacements": 0.3,
    "amendments": 0.3,
    "duplicated": 1.0,
    "deaths": 0.5,
    "conflicts": 0.3,
    "MAX_NUM_ORDERS": 0.2,
    "late fills": 0.2,
    "candle fills": 0.15,
    "MAX_NUM_ALGO_ORDERS": 0.05,
    "triggers": 1.0,
    "trailed": 0.5,
    "lists": 0.5,
    "pairs ended": 0.2,
    "timed out": 0.3,
    "orders that waited": 0.1,
}
FILLING = {
    what: DENSITY[what]
    for what in (
        "fills", "maker fills", "duplicated", "deaths", "conflicts", "triggers", "trailed", "lists", "pairs ended"
    )
}  # fmt: skip
"""What every fill model is asked for: the rest has nothing to do with it, and is dense enough in the many."""
PARTLY = {"partial fills": 0.4}
TRADED = {"trades": 3.0, "maker fills": 1.0, "filled in line": 1.0, "pairs ended": 0.15}
"""Lines take the place of some of the pairs."""
ACCOUNT_DENSITY = {
    "keep": 1.0,
    "restore": 0.5,
    "reset": 0.3,
    "clone": 0.15,
    "fees": 0.1,
    "fills": 0.7,
    "amendments": 0.1,
    "deaths": 0.3,
    "candle fills": 0.3,
    "triggers": 0.7,
    "lock only": 0.1,
    "rejections": 0.05,
    "timed out": 0.1,
}
MODEL_DENSITY = {
    "fills": 1.5,
    "maker fills": 0.4,
    "model": 1.5,
    "fills of other models": 0.7,
    "partial fills": 0.2,
    "conflicts": 0.2,
    "trades": 10.0,
    "restore": 0.05,
}
FEE_DENSITY = {
    "fills": 3.0,
    "conflicts": 0.1,
    "fees in BNB": 1.0,
    "too little BNB": 1.0,
    "BNB sold for a fee in it": 0.1,
    "promotions": 0.2,
    "tiers": 0.5,
    "replacements": 0.1,
    "restore": 0.1,
}
LATENCY_DENSITY = {
    "fills": 0.7,
    "deaths": 0.05,
    "triggers": 0.2,
    "restore": 0.3,
    "on their way": 1.0,
    "arrived": 1.0,
}
CHAOS_DENSITY = {
    "rejected": 1.0,
    "found": 1.0,
    "withheld": 0.4,
    "frozen": 0.2,
    "fills": 0.7,
    "duplicated": 0.2,
    "deaths": 0.1,
    "timed out": 0.05,
}


@dataclass(frozen=True)
class Run:
    """So many histories of a kind, with a fill model, and how much must be in them."""

    kind: str
    model: str
    density: Mapping[str, float]
    examples: int = EXAMPLES


RUNS = [
    Run("orders", "touch", DENSITY, MANY),
    Run("orders", "touch-size", DENSITY | PARTLY, MANY),
    Run("orders", SLIPPING, FILLING),
    Run("orders", "depth", FILLING | PARTLY),
    Run("queue", "depth+queue", FILLING | PARTLY | TRADED),
    Run("queue", "touch+queue+share=0.5", FILLING | PARTLY | TRADED),
    *(Run("models", model, MODEL_DENSITY) for model in KINDS["models"][1]),
    *(
        Run(kind, model, density)
        for kind, density in (
            ("accounts", ACCOUNT_DENSITY),
            ("fees", FEE_DENSITY),
            ("chaos", CHAOS_DENSITY),
            ("latency", LATENCY_DENSITY),
        )
        for model in USUAL
    ),
]


@pytest.fixture
def connection(valkey_url: str) -> Iterator[Connection]:
    connection = Connection(valkey_url)
    yield connection
    connection.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run.kind}-{run.model}")
def test_any_history_gives_one_venue(run: Run, connection: Connection) -> None:
    of, _, fees = KINDS[run.kind]
    latency = LATENCY.get(run.kind, 0)
    seen = check_histories(run.model, connection, run.examples, of=of, fees=fees, latency=latency)
    for what, share in {**run.density, "histories": 1.0}.items():
        assert seen[what] >= share * run.examples, f"{seen[what]} {what} in {run.examples} histories: {dict(seen)}"


CLUSTER_EXAMPLES = 60


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["orders", "accounts", "chaos"])
def test_any_history_gives_one_venue_on_several_nodes(kind: str, cluster_of_three: Cluster) -> None:
    """Whose slots have other nodes from one history to the next."""
    connection = connect(cluster_of_three.url, home="{main}")
    nodes = [Connection(f"redis://:{PASSWORD}@{node.place}") for node in cluster_of_three.nodes]
    moving = cycle(("{main}", "sym_BTC/USDT", "sym_ETH/BTC", "market:instruments"))
    seen: Counter[str] = Counter()

    def forget() -> None:
        seen["histories"] += 1
        for node in nodes:
            node.run("FLUSHALL")
        if seen["histories"] % 5 == 0:
            cluster_of_three.move(next(moving))

    seen += check_histories("touch-size", connection, CLUSTER_EXAMPLES, of=KINDS[kind][0], forget=forget)
    assert seen["fills"] >= 0.5 * CLUSTER_EXAMPLES
    for each in (connection, *nodes):
        each.close()
