"""An account's own commands, given again: the same fills under its venue's model, others under another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.backtest.again import Again, again
from mockexchange.backtest.picture import picture
from mockexchange.backtest.recorded import Recorded, pages_of, recorded
from mockexchange.domain.errors import AccountNotFound, BadRequest
from mockexchange.domain.fees import FeeSchedule
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Contingency, OrderType, Side
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.rules import Rules
from mockexchange.ports import Page
from mockexchange.store.memory import MemoryStore

from .journaled import BTC, START, Traded, wild

D = Decimal


def read(traded: Traded, account: str = "bot") -> Recorded:
    return recorded(traded.store, account, "USDT")


def runs(traded: Traded, *models: str) -> Again:
    return again(read(traded), models)


@pytest.mark.parametrize("model", ["last", "touch", "touch-size", "depth", "depth+slippage=5+seed=3"])
@pytest.mark.parametrize("seed", [1, 2])
def test_under_the_venue_s_own_model_every_fill_is_the_same(model: str, seed: int) -> None:
    # what an account took of a book depends on when each tick was met; the journal does not say it of all of them
    traded = wild(seed, model, late=not model.startswith("depth"))
    of = read(traded)
    assert len(of.fills) > 30
    found = again(of, [])
    assert (found.same, found.as_it_was.refused, found.as_it_was.skipped) == (True, 0, 0)
    assert found.as_it_was.fills == len(of.fills)


def test_fees_in_a_fee_asset_are_the_same_too() -> None:
    fees = FeeSchedule(asset="ETH", discount=D("0.25"), quote_asset="USDT")
    traded = wild(3, "touch", rules=Rules(Engine(fees=fees)))
    traded.exchange.accounts.set_fees("bot", pays_in_fee_asset=True)
    assert traded.order(Side.BUY, "0.01") is not None
    of = read(traded)
    assert of.fills[-1].commission_asset == "ETH"
    assert again(of, []).same


def test_what_was_placed_before_the_matcher_came_by_is_placed_before_that() -> None:
    traded = Traded("touch")
    spared = traded.order(Side.BUY, "0.1", "59990")
    traded.clock.time += 500
    traded.tick(middle=D(59_980))  # reaches it
    traded.clock.time += 500
    assert spared is not None
    traded.exchange.cancel("bot", spared)  # before anybody looked
    assert traded.exchange.match().fills == 0
    traded.order(Side.SELL, "0.1")
    found = runs(traded)
    assert (found.same, found.as_it_was.fills, found.as_it_was.skipped) == (True, 1, 0)


def test_an_account_s_own_fill_model_is_what_it_was_like() -> None:
    """What it chose, from when on; under another model that counts for nothing."""
    traded = Traded("touch")
    traded.exchange.deposit("bot", "USDT", D(100_000))
    traded.exchange.accounts.set_fill_model("bot", "touch-size")
    traded.order(Side.BUY, "0.8", "60010")
    traded.clock.time += 1_000
    traded.exchange.accounts.set_fill_model("bot", None)
    traded.order(Side.BUY, "0.8", "60010")
    of = read(traded)
    assert set(of.models) == {"touch", "touch-size"}
    assert of.fills[0].quantity < D("0.8") == of.fills[-1].quantity
    found = runs(traded, "touch")
    assert found.same
    (kinder,) = found.runs
    assert kinder.traded > found.as_it_was.traded


def test_what_an_account_s_own_model_spares_is_spared() -> None:
    """Not what the venue's would: an ask above the limit is nothing to `last`, to which the last price came."""
    for first in (True, False):
        traded = Traded("touch" if first else "last")
        if first:
            traded.exchange.accounts.set_fill_model("bot", "last")
        else:
            # its own, and given up again before the order
            traded.exchange.accounts.set_fill_model("bot", "touch")
            traded.order(Side.BUY, "0.01")
            traded.exchange.accounts.set_fill_model("bot", None)
        spared = traded.order(Side.BUY, "0.1", "59990")
        assert spared is not None
        traded.clock.time += 500
        traded.tick(middle=D(59_990))
        traded.clock.time += 500
        traded.exchange.cancel("bot", spared)  # before anybody looked
        assert traded.exchange.match().fills == 0
        found = runs(traded)
        assert (found.same, found.as_it_was.skipped) == (True, 0)


