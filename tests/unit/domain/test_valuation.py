"""What assets are worth: directly, inversely, through one bridge, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.balances import Balance
from mockexchange.domain.fills import Fill, Liquidity
from mockexchange.domain.ledger import LedgerEntry, LedgerKind
from mockexchange.domain.orders import Side
from mockexchange.domain.tally import Tally
from mockexchange.domain.valuation import Rate, bridged_rates, direct_rates, holdings
from mockexchange.store.tally_record import read_tally, write_tally

D = Decimal
PRICES = {"BTC/USDT": D(60_000), "USDT/EUR": D("0.8"), "ETH/BTC": D("0.05"), "BTC/DOGE": D(300_000)}


@pytest.mark.parametrize(
    ("asset", "amount", "value"),
    [
        ("USDT", "7.5", "7.5"),
        ("BTC", "0.00000001", "0.0006"),
        ("EUR", "8", "10"),
        ("EUR", "0.00000001", "0.0000000125"),
        ("ETH", "2", "6000"),
        ("DOGE", "10", "2"),
    ],
)
def test_every_path(asset: str, amount: str, value: str) -> None:
    direct = direct_rates(["USDT", "BTC", "EUR", "ETH", "DOGE"], "USDT", PRICES)
    rates = direct | bridged_rates(["ETH", "DOGE"], {"BTC": direct["BTC"]}, PRICES)

    assert rates[asset].value(D(amount)) == D(value)


def test_a_third_is_rounded_down_once() -> None:
    assert Rate(D(1), D(3)).value(D(3)) == 1
    assert Rate(D(1), D(3)).value(D(1)) == D("0.333333333333333333")


def test_what_has_no_price_counts_as_nothing_and_is_named_unless_there_is_none_of_it() -> None:
    found = holdings(
        [Balance("FOO", D(1)), Balance("GONE"), Balance("BTC", D(1), D(2)), Balance("USDT", D(5), D(1))],
        "USDT",
        direct_rates(["BTC", "USDT"], "USDT", PRICES),
    )

    assert (found.equity, found.unpriced) == (180_006, ("FOO",))
    assert (found.cash.frozen, found.assets.frozen) == (1, 120_000)


def test_totals_are_the_same_however_they_are_added_up_and_survive_writing() -> None:
    lines = [LedgerEntry(LedgerKind.DEPOSIT, n, "BTC", D(n), 0) for n in range(1, 5)]
    lines.append(LedgerEntry(LedgerKind.WITHDRAWAL, 9, "FOO", D(-3), 0))
    fills = [
        Fill(n, 1, "BTC/USDT", side, D(10), D(1), D(10), D("0.1"), "BTC", Liquidity.MAKER, 0, 1, "s", "m", D("0.1"))
        for n, side in enumerate((Side.BUY, Side.SELL, Side.BUY))
    ]
    rates = direct_rates(["BTC"], "USDT", PRICES)

    whole = Tally("USDT").with_ledger(lines, 5, rates).with_fills(fills, 3)
    parts = Tally("USDT")
    for index, line in enumerate(lines, 1):
        parts = read_tally(write_tally(parts.with_ledger([line], index, rates)))
    for index, fill in enumerate(fills, 1):
        parts = read_tally(write_tally(parts.with_fills([fill], index)))

    assert parts == whole
    assert whole.deposits.value == 10 * 60_000
    assert whole.withdrawals.unpriced == {"FOO": 3}
    assert whole.withdrawals.valued({"FOO": Rate(D(2))}) == 6
    assert whole.turnovers[Side.BUY, "BTC"].count == 2
