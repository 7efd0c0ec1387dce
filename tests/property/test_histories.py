"""Any history gives the same venue in memory and in Valkey, to the byte, with clean books and no tick met twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import cycle

import pytest
from hypothesis.strategies import SearchStrategy

from mockexchange.store.valkey_connection import Connection, connect
from tests.cluster import PASSWORD, Cluster

from .checks import SLIPPING, check_histories
from .fee_histories import fee_histories
from .histories import account_histories, chaos_histories, histories
from .world import CHARGES, Command

EXAMPLES = 1050
"""Histories for `touch` and for `touch-size`: over 2,000 together."""

OTHERS = 350
"""Histories for every other fill model."""

DENSITY = {
    "fills": 1.5,
    "maker fills": 0.4,
    "cancels": 0.4,
    "replacements": 0.3,
    "amendments": 0.3,
    "duplicated": 1.0,
    "deaths": 0.2,
    "conflicts": 0.1,
    "MAX_NUM_ORDERS": 0.2,
    "late fills": 0.2,
    "candle fills": 0.15,
    "MAX_NUM_ALGO_ORDERS": 0.05,
    "triggers": 0.4,
    "trailed": 0.3,
    "lists": 0.5,
    "pairs ended": 0.2,
    "timed out": 0.3,
    "orders that waited": 0.1,
}
"""What the histories must hold for any of this to mean something, per history on average."""

FILLING = ("fills", "maker fills", "duplicated", "deaths", "conflicts", "triggers", "lists")
"""The part of it that every fill model is asked for."""


@pytest.fixture
def connection(valkey_url: str) -> Iterator[Connection]:
    connection = Connection(valkey_url)
    yield connection
    connection.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("model", "partial_fills", "examples"),
    [
        ("touch", 0.0, EXAMPLES),
        ("touch-size", 0.4, EXAMPLES),
        (SLIPPING, 0.0, OTHERS),
        ("depth", 0.4, OTHERS),
    ],
)
def test_any_history_gives_one_venue(model: str, partial_fills: float, examples: int, connection: Connection) -> None:
    seen = check_histories(model, connection, examples)
    # What has nothing to do with how an order fills is dense enough in the many histories of the first two.
    dense = DENSITY if examples == EXAMPLES else {what: DENSITY[what] for what in FILLING}
    for what, share in {**dense, "partial fills": partial_fills, "histories": 1.0}.items():
        assert seen[what] >= share * examples, f"{seen[what]} {what} in {examples} histories: {dict(seen)}"


CLUSTER_EXAMPLES = 60


@pytest.mark.timeout(600)
@pytest.mark.parametrize("of", [histories, account_histories, chaos_histories], ids=["orders", "accounts", "chaos"])
def test_any_history_gives_one_venue_on_several_nodes(
    of: SearchStrategy[list[Command]], cluster_of_three: Cluster
) -> None:
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

    seen += check_histories("touch-size", connection, CLUSTER_EXAMPLES, of=of, forget=forget)
    assert seen["fills"] >= 0.5 * CLUSTER_EXAMPLES
    for each in (connection, *nodes):
        each.close()


ACCOUNT_EXAMPLES = 350
ACCOUNT_DENSITY = {
    "keep": 0.5,
    "restore": 0.5,
    "reset": 0.3,
    "clone": 0.15,
    "fees": 0.1,
    "fills": 0.7,
    "amendments": 0.1,
    "deaths": 0.05,
    "candle fills": 0.05,
    "triggers": 0.3,
    "lock only": 0.1,
    "rejections": 0.05,
    "timed out": 0.1,
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("model", ["touch", "touch-size"])
def test_any_history_with_accounts_that_begin_anew_gives_one_venue(model: str, connection: Connection) -> None:
    seen = check_histories(model, connection, ACCOUNT_EXAMPLES, of=account_histories)
    for what, share in ACCOUNT_DENSITY.items():
        assert seen[what] >= share * ACCOUNT_EXAMPLES, f"{seen[what]} {what}: {dict(seen)}"


FEE_EXAMPLES = 350
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


@pytest.mark.timeout(600)
@pytest.mark.parametrize("model", ["touch", "touch-size"])
def test_any_history_with_fees_of_all_kinds_gives_one_venue(model: str, connection: Connection) -> None:
    seen = check_histories(model, connection, FEE_EXAMPLES, of=fee_histories, fees=CHARGES)
    for what, share in FEE_DENSITY.items():
        assert seen[what] >= share * FEE_EXAMPLES, f"{seen[what]} {what}: {dict(seen)}"


CHAOS_EXAMPLES = 350
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


@pytest.mark.timeout(600)
@pytest.mark.parametrize("model", ["touch", "touch-size"])
def test_any_history_with_faults_on_purpose_gives_one_venue(model: str, connection: Connection) -> None:
    seen = check_histories(model, connection, CHAOS_EXAMPLES, of=chaos_histories)
    for what, share in CHAOS_DENSITY.items():
        assert seen[what] >= share * CHAOS_EXAMPLES, f"{seen[what]} {what}: {dict(seen)}"