def test_an_account_that_began_with_its_own_model_is_spared_by_that() -> None:
    traded = Traded("touch")
    traded.order(Side.BUY, "0.01")
    traded.exchange.accounts.set_fill_model("bot", "last")
    traded.exchange.accounts.reset("bot", {"USDT": D(50_000)})
    traded.clock.time += 500
    # the matcher of the venue, of which the journal says nothing more
    spared = traded.order(Side.BUY, "0.1", "59990")
    assert spared is not None
    traded.clock.time += 500
    traded.tick(middle=D(59_990))
    traded.clock.time += 500
    traded.exchange.cancel("bot", spared)
    assert traded.exchange.match().fills == 0
    found = runs(traded)
    assert (found.same, found.as_it_was.skipped) == (True, 0)


def test_a_stop_that_trails_a_profit_is_spared_when_the_price_had_come_back() -> None:
    traded = Traded("touch")
    spared = traded.order(Side.SELL, "0.1", type=OrderType.TAKE_PROFIT, trailing_delta=100)
    assert spared is not None
    for middle in (60_500, 59_890):  # a hundredth below the best
        traded.clock.time += 500
        traded.tick(middle=D(middle))
    traded.clock.time += 500
    traded.exchange.cancel("bot", spared)  # before anybody looked
    assert traded.exchange.match().fills == 0
    traded.order(Side.SELL, "0.1")
    found = runs(traded)
    assert (found.same, found.as_it_was.skipped) == (True, 0)


def test_what_an_order_held_is_free_when_its_date_has_ended_it() -> None:
    """By the clock: no tick came that would have."""
    traded = Traded("touch")
    dated = traded.order(Side.BUY, "0.8", "59000", expires_at=START + 60_000)
    assert dated is not None
    traded.clock.time += 30_000
    traded.tick()
    traded.clock.time += 31_000
    assert traded.exchange.match().expired == 1
    traded.order(Side.BUY, "0.8", "59000")
    traded.order(Side.SELL, "0.1")
    found = runs(traded, "last", "brutal")
    assert found.same
    for run in (found.as_it_was, *found.runs):
        assert (run.orders, run.refused) == (3, 0)


@pytest.mark.parametrize("ticks", [0, 1])
def test_an_order_that_was_canceled_after_its_date_had_not_ended_by_then(ticks: int) -> None:
    traded = Traded("touch")
    dated = traded.order(Side.BUY, "0.1", "59000", expires_at=START + 60_000)
    assert dated is not None
    traded.clock.time += 61_000
    for _ in range(ticks):
        traded.tick()
    traded.clock.time += 1_000
    traded.exchange.cancel("bot", dated)  # before anybody looked
    traded.exchange.match()
    traded.order(Side.SELL, "0.1")
    found = runs(traded)
    assert (found.same, found.as_it_was.skipped) == (True, 0)


def test_an_order_that_is_filled_already_under_a_model_does_not_end_by_its_date() -> None:
    traded = Traded("touch")
    dated = traded.order(Side.BUY, "0.8", "60000", expires_at=START + 60_000)  # at the last price, below the ask
    assert dated is not None
    traded.clock.time += 61_000
    assert traded.exchange.match().expired == 1
    traded.order(Side.SELL, "0.1", "61000")
    found = runs(traded, "last")
    assert (found.same, found.as_it_was.fills) == (True, 0)
    (kinder,) = found.runs
    assert (kinder.fills, kinder.orders, kinder.skipped, kinder.refused) == (1, 2, 0, 0)


def test_the_clock_ends_no_order_before_the_ticks_of_until_then_are_met() -> None:
    """Also one that reached an order without a fill: as much as nothing stood there."""
    traded = Traded("touch-size")
    reached = traded.order(Side.BUY, "0.1", "59990")
    assert reached is not None
    assert traded.order(Side.BUY, "0.1", "59989", expires_at=START + 5_000) is not None
    traded.clock.time += 500
    traded.tick(middle=D(59_989), size=D("0.00000001"))
    assert traded.exchange.match().fills == 0
    traded.order(Side.BUY, "0.01", "50000")  # on that tick, which was there then
    traded.clock.time += 5_000
    assert traded.exchange.match().expired == 1
    traded.exchange.cancel("bot", reached)
    found = runs(traded, "last")
    assert (found.same, found.as_it_was.fills) == (True, 0)
    (kinder,) = found.runs
    assert (kinder.fills, kinder.skipped) == (2, 1)


def test_a_matcher_that_came_after_its_date_filled_an_order_by_a_tick_of_before_that() -> None:
    traded = Traded("touch")
    traded.order(Side.BUY, "0.1", "59990")
    traded.order(Side.BUY, "0.1", "59980", expires_at=START + 5_000)
    for middle in (59_985, 59_975):
        traded.clock.time += 500
        traded.tick(middle=D(middle))
    traded.clock.time += 5_000
    assert traded.exchange.match().fills == 2
    found = runs(traded)
    assert (found.same, found.as_it_was.fills) == (True, 2)


