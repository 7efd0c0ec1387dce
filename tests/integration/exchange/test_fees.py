"""Fees by market, by tier and in the fee asset, on every store, with others at work in between."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.errors import BadRequest, InsufficientFunds
from mockexchange.domain.fees import DAY, FeeSchedule, read_overrides, read_tiers
from mockexchange.domain.fills import FeeRule, Fill
from mockexchange.domain.journal import Matched, Placed
from mockexchange.domain.ledger import LedgerKind
from mockexchange.domain.models import Engine
from mockexchange.domain.placing import PlacementView, place
from mockexchange.domain.rules import Rules
from mockexchange.domain.transactions import Transaction, Verdict
from mockexchange.exchange import Exchange
from mockexchange.replaying import replay
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from tests.two_levels import TwoLevels

from .venue import BTC, D, Venue, order

BNB = "BNB/USDT"
SCHEDULE = FeeSchedule(
    tiers=read_tiers({"300": "0.0005/0.0006"}),
    overrides=read_overrides({"ETH/USDT": "0/-"}),
    asset="BNB",
    discount=D("0.25"),
)
RULES = Rules(engine=Engine(fees=SCHEDULE))


@pytest.fixture
def exchange(venue: Venue) -> Exchange:
    """With BNB at 10 USDT, which alice pays her fees in, once she has some."""
    venue.price("10", "10", BNB)
    venue.price("49", "50", "ETH/USDT")
    exchange = venue.another(RULES)
    exchange.accounts.set_fees("alice", pays_in_fee_asset=True)
    return exchange


def paid(fill: Fill) -> tuple[Decimal, str, Decimal]:
    return fill.commission, fill.commission_asset, fill.rate


# markets and tiers


def test_a_market_may_have_rates_of_its_own_for_everybody(venue: Venue, exchange: Exchange) -> None:
    exchange.open_account("bob", {"USDT": D(1000)}, maker_rate=D("0.01"), taker_rate=D("0.02"))
    exchange.place(order("BUY", "1", "48", "ETH/USDT", account="bob"))
    venue.tick("47", "48", "ETH/USDT")
    exchange.match()
    exchange.place(order("BUY", "1", None, "ETH/USDT", account="bob"))
    maker, taker = venue.all_fills("bob")
    assert paid(maker) == (D(0), "ETH", D(0))
    assert paid(taker) == (D("0.02"), "ETH", D("0.02"))
    assert (maker.fee_rule, taker.fee_rule) == (FeeRule.MARKET, FeeRule.ACCOUNT)
    venue.check_replay()


def test_volume_counts_from_the_next_day_on_for_thirty_days(venue: Venue, exchange: Exchange) -> None:
    def trade() -> Fill:
        exchange.set_price(BTC, venue.quote("99", "101"))
        return exchange.place(order("BUY", "1")).fills[0]

    def terms() -> tuple[Decimal, Decimal]:
        found = exchange.fee_terms("alice")
        return found.volume, found.on(BTC).taker.rate

    rates = [trade().rate for _ in range(3)]
    assert terms() == (D(0), D("0.001"))
    venue.clock.time += DAY
    assert terms() == (D(303), D("0.0006"))
    rates.append(trade().rate)
    venue.clock.time += 29 * DAY
    rates.append(trade().rate)
    venue.clock.time += DAY
    rates.append(trade().rate)
    assert rates == [D("0.001")] * 3 + [D("0.0006")] * 2 + [D("0.001")]
    # what is older than a month is forgotten with the first fill of a day
    assert [volume for _, volume in venue.store.books(exchange.account("alice")).volumes] == [101, 101, 101]
    venue.check_replay()


def test_a_reset_begins_at_no_volume_and_a_restoration_brings_it_back(venue: Venue, exchange: Exchange) -> None:
    for _ in range(3):
        exchange.place(order("BUY", "1"))
    exchange.accounts.take_snapshot("alice", "kept")
    venue.clock.time += DAY
    exchange.accounts.reset("alice")
    assert exchange.fee_terms("alice").volume == 0
    exchange.accounts.restore("alice", "kept")
    exchange.accounts.clone("alice", "carol")
    for account in ("alice", "carol"):
        terms = exchange.fee_terms(account)
        assert (terms.volume, terms.account.pays_in_fee_asset) == (303, True)
    venue.check_replay()


def test_a_day_that_is_over_gets_no_more_volume(venue: Venue, exchange: Exchange) -> None:
    """Somebody is late with a fill of yesterday, while another decides on the first one of today."""

    def view() -> PlacementView:
        return exchange._view(order("BUY", "1"))  # pyright: ignore[reportPrivateUsage]  # what is read before a commit

    def commit(view: PlacementView) -> list[Verdict]:
        decided = place(order("BUY", "1"), view, RULES.engine).transaction
        assert decided is not None
        return venue.store.commit([replace(decided, placed_on=None)])  # its price is another by now

    exchange.place(order("BUY", "1"))
    late, too_late = view(), view()
    venue.clock.time += DAY
    exchange.set_price(BTC, venue.quote("99", "101"))
    first = view()
    assert commit(late) == ["COMMITTED"]
    assert commit(first) == ["CONFLICT"], "there is more volume than it was decided on"
    assert commit(view()) == ["COMMITTED"]
    assert commit(too_late) == ["CONFLICT"], "today has begun"
    today = venue.clock.time // DAY
    assert venue.store.books(exchange.account("alice")).volumes == ((today - 1, D(202)), (today, D(101)))


# the fee asset


def test_fees_are_paid_in_the_fee_asset_while_there_is_enough(venue: Venue, exchange: Exchange) -> None:
    exchange.deposit("alice", "BNB", D("0.02"))
    fills = [exchange.place(order("BUY", "1")).fills[0] for _ in range(3)]
    # 101 USDT x 0.1 % x 75 % at 10 USDT each is 0.007575 BNB
    assert [paid(fill) for fill in fills] == [
        (D("0.007575"), "BNB", D("0.00075")),
        (D("0.007575"), "BNB", D("0.00075")),
        (D("0.001"), "BTC", D("0.001")),
    ]
    assert [(fill.discount, fill.fee_price) for fill in fills] == [(D("0.25"), D(10))] * 2 + [(D(0), None)]
    assert venue.owned()["BNB"] == (D("0.00485"), D(0))
    assert venue.owned()["BTC"] == (D("4.999"), D(0))
    lines = [line for line in exchange.ledger("alice").items if line.kind is LedgerKind.FEE]
    assert [(line.asset, line.amount) for line in lines] == [
        ("BNB", D("-0.007575")), ("BNB", D("-0.007575")), ("BTC", D("-0.001")),
    ]  # fmt: skip
    assert exchange.fills_of(exchange.order("alice", fills[0].order_id)) == (fills[0],)
    venue.check_replay()


def test_a_resting_order_pays_at_the_price_of_its_own_moment(venue: Venue, exchange: Exchange) -> None:
    exchange.deposit("alice", "BNB", D(1))
    exchange.place(order("SELL", "1", "110"))
    venue.price("20", "20", BNB)
    venue.tick("110", "111")
    exchange.match()
    venue.price("40", "40", BNB)
    assert paid(venue.all_fills()[0]) == (D("0.004125"), "BNB", D("0.00075"))
    [matched] = [entry for entry in venue.store.journal(0, 1000).items if isinstance(entry, Matched)]
    assert matched.prices == ((BNB, D(20)),)
    venue.check_replay()


def test_the_fee_asset_may_be_the_one_that_is_traded(venue: Venue, exchange: Exchange) -> None:
    bought = exchange.place(order("BUY", "2", None, BNB)).fills[0]
    assert paid(bought) == (D("0.002"), "BNB", D("0.001")), "what a fill brings does not pay for itself"
    assert paid(exchange.place(order("BUY", "2", None, BNB)).fills[0]) == (D("0.0015"), "BNB", D("0.00075"))
    everything = venue.owned()["BNB"][0]
    assert everything == D("3.9965")
    sold = exchange.place(order("SELL", "3.99", None, BNB)).fills[0]
    assert paid(sold) == (D("0.0029925"), "BNB", D("0.00075"))
    exchange.deposit("alice", "BNB", D("0.9964925"))
    sold = exchange.place(order("SELL", "1", None, BNB)).fills[0]
    assert paid(sold) == (D("0.01"), "USDT", D("0.001")), "what an order gives away does not pay its fee"
    assert venue.owned()["BNB"] == (D(0), D(0))
    assert [entry.prices for entry in venue.store.journal(0, 1000).items if isinstance(entry, Placed)] == [()] * 4
    venue.check_replay()


def test_a_replacement_may_pay_with_what_the_old_order_held(venue: Venue, exchange: Exchange) -> None:
    exchange.deposit("alice", "BNB", D(1))
    old = exchange.place(order("SELL", "1", "12", BNB)).order
    new = exchange.replace("alice", old.order_id, order("SELL", "0.99", "9", BNB))
    assert [paid(fill) for fill in new.fills] == [(D("0.0007425"), "BNB", D("0.00075"))]
    venue.check_replay()


def test_an_order_that_is_not_covered_is_refused_all_the_same(exchange: Exchange) -> None:
    exchange.deposit("alice", "BNB", D(1))
    with pytest.raises(InsufficientFunds):
        exchange.place(order("SELL", "2", None, BNB))
    with pytest.raises(InsufficientFunds):
        exchange.assess(order("BUY", "100"))
    assert exchange.assess(order("BUY", "1")).fills[0].commission_asset == "BNB"


def test_without_a_price_or_a_deposit_the_fee_is_taken_from_what_comes_in(venue: Venue) -> None:
    exchange = venue.another(RULES)
    exchange.accounts.set_fees("alice", pays_in_fee_asset=True)
    assert paid(exchange.place(order("BUY", "1")).fills[0]) == (D("0.001"), "BTC", D("0.001"))
    exchange.deposit("alice", "BNB", D(1))
    assert paid(exchange.place(order("BUY", "1")).fills[0]) == (D("0.001"), "BTC", D("0.001"))
    venue.check_replay()


def test_the_fills_of_one_commit_share_what_is_there(venue: Venue, exchange: Exchange) -> None:
    levels = venue.another(Rules(engine=Engine(TwoLevels(size=D(1)), fees=SCHEDULE)))
    exchange.deposit("alice", "BNB", D("0.01"))
    fills = levels.place(order("BUY", "1.5")).fills
    assert [fill.commission_asset for fill in fills] == ["BNB", "BTC"]
    exchange.deposit("alice", "BNB", D("0.01"))
    fills = levels.place(order("BUY", "1.5")).fills
    assert [fill.commission_asset for fill in fills] == ["BNB", "BNB"]


def test_a_decision_does_not_outlive_the_balance_that_it_was_taken_on(venue: Venue, exchange: Exchange) -> None:
    def decided() -> Transaction:
        view = exchange._view(order("BUY", "1"))  # pyright: ignore[reportPrivateUsage]  # what is read before a commit
        found = place(order("BUY", "1"), view, RULES.engine).transaction
        assert found is not None
        return found

    too_little = decided()
    exchange.deposit("alice", "BNB", D("0.007575"))
    assert venue.store.commit([too_little]) == ["CONFLICT"]
    enough = decided()
    exchange.withdraw("alice", "BNB", D("0.00000001"))
    assert venue.store.commit([enough]) == ["CONFLICT"]
    exchange.deposit("alice", "BNB", D("0.00000001"))
    assert venue.store.commit([enough]) == ["COMMITTED"]
    assert venue.owned()["BNB"] == (D(0), D(0))


def test_a_great_balance_is_compared_exactly(venue: Venue, exchange: Exchange) -> None:
    """Beyond 2^53 smallest units, where a double would lose the last ones."""
    exchange.accounts.set_fees("alice", taker_rate=D("0.99"))
    exchange.deposit("alice", "USDT", D(10) ** 20)
    exchange.set_price(BNB, venue.quote("0.00000001", "0.00000001", BNB))
    needed = D("101.000001") * 99 * 75 * 10**4  # x 0.99 x 0.75 at 10^-8
    exchange.deposit("alice", "BNB", needed - D("0.00000001"))
    venue.price("101.000001", "101.000001")
    assert exchange.assess(order("BUY", "1")).fills[0].commission_asset == "BTC"
    exchange.deposit("alice", "BNB", D("0.00000001"))
    assert paid(exchange.place(order("BUY", "1")).fills[0]) == (needed, "BNB", D("0.7425"))
    assert venue.owned()["BNB"] == (D(0), D(0))


def test_a_page_of_orders_of_one_account_shares_what_is_there(venue: Venue, exchange: Exchange) -> None:
    exchange.deposit("alice", "BNB", D("0.02"))
    for _ in range(5):
        exchange.place(order("BUY", "1", "90"))
    venue.tick("89", "90")
    report = exchange.match()
    assert (report.fills, report.conflicts) == (5, 0)
    # 90 x 0.1 % x 75 % / 10 = 0.00675 BNB, twice
    assert [fill.commission_asset for fill in venue.all_fills()] == ["BNB", "BNB", "BTC", "BTC", "BTC"]
    venue.check_replay()


def test_two_matchers_at_once_charge_every_fill_once(valkey_venue: Venue) -> None:
    venue = valkey_venue
    venue.price("10", "10", BNB)
    exchanges = [venue.another(RULES) for _ in range(3)]
    exchanges[0].accounts.set_fees("alice", pays_in_fee_asset=True)
    exchanges[0].deposit("alice", "BNB", D("0.1"))
    exchanges[0].deposit("alice", "USDT", D(10_000))
    for _ in range(60):
        exchanges[0].place(order("BUY", "1", "90"))
    venue.tick("89", "90")
    together = threading.Barrier(3)

    def act(number: int) -> None:
        together.wait(timeout=30)
        if number == 2:
            for _ in range(20):
                exchanges[2].deposit("alice", "BNB", D("0.005"))
        else:
            exchanges[number].match()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    fills = venue.all_fills()
    assert len(fills) == 60
    charged = sum(fill.commission_asset == "BNB" for fill in fills)
    assert venue.owned()["BNB"] == (D("0.2") - charged * D("0.00675"), D(0))
    assert 0 < charged <= 29
    venue.check_replay()


def test_there_is_no_fee_asset_to_pay_in_unless_one_is_named(venue: Venue) -> None:
    with pytest.raises(BadRequest, match="FEE_ASSET"):
        venue.exchange.accounts.set_fees("alice", pays_in_fee_asset=True)
    venue.another(RULES).accounts.set_fees("alice", pays_in_fee_asset=True)
    venue.exchange.accounts.set_fees("alice", pays_in_fee_asset=False)
    assert not venue.exchange.account("alice").pays_in_fee_asset


def test_a_schedule_that_changes_is_in_the_journal_before_what_it_decides(venue: Venue, exchange: Exchange) -> None:
    exchange.deposit("alice", "BNB", D(1))
    exchange.place(order("BUY", "1"))
    venue.exchange.place(order("BUY", "1"))
    venue.another(Rules(engine=Engine(fees=replace(SCHEDULE, discount=D("0.5"))))).place(order("BUY", "1"))
    assert [fill.rate for fill in venue.all_fills()] == [D("0.00075"), D("0.001"), D("0.0005")]
    venue.check_replay()


def test_what_the_store_keeps_reads_back_as_it_was(venue: Venue, exchange: Exchange) -> None:
    exchange.deposit("alice", "BNB", D(1))
    placed = exchange.place(order("BUY", "1"))
    fills = venue.store.fills(exchange.account("alice"), [placed.fills[0].trade_id])
    assert tuple(fills) == placed.fills
    if isinstance(venue.store, ValkeyStore):
        entries = venue.store.journal(0, 1000).items
        again = MemoryStore()
        replay(entries, again)
        assert again.journal(0, 1000).items == entries