def test_the_last_thing_that_is_known_may_be_any_command() -> None:
    traded = Traded("touch")
    order = traded.order(Side.BUY, "0.1", "59000")
    assert order is not None
    pair = (
        PlaceOrder("bot", BTC, Side.SELL, OrderType.LIMIT, D("0.1"), D(60_100), post_only=True),
        PlaceOrder("bot", BTC, Side.SELL, OrderType.STOP_LOSS, D("0.1"), stop_price=D(59_900)),
    )
    elsewhere = PlaceOrder("bot", BTC, Side.BUY, OrderType.LIMIT, D("0.1"), D(58_000), expires_at=START + 20_000)
    exchange = traded.exchange
    for do in (
        lambda: exchange.place_list(PlaceList(Contingency.OCO, pair)),
        lambda: exchange.replace("bot", order, elsewhere),
        lambda: exchange.deposit("bot", "USDT", D(1)),
        lambda: exchange.withdraw("bot", "USDT", D(1)),
        lambda: exchange.accounts.set_fees("bot", maker_rate=D(0)),
        lambda: exchange.accounts.set_fill_model("bot", "last"),
    ):
        traded.clock.time += 1_000
        do()
        assert read(traded).until == traded.clock.time
    traded.clock.time += 20_000
    assert exchange.match().expired == 1
    assert read(traded).until == traded.clock.time


def test_a_model_that_fills_less_leaves_nothing_to_sell() -> None:
    traded = Traded("touch")
    traded.exchange.withdraw("bot", "BTC", D(1))
    traded.order(Side.BUY, "0.8", "60010")
    traded.clock.time += 1_000
    traded.order(Side.SELL, "0.7")
    found = runs(traded, "touch-size")
    assert found.same
    (stricter,) = found.runs
    assert (found.as_it_was.fills, found.as_it_was.refused) == (2, 0)
    assert (stricter.orders, stricter.fills, stricter.refused) == (1, 1, 1)
    assert stricter.refusal == "the order needs more than is free: 0.499 BTC is free"


def test_a_model_that_fills_sooner_leaves_nothing_to_cancel() -> None:
    traded = Traded("touch")
    rests = traded.order(Side.BUY, "0.1", "60000")  # below the ask, and at the last price
    traded.clock.time += 1_000
    assert rests is not None
    traded.exchange.amend("bot", rests, quantity=D("0.05"))
    traded.exchange.cancel("bot", rests)
    kept = traded.order(Side.BUY, "0.1", "60000")
    assert kept is not None
    again_at = PlaceOrder("bot", BTC, Side.BUY, OrderType.LIMIT, D("0.1"), D(59_000))
    traded.exchange.replace("bot", kept, again_at)
    found = runs(traded, "last")
    assert found.same
    assert (found.as_it_was.fills, found.as_it_was.orders) == (0, 3)
    (kinder,) = found.runs
    assert (kinder.fills, kinder.orders, kinder.skipped, kinder.refused) == (2, 2, 3, 0)


def test_lists_are_given_again_as_lists() -> None:
    traded = Traded("touch")
    pair = (
        PlaceOrder("bot", BTC, Side.SELL, OrderType.LIMIT, D("0.1"), D(60_100), post_only=True),
        PlaceOrder("bot", BTC, Side.SELL, OrderType.STOP_LOSS, D("0.1"), stop_price=D(59_900)),
    )
    entry = PlaceOrder("bot", BTC, Side.BUY, OrderType.LIMIT, D("0.2"), D(60_010))
    traded.exchange.place_list(PlaceList(Contingency.OTO, (entry, *pair), "mine"))
    traded.clock.time += 1_000
    traded.tick(middle=D(60_200))
    traded.exchange.match()
    found = runs(traded, "touch-size")
    assert (found.same, found.as_it_was.fills, found.runs[0].fills) == (True, 2, 2)
    assert found.as_it_was.makers == 1


def test_money_in_and_out_is_no_profit() -> None:
    traded = Traded("touch", rules=Rules())
    traded.order(Side.BUY, "0.1", "50000")
    traded.exchange.deposit("bot", "USDT", D(1_000))
    traded.exchange.withdraw("bot", "BTC", D("0.5"))
    run = runs(traded).as_it_was
    assert run.first == 50_000 + 60_000 + 10 * 3_000
    assert (run.paid_in, run.paid_out) == (1_000, D("0.5") * 60_000)
    assert run.last == run.first + run.paid_in - run.paid_out
    assert (run.gain, run.profit) == (0, 0)


@pytest.mark.parametrize("out", [1_000, 1_040])
def test_a_profit_that_is_taken_out_with_what_was_begun_with_is_one(out: int) -> None:
    traded = Traded("last")
    traded.exchange.accounts.reset("bot", {"USDT": D(1_000)})
    traded.exchange.accounts.set_fees("bot", maker_rate=D(0), taker_rate=D(0))
    traded.order(Side.BUY, "0.01")
    traded.clock.time += 1_000
    traded.tick(middle=D(66_000))
    traded.exchange.match()
    traded.order(Side.SELL, "0.01")
    traded.exchange.withdraw("bot", "USDT", D(out))
    run = runs(traded).as_it_was
    assert (run.first, run.last, run.gain) == (1_000, 1_060 - out, 60)
    assert run.profit == D("0.06")
    # what comes in later is begun with, later
    traded.exchange.deposit("bot", "USDT", D(500))
    assert runs(traded).as_it_was.profit == D("0.04")


def test_what_began_with_nothing_that_has_a_price_has_no_profit_to_tell() -> None:
    traded = Traded("touch", prices={BTC: D(60_000), "ETH/BTC": D(100)})
    traded.exchange.accounts.reset("bot", {"ETH": D(1)})
    traded.order(Side.SELL, "0.5", symbol="ETH/BTC")
    run = runs(traded).as_it_was
    assert (run.first, run.last > 0) == (0, True)
    assert run.profit is None
    assert f"{run.model} -</text>" in picture("own", [run])


def test_an_account_that_nothing_can_be_valued_of_is_refused() -> None:
    traded = Traded("touch")
    traded.order(Side.BUY, "0.1", "59000")
    with pytest.raises(BadRequest, match="nothing of account 'bot' can be valued in EUR"):
        recorded(traded.store, "bot", "EUR")
    assert recorded(traded.store, "bot", "BTC").quote_asset == "BTC"


def test_only_the_present_generation_counts() -> None:
    traded = Traded("touch")
    traded.order(Side.BUY, "0.1")
    traded.clock.time += 1_000
    traded.exchange.accounts.reset("bot", {"USDT": D(7_000)})
    traded.order(Side.BUY, "0.01")
    of = read(traded)
    assert (of.since, of.commands, len(of.fills)) == (START + 1_000, 1, 1)
    found = again(of, [])
    assert found.same
    assert found.as_it_was.first == 7_000


def test_where_the_log_does_not_reach_the_journal_s_ticks_are_used() -> None:
    traded = Traded("touch", MemoryStore(log_length=3))
    traded.order(Side.BUY, "0.1", "59000")
    for middle in (59_500, 59_600, 58_990, 59_700, 59_800, 59_900):
        traded.clock.time += 1_000
        traded.tick(middle=D(middle))
        traded.exchange.match()
    of = read(traded)
    (prices,) = (each for each in of.prices if each.symbol == BTC)
    assert [tick.quote.last for tick in prices.from_the_journal] == [60_000, 58_990]
    assert [tick.quote.last for tick in prices.from_the_log] == [59_700, 59_800, 59_900]
    assert again(of, []).same


def test_a_tick_that_no_matcher_has_met_yet_is_none() -> None:
    traded = Traded("touch")
    traded.order(Side.BUY, "0.1", "59000")
    traded.tick(middle=D(58_000))
    assert runs(traded).as_it_was.fills == 0
    traded.exchange.match()
    assert runs(traded).as_it_was.fills == 1


def test_a_long_list_is_read_to_its_end() -> None:
    pages: dict[int | None, Page[int]] = {None: Page([5, 4], 3), 3: Page([], 2), 2: Page([1])}
    assert list(pages_of(pages.__getitem__)) == [[5, 4], [], [1]]


def test_progress_is_told_of_every_run() -> None:
    traded = wild(1, "touch", 40)
    told: list[tuple[str, int]] = []
    found = again(read(traded), ["last"], progress=lambda model, steps: told.append((model, steps)))
    for run in (found.as_it_was, *found.runs):
        assert (run.model, run.steps) in told
        assert run.curve[-1][1] == run.last


def test_what_cannot_be_given_again_is_refused() -> None:
    traded = Traded("touch")
    with pytest.raises(BadRequest, match="the journal holds no order of account 'bot'"):
        read(traded)
    with pytest.raises(AccountNotFound, match="no account 'nobody'"):
        read(traded, "nobody")
    traded.order(Side.BUY, "0.1", "59000")
    with pytest.raises(BadRequest, match="unknown fill model"):
        runs(traded, "kind")
    traded.exchange.accounts.take_snapshot("bot", "before")
    traded.exchange.accounts.restore("bot", "before")
    traded.order(Side.BUY, "0.1", "59000")
    with pytest.raises(BadRequest, match="account 'bot' began with the snapshot 'before'"):
        read(traded)
