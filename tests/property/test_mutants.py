"""Break each rule once, in a copy of the code, and the tests must notice: random histories where a few of them do, and
else a test that comes to it every time."""

from __future__ import annotations

import compileall
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import mockexchange

from .forked import run
from .run_histories import KINDS
from .test_histories import EXAMPLES  # plenty: a mutant that some twenty do not notice has a test of its own

PACKAGE = Path(mockexchange.__file__).parent
UNBROKEN = 20
"""Histories of code that is not broken: that the copy runs is all that they are to show."""
DOMAIN = "tests/unit/domain/"
VENUE = "tests/integration/exchange/"
QUEUES = VENUE + "test_queues.py::"
LATE = VENUE + "test_latency.py::"
ARRIVAL = LATE + "test_no_order_meets_a_tick_of_before_it_is_there[memory-"
GIVEN_BACK = VENUE + "test_fill_models.py::test_what_a_conflict_gives_back_is_for_the_next_one_that_arrives"
OWN = VENUE + "test_account_models.py::"
AGAIN = "tests/unit/backtest/test_own_orders.py::"
DOORS = "tests/integration/api/test_chaos.py::"
INTERRUPTED = "tests/property/test_interruptions.py::test_at_any_step_it_gives_one_venue"
PYTEST = ("pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout")
"""None of the plugins that come by themselves: to import them takes longer than the tests."""


@dataclass(frozen=True)
class Mutant:
    """One rule, and how to break it. `of`: the kind of histories that notice, or the test that does."""

    rule: str
    file: str
    text: str
    broken: str
    of: str = "orders"


MUTANTS = [
    Mutant("nothing is broken", "domain/matching.py", "from __future__", "from __future__"),
    Mutant(
        "guard: an order's version, in Valkey",
        "store/lua/commit.lua",
        "elseif not record or sub(record, 1, #expected) ~= expected then",
        "elseif not record then",
    ),
    Mutant(
        "guard: an order's version, in memory",
        "store/memory.py",
        "if (stored.version if stored else None) != (write.before.version if write.before else None):",
        "if (stored is None) != (write.before is None):",
    ),
    Mutant(
        "guard: a client order id, in Valkey",
        "store/encoding.py",
        'claim.client_order_id, str(claim.before or ""))',
        'claim.client_order_id + " ", "")',
    ),
    Mutant(
        "guard: no more open orders than may be, in Valkey",
        "store/encoding.py",
        'checks.put("B", names.of("counts", account), counted, most)',
        'checks.put("B", names.of("counts", account), counted, most + 10**6)',
        INTERRUPTED + "[two place the last order that may be open]",
    ),
    Mutant(
        "guard: no more open orders than may be, in memory",
        "store/memory.py",
        "counts[counted] <= most",
        "counts[counted] <= most + 10**6",
        INTERRUPTED + "[two place the last order that may be open]",
    ),
    Mutant(
        "count: an order that ended is open no more, in Valkey",
        "store/encoding.py",
        "self._count(before, after, writes)",
        "self._count(None, after, writes)",
    ),
    Mutant(
        "count: an order that is replaced makes room",
        "domain/placing.py",
        "found.append((each.of(view.instrument.symbol), most - count + room[each]))",
        "found.append((each.of(view.instrument.symbol), most - count))",
        VENUE + "test_max_num_orders.py::test_a_replaced_one_makes_room_for_its_successor[memory]",
    ),
    Mutant(
        "count: stops are counted among themselves",
        "store/encoding.py",
        "for each, by in count_changes(before, after):",
        "for each, by in count_changes(before, after)[:1]:",
    ),
    Mutant(
        "count: a list is one, however many of its orders are open",
        "domain/orders.py",
        "self.leg is not None and self.leg.holds)",
        "self.leg is not None)",
        VENUE + "test_order_lists.py::test_no_more_lists_than_may_be_open[memory]",
    ),
    Mutant(
        "stop: the last price need not go beyond its price",
        "domain/orders.py",
        "return last >= stop_price if self is Direction.RISES",
        "return last > stop_price if self is Direction.RISES",
        DOMAIN + "test_stops.py::test_a_stop_is_above_the_market_or_below_it",
    ),
    Mutant(
        "stop: sells lose when the price falls, buys when it rises",
        "domain/orders.py",
        "return Direction.RISES if kind.is_stop_loss is (side is Side.BUY) else Direction.FALLS",
        "return Direction.RISES if side is Side.BUY else Direction.FALLS",
        DOMAIN + "test_stops.py::test_a_stop_is_above_the_market_or_below_it",
    ),
    Mutant(
        "stop: one that is triggered leaves its index, in Valkey",
        "store/encoding.py",
        "if was and was != stands:",
        "if was and was != stands and not after.type.is_stop:",
    ),
    Mutant(
        "stop: it is looked for among the nearest stop prices, in Valkey",
        "store/valkey.py",
        "best_bid, highest_fall = (None if each is None else -each for each in (bid, fall))",
        "best_bid, highest_fall = (None if bid is None else -bid), None",
    ),
    Mutant(
        "stop: one whose rest is not paid buys what it holds money for",
        "matcher.py",
        "self.lock_only.add(order_id)",
        "pass",
        "accounts",
    ),
    Mutant(
        "stop: a replayed one buys what it held money for",
        "replaying.py",
        "lock_only=entry.lock_only,",
        "lock_only=False,",
        "accounts",
    ),
    Mutant(
        "iceberg: no more fills than shows",
        "domain/matching.py",
        "order.visible_quantity if model.limits_size",
        "order.remaining_quantity if model.limits_size",
        VENUE + "test_icebergs.py::test_where_sizes_are_limited_what_shows_fills[memory-sizes0-filled0]",
    ),
    Mutant(
        "expiry: no tick of the date fills",
        "domain/matching.py",
        "if order.is_due(tick.quote.timestamp):",
        "if order.is_due(tick.quote.timestamp - 1):",
        VENUE + "test_expiry.py::test_a_tick_of_its_date_ends_it_whatever_the_clock_says[memory]",
    ),
    Mutant(
        "expiry: ticks of before go first, however late they are met",
        "matcher.py",
        "if not (each.ticks and self._left.get(each.symbol)):",
        "if each:",
        VENUE + "test_expiry.py::test_ticks_that_a_run_had_no_time_for_go_first[memory]",
    ),
    Mutant(
        "expiry: what was logged since the backlog was read goes first",
        "matcher.py",
        "if newest > backlog.newest or view.mailbox:",
        "if view.mailbox:",
        VENUE + "test_expiry.py::test_what_was_logged_since_the_backlog_was_read_goes_first[memory]",
    ),
    Mutant(
        "expiry: what somebody else wrote goes first",
        "matcher.py",
        "if newest > backlog.newest or view.mailbox:",
        "if newest > backlog.newest:",
        VENUE + "test_expiry.py::test_what_somebody_else_wrote_goes_first[memory]",
    ),
    Mutant(
        "expiry: candles of a missed time go first",
        "matcher.py",
        "if view.tick and view.tick.is_catching_up(",
        "if False and view.tick.is_catching_up(",
        VENUE + "test_expiry.py::test_while_candles_of_a_missed_time_come_in_the_clock_waits[memory]",
    ),
    Mutant(
        "expiry: not while another matcher has a later tick in hand",
        "matcher.py",
        "seen, instrument = max(newest, view.seen), self",
        "seen, instrument = 10**6, self",
        VENUE + "test_expiry.py::test_a_tick_that_comes_while_orders_are_ended_is_its_matchers[memory]",
    ),
    Mutant(
        "expiry: what it holds is released",
        "domain/placing.py",
        """postings=list_postings(ended, (), instrument),""",
        "postings=(),",
    ),
    Mutant(
        "expiry: an order that ended leaves the index, in Valkey",
        "store/encoding.py",
        "self._expect_no_more(after, writes)",
        "pass",
    ),
    Mutant(
        "expiry: an order that is left behind with its books leaves the index, in Valkey",
        "store/encoding.py",
        "self._expect_no_more(order, writes)",
        "pass",
        "accounts",
    ),
    Mutant(
        "expiry: an order that is brought back has its date, in memory",
        "store/memory.py",
        "_expect(self.state.markets[order.symbol], order)",
        "pass",
        "accounts",
    ),
    Mutant(
        "expiry: what a tick of before does after the date is dated at the tick",
        "domain/matching.py",
        " and not order.is_due(around.now):",
        ":",
    ),
    Mutant(
        "trail: a better price takes the place of those before it",
        "domain/trailing.py",
        "tick = extremes.pop()[0]",
        "extremes.pop()",
    ),
    Mutant(
        "trail: the best price of one that began later is its own",
        "domain/trailing.py",
        "    extremes.append((tick, price))",
        "    extremes.append((tick, price)) if not extremes else None",
        DOMAIN + "test_trailing.py::test_an_extreme_holds_from_a_tick_on",
    ),
    Mutant(
        "trail: stops that began on the tick before are measured",
        "matcher.py",
        "while page := read(last + 1, tick.number - 1, None, 1):",
        "while page := read(last + 1, tick.number - 2, None, 1):",
    ),
    Mutant(
        "trail: what nobody measures from is left out, and nothing else",
        "domain/trailing.py",
        "and not anybody_last:",
        "and anybody_last:",
        DOMAIN + "test_trailing.py::test_the_last_tick_is_kept_only_while_somebody_began_there",
    ),
    Mutant(
        "trail: a price that has come back by the very delta triggers",
        "domain/orders.py",
        "return scaled <= turn if self.side is Side.SELL",
        "return scaled < turn if self.side is Side.SELL",
    ),
    Mutant(
        "trail: what was best is kept before the tick is done, in Valkey",
        "store/encoding.py",
        '("done", extremes.tick - 1)',
        '("done", extremes.tick - 2)',
    ),
    Mutant(
        "trail: the journal holds what was measured from",
        "domain/matching.py",
        "extreme=around.extreme,",
        "extreme=None,",
    ),
    Mutant(
        "generation: a trailing stop that is brought back trails anew",
        "domain/generations.py",
        "replace(order.trailing, tick=tick, price=last)",
        "replace(order.trailing, tick=tick)",
        VENUE + "test_stops.py::test_an_account_that_is_brought_back_trails_from_the_price_it_finds[memory]",
    ),
    Mutant(
        "generation: a stop that was triggered is read again",
        "store/encoding.py",
        "for order in books.open_orders:",
        "for order in ():",
        INTERRUPTED + "[a stop is triggered, and rests, while the books of its account are read]",
    ),
    Mutant(
        "amendment: what the smaller order does not hold is released",
        "domain/amending.py",
        "postings=list_postings(changed, (), view.instrument)",
        "postings=()",
    ),
    Mutant(
        "amendment: a name that is given up is free, in Valkey",
        "store/encoding.py",
        'writes.put("h", clients, claim.released)',
        "pass",
        VENUE + "test_amending.py::test_a_new_name_is_found_and_the_old_one_is_free[valkey]",
    ),
    Mutant(
        "amendment: a name is claimed, in memory",
        "domain/amending.py",
        "view.prior.order_id if view.prior else None,",
        "None,",
        DOMAIN + "test_amending.py::TestClientOrderIds::test_that_of_a_closed_order_may_be_taken",
    ),
    Mutant(
        "guard: what was taken from a tick",
        "store/encoding.py",
        "field, records.write_taken(taken.before))",
        "field, records.write_taken(taken.after))",
        INTERRUPTED + "[two orders of one account take what a tick shows]",
    ),
    Mutant(
        "met_tick: no tick is met twice",
        "domain/matching.py",
        "order.met_tick >= tick.number",
        "order.met_tick > tick.number",
        DOMAIN + "test_matching.py::test_no_tick_is_met_twice_even_with_something_left_to_fill",
    ),
    Mutant(
        "met_tick: a placement sets it",
        "domain/placing.py",
        "unmet=waits, met_tick=met,",
        "unmet=waits, met_tick=0,",
        DOMAIN + "test_placing.py::test_without_a_fresh_quote_a_limit_order_waits_unmet",
    ),
    Mutant(
        "cursor: no placement behind `seen`, in Valkey",
        "store/encoding.py",
        """symbol, tick = transaction.placed_on
            checks.put("B", names.at("cursor", symbol), "seen", tick)""",
        """symbol, tick = transaction.placed_on
            checks.put("B", names.at("cursor", symbol), "seen", tick + 10**6)""",
        VENUE + "test_between_reads.py",
    ),
    Mutant(
        "cursor: no placement behind `seen`, in memory",
        "store/memory.py",
        '"seen") > transaction.placed_on[1]',
        '"seen") > transaction.placed_on[1] + 10**6',
        INTERRUPTED + "[a tick that would fill an order is done while it is placed]",
    ),
    Mutant(
        "cursor: no match after `done`",
        "store/encoding.py",
        '"done", tick - 1)',
        '"done", tick + 10**6)',
        INTERRUPTED + "[another matcher does the tick, which is too little for all, and fills another on the next one]",
    ),
    Mutant(
        "cursor: `seen` moves before the index is read",
        "matcher.py",
        "self.store.mark_seen({",
        "self.store.symbols() or self.store.mark_seen({",
        INTERRUPTED + "[a tick that would fill an order is done while it is placed]",
    ),
    Mutant(
        "taken: what a conflict gives back is offered on",
        "matcher.py",
        "if not ((again or unpaid) and any(model.limits_size for model in models.values())):",
        "if self.engine:",
        VENUE + "test_fill_models.py::test_what_a_conflict_gives_back_is_for_the_next_one_that_rests",
    ),
    Mutant("nothing is broken, slippage", "domain/fill_models.py", "from __future__", "from __future__", "slippage"),
    Mutant(
        "slippage: never beyond a limit",
        "domain/fill_models.py",
        "worse if limit is None else min(worse, limit)",
        "worse",
        "slippage",
    ),
    Mutant(
        "slippage: never better than what is shown",
        "domain/fill_models.py",
        "worse = add(price, distance)",
        "worse = subtract(price, distance)",
        "slippage",
    ),
    Mutant(
        "quote quantity: what is spent at one price is not spent at the next",
        "domain/matching.py",
        "floor_to_step(add(quantity, divide_down(left, price, step)), step)",
        "divide_down(amount, model.touch(side, meeting.tick), step)",
        VENUE
        + (
            "test_fill_models.py::test_a_quote_quantity_is_spent_to_the_last_step_and_never_overspent"
            "[memory-touch+slippage=100+seed=7]"
        ),
    ),
    Mutant(
        "last: an order waits for the last price",
        "domain/models.py",
        "reached = reaches(side, limit, self.touch(side, meeting.tick))",
        "reached = reaches(side, limit, TouchModel.touch(self, side, meeting.tick))",
        DOMAIN + "test_models.py::test_the_last_price_is_both_sides_whatever_the_book_shows",
    ),
    Mutant("nothing is broken, depth", "domain/depth.py", "from __future__", "from __future__", "depth"),
    Mutant(
        "depth: what was consumed stays consumed",
        "domain/depth.py",
        "left = floor_to_step(subtract(quantity, before.quantity) if before else quantity, meeting.step_size)",
        "left = floor_to_step(quantity, meeting.step_size)",
        "depth",
    ),
    Mutant(
        "depth: a level that lost quantity has not been renewed",
        "domain/depth.py",
        "if lost < taken.quantity:",
        "if not lost:",
        VENUE + "test_depth.py::test_what_was_taken_stays_taken_until_the_book_renews_it[memory]",
    ),
    Mutant(
        "depth: a maker consumes too",
        "domain/depth.py",
        "(Execution(limit, quantity, Liquidity.MAKER, levels),)",
        "(Execution(limit, quantity, Liquidity.MAKER),)",
        DOMAIN + "test_depth.py::test_a_maker_gets_its_limit_for_what_stands_up_to_it",
    ),
    Mutant(
        "depth: no level beyond the limit",
        "domain/depth.py",
        "if not wanted or (limit is not None and not reaches(side, limit, price)):",
        "if not wanted:",
        "depth",
    ),
    Mutant(
        "depth: what was consumed is guarded, in Valkey",
        "store/encoding.py",
        'checks.put("F", key, field, records.write_consumption(consumed.before))',
        "pass",
        "depth",
    ),
    Mutant(
        "depth: what was consumed is guarded, in memory",
        "store/memory.py",
        "if held != consumed.before:",
        "if held is None:",
        "depth",
    ),
    Mutant(
        "trail: what a candle cannot trigger is measured from afterwards",
        "matcher.py",
        "if measuring(None, 1):",
        "if False:",
        VENUE + "test_catch_up.py::test_a_trailing_stop_that_a_candle_cannot_trigger_is_triggered_afterwards[memory]",
    ),
    Mutant("carry: addition beyond one limb", "store/lua/commit.lua", "carry = 1; sum", "carry = 0; sum"),
    Mutant(
        "carry: subtraction beyond one limb", "store/lua/commit.lua", "borrow = 1; difference", "borrow = 0; difference"
    ),
    Mutant(
        "fee: rounds up",
        "domain/fees.py",
        "return round_up(multiply(received, rate), scale)",
        "return multiply(received, rate).quantize(Decimal(1).scaleb(-scale), 'ROUND_FLOOR')",
    ),
    Mutant(
        "fee: maker and taker rate",
        "domain/fees.py",
        "return self.maker if liquidity is Liquidity.MAKER",
        "return self.maker if liquidity is Liquidity.TAKER",
    ),
    Mutant(
        "index: a closed order leaves it, in Valkey",
        "store/encoding.py",
        'writes.put("z", was[1], member(after.order_id))',
        "pass",
    ),
    Mutant(
        "index: a closed order leaves it, in memory",
        "store/memory.py",
        "was.remove((keys.score(before), before.order_id))",
        "pass",
    ),
    Mutant(
        "index: an arrival moves to its price",
        "domain/orders.py",
        """        if self.unmet:
            return "arrivals\"""",
        """        if False:
            return "arrivals\"""",
    ),
    Mutant(
        "release: an improvement is given back",
        "domain/matching.py",
        "subtract(unlocked, _spent(before, after))",
        "ZERO",
    ),
    Mutant(
        "release: a placement gives back what it does not hold",
        "domain/matching.py",
        "subtract(taken, add(spent, after.held))",
        "ZERO",
    ),
    Mutant(
        "late: what a tick does that is met late is dated at the tick",
        "domain/matching.py",
        "now=max(order.updated_at, tick.began_at), recorded_at=around.now",
        "recorded_at=around.now",
    ),
    Mutant(
        "late: it is marked",
        "domain/matching.py",
        "now=max(order.updated_at, tick.began_at), recorded_at=around.now",
        "now=max(order.updated_at, tick.began_at)",
    ),
    Mutant(
        "candle: no order meets one that began before it last changed",
        "domain/quotes.py",
        "updated_at <= self.began_at",
        "bool(updated_at)",
        DOMAIN + "test_late_ticks.py::test_an_order_meets_no_candle_that_began_before_it_last_changed",
    ),
    Mutant(
        "candle: it is met however late it is logged",
        "domain/quotes.py",
        "return not self.is_of_candle and self.quote.is_stale(self.logged_at, stale_after)",
        "return self.quote.is_stale(self.logged_at, stale_after)",
        DOMAIN + "test_late_ticks.py::test_a_candle_was_never_stale_and_is_never_fresh",
    ),
    Mutant(
        "candle: nobody trades at its price now",
        "domain/placing.py",
        "not view.tick.is_stale(view.now",
        "not view.tick.quote.is_stale(view.now",
        DOMAIN + "test_late_ticks.py::test_while_candles_are_gone_through_the_market_is_closed_and_limit_orders_wait",
    ),
    Mutant(
        "candle: an order that was brought back meets only later ones",
        "domain/generations.py",
        ", updated_at=max(order.updated_at, now), ahead=None)",
        ", ahead=None)",
        "accounts",
    ),
    Mutant("nothing is broken, accounts", "accounts.py", "from __future__", "from __future__", "accounts"),
    Mutant(
        "generation: an account that changed is read again, in Valkey",
        "store/encoding.py",
        'checks.put("L", names.of(kind, account), length)',
        "pass",
        INTERRUPTED + "[money comes in while the books of its account are read]",
    ),
    Mutant(
        "generation: an account that changed is read again, in memory",
        "store/memory.py",
        "if lengths != (read.orders, read.trades, read.ledger):",
        "if False:",
        INTERRUPTED + "[money comes in while the books of its account are read]",
    ),
    Mutant(
        "generation: orders that were left leave the indexes",
        "store/encoding.py",
        """for order in change.left:
            index = names.index(order)
            if index:""",
        """for order in change.left:
            index = names.index(order)
            if not index:""",
        "accounts",
    ),
    Mutant(
        "generation: a resumed order is counted, in Valkey",
        "store/encoding.py",
        "self._count(None, order, writes)",
        "pass",
        "accounts",
    ),
    Mutant(
        "generation: a resumed order is a placement",
        "domain/generations.py",
        "return replace(order, met_tick=tick, trailing=trailing, updated_at=max(order.updated_at, now), ahead=None)",
        "return order",
        VENUE + "test_new_generations.py::test_a_restored_order_meets_no_price_from_before[memory]",
    ),
    Mutant(
        "generation: no order is resumed behind `seen`, in Valkey",
        "store/encoding.py",
        """for symbol, tick in change.placed_on:
            checks.put("B", names.at("cursor", symbol), "seen", tick)""",
        """for symbol, tick in change.placed_on:
            checks.put("B", names.at("cursor", symbol), "seen", tick + 10**6)""",
        INTERRUPTED + "[a tick that would fill an order is done while it is brought back]",
    ),
    Mutant(
        "generation: books that were swept do not come back, in Valkey",
        "store/lua/commit.lua",
        "if tonumber(call('ZSCORE', key, expected) or '0') <= 0 then verdict = CONFLICT end",
        "",
        INTERRUPTED + "[books that nobody sees yet are swept]",
    ),
    Mutant(
        "generation: orders that were left are nobody's",
        "matcher.py",
        "orders = [order for order in found if order.generation == accounts[order.account_id].generation]",
        "orders = list(found)",
        VENUE + "test_new_generations.py::test_an_order_that_is_left_while_it_is_matched_is_nobodys",
    ),
    Mutant(
        "snapshot: an order that was open then is as it was",
        "copying.py",
        "open_then.get(number) or order for",
        "order for",
        "accounts",
    ),
    Mutant(
        "snapshot: one that was deleted is not restored",
        "store/memory.py",
        "return _described(stored) == _described(write.before)",
        "return True",
        "accounts",
    ),
    Mutant("nothing is broken, fees", "domain/fees.py", "from __future__", "from __future__", "fees"),
    Mutant(
        "fees: a tier is only for the better",
        "domain/fees.py",
        "if tier < own else",
        "if tier else",
        DOMAIN + "test_fees.py::test_a_tier_never_makes_an_account_pay_more_than_its_own_rate",
    ),
    Mutant(
        "fees: the volume of a tier is that of the days before",
        "domain/fees.py",
        "total(volume for day, volume in self.days or () if self.day - WINDOW <= day < self.day)",
        "total(volume for day, volume in self.days or () if self.day - WINDOW <= day <= self.day)",
        "fees",
    ),
    Mutant(
        "fees: what costs nothing is no volume",
        "domain/fees.py",
        "if reading.days is None or not paid.rate:",
        "if reading.days is None:",
        DOMAIN + "test_fees.py::test_what_costs_nothing_is_no_volume",
    ),
    Mutant(
        "fees: a market's own rate comes first",
        "domain/fees.py",
        "return usual if given is None else PaidRate(given, FeeRule.MARKET)",
        "return usual if given is None else PaidRate(max(given, usual.rate), FeeRule.MARKET)",
        "fees",
    ),
    Mutant(
        "fees: the fee asset rounds up",
        "domain/amounts.py",
        "return quotient if multiply(quotient, divisor) == amount else add(quotient, unit)",
        "return quotient",
        "fees",
    ),
    Mutant(
        "fees: the fee asset has to cover all of it",
        "domain/fees.py",
        "if needed <= reading.free:",
        "if needed <= add(reading.free, Decimal('0.0001')):",
        "fees",
    ),
    Mutant(
        "fees: what is just covered is paid in it",
        "domain/fees.py",
        "if needed <= reading.free:",
        "if needed < reading.free:",
        "fees",
    ),
    Mutant(
        "fees: what an order gives away does not pay its fee",
        "domain/matching.py",
        "return promised(before, after)\n",
        "return ZERO\n",
        "fees",
    ),
    Mutant(
        "fees: what the order before held pays for its replacement",
        "domain/placing.py",
        "view = replace(view, fees=view.fees.moved_by(released))",
        "pass",
        "fees",
    ),
    Mutant(
        "fees: what a fill brings does not pay for itself",
        "domain/fees.py",
        "needed = subtract(discounted.commission, reading.moved)",
        "needed = subtract(discounted.commission, reading.moving(asset, amount).moved)",
        "fees",
    ),
    Mutant(
        "fees: the price of the fee asset is in the journal, of an order",
        "domain/placing.py",
        "        prices=prices,\n",
        "",
        "fees",
    ),
    Mutant(
        "fees: the price of the fee asset is in the journal, of a match",
        "domain/matching.py",
        "            prices=outcome.prices,\n",
        "",
        "fees",
    ),
    Mutant(
        "fees: the schedule is in the journal",
        "domain/announcing.py",
        "engine.stale_after, engine.fees, engine.latency)",
        "engine.stale_after, latency=engine.latency)",
        "fees",
    ),
    Mutant(
        "fees: enough of the fee asset is guarded, in Valkey",
        "store/lua/commit.lua",
        "if is_below(call('HGET', key, field) or '0', value) == (operation == 'E') then verdict = CONFLICT end",
        "if operation == 'U' and not is_below(call('HGET', key, field) or '0', value) then verdict = CONFLICT end",
        "fees",
    ),
    Mutant(
        "fees: too little of the fee asset is guarded, in Valkey",
        "store/encoding.py",
        '("U", guard.below))',
        '("U", None))',
        "fees",
    ),
    Mutant(
        "fees: enough of the fee asset is guarded, in memory",
        "store/memory.py",
        "free < to_units(guard.at_least, guard.scale)",
        "free < 0",
        "fees",
    ),
    Mutant(
        "fees: too little of the fee asset is guarded, in memory",
        "store/memory.py",
        "free >= to_units(guard.below, guard.scale)",
        "free < 0",
        "fees",
    ),
    Mutant(
        "fees: a day that is over gets no volume, in Valkey",
        "store/encoding.py",
        'checks.put("F", key, NEWEST_DAY, "" if before is None else str(before))',
        "pass",
        INTERRUPTED + "[a day ends, and the next one has volume, before a fill is written]",
    ),
    Mutant(
        "fees: the first fill of a day has read all of the day before, in Valkey",
        "store/encoding.py",
        'checks.put("F", key, str(before), str(to_units(volume.before, VOLUME_SCALE)))',
        "pass",
        INTERRUPTED
        + "[the day before gets more volume, by a clock that is slow, before the first fill of a day is written]",
    ),
    Mutant(
        "fees: the first fill of a day has read all of the day before, in memory",
        "store/memory.py",
        "return newest in (None, volume.day) or books.volumes[newest] == to_units(volume.before, VOLUME_SCALE)",
        "return True",
        INTERRUPTED
        + "[the day before gets more volume, by a clock that is slow, before the first fill of a day is written]",
    ),
    Mutant(
        "fees: a day that is over gets no volume, in memory",
        "store/memory.py",
        "if newest != volume.before_day:",
        "if newest is not None and newest < 0:",
        INTERRUPTED + "[a day ends, and the next one has volume, before a fill is written]",
    ),
    Mutant(
        "fees: volume comes back with a snapshot",
        "copying.py",
        ", volumes=snapshot.volumes)",
        ")",
        VENUE + "test_fees.py::test_a_reset_begins_at_no_volume_and_a_restoration_brings_it_back[memory]",
    ),
    Mutant(
        "list: a trade of one ends the other",
        "domain/order_lists.py",
        "or after.filled_quantity != before.filled_quantity",
        "or after.filled_quantity == before.filled_quantity",
        VENUE + "test_order_lists.py::test_a_part_that_is_filled_ends_the_stop_and_locks_the_rest[memory]",
    ),
    Mutant(
        "list: a trigger of one ends the other",
        "domain/order_lists.py",
        "or after.is_untriggered is not before.is_untriggered",
        "",
    ),
    Mutant(
        "list: the lock is handed over",
        "domain/order_lists.py",
        "return replace(gone, before=standing, first=(*gone.first, *handed_over))",
        "return replace(gone, before=standing)",
    ),
    Mutant(
        "list: what ends releases its lock",
        "domain/order_lists.py",
        "return Consequences(before, before, after, changes, first=tuple(released))",
        "return Consequences(before, before, after, changes)",
    ),
    Mutant(
        "list: what is placed later locks",
        "domain/order_lists.py",
        "return Consequences(before, before, after, changes, last=tuple(locked))",
        "return Consequences(before, before, after, changes)",
    ),
    Mutant(
        "list: the order that promises more locks for both",
        "domain/order_lists.py",
        "(whole[index].held, whole[index].is_untriggered)",
        "(-whole[index].held, whole[index].is_untriggered)",
        VENUE + "test_order_lists.py::test_scenario[memory-OCO buy: the limit order may promise more than the stop]",
    ),
    Mutant(
        "list: what is placed later meets later ticks",
        "domain/order_lists.py",
        "                met_tick=met.tick.number,",
        "                met_tick=0,",
        VENUE + "test_order_lists.py::test_scenario[memory-OTO: one that waited takes what the next tick shows]",
    ),
    Mutant(
        "list: an order is decided together with the others",
        "matcher.py",
        "mates=mates.get(order.order_id, ())",
        "mates=()",
    ),
    Mutant(
        "list: a cancellation takes the others along",
        "domain/order_lists.py",
        "return _ended(order, after, mates, OrderStatus.CANCELED, instrument, now)",
        "return _ended(order, after, (), OrderStatus.CANCELED, instrument, now)",
        VENUE + "test_order_lists.py::test_whichever_order_is_canceled_the_whole_list_is[memory-1]",
    ),
    Mutant(
        "list: what cannot be paid for is rejected",
        "domain/matching.py",
        "short=around.lock_only,",
        "short=False,",
        VENUE + ("test_order_lists.py::test_a_sale_is_whole_although_what_waits_for_it_cannot_be_paid_for[memory]"),
    ),
    Mutant(
        "list: it is on record, in Valkey",
        "store/encoding.py",
        'writes.put("R", names.of("lists", after), after.order_id)',
        "pass",
    ),
    Mutant(
        "list: its orders name each other under their new ids",
        "domain/generations.py",
        "leg=replace(order.leg, list_id=order_id - order.leg.number) if order.leg else None,",
        "",
        VENUE + "test_order_lists.py::test_a_snapshot_brings_lists_back[memory]",
    ),
    Mutant("nothing is broken, chaos", "domain/chaos.py", "from __future__", "from __future__", "chaos"),
    Mutant(
        "chaos: a rejected order is not there",
        "exchange.py",
        "if decided[0].transaction is not None:  # an earlier",
        "if decided[0].transaction is None:  # an earlier",
        "chaos",
    ),
    Mutant(
        "chaos: prices that are frozen stand still",
        "domain/chaos.py",
        "return replace(last, timestamp=timestamp)",
        "return replace(quote, timestamp=timestamp)",
        "chaos",
    ),
    Mutant(
        "chaos: old quotes are old",
        "domain/chaos.py",
        "timestamp = quote.timestamp - plan.stale",
        "timestamp = quote.timestamp + plan.stale",
        "chaos",
    ),
    Mutant(
        "chaos: nothing comes through a gap",
        "feed/faults.py",
        """if quote is None:
            continue""",
        """if quote is None:
            quote = tick.quote""",
        "chaos",
    ),
    Mutant(
        "chaos: quotes go missing by what they are, not by who looks",
        "domain/chaos.py",
        'f"{quote.symbol}|{quote.timestamp}"',
        'f"{id(plan)}|{quote.timestamp}"',
        "chaos",
    ),
    Mutant(
        "chaos: who is not let in is told so",
        "api/chaos.py",
        "NOT_LET_IN = frozenset({401, 403, 418, 429})",
        "NOT_LET_IN: frozenset[int] = frozenset()",
        DOORS + "test_who_is_not_let_in_is_told_so[memory]",
    ),
    Mutant("nothing is broken, queue", "domain/tape.py", "from __future__", "from __future__", "queue"),
    Mutant(
        "queue: trades at its price reach an order",
        "domain/tape.py",
        "prices = [each.price for each in _trades(side, tick)]",
        "prices: list[Decimal] = []",
        QUEUES + "test_scenario[memory-what stood before it trades first]",
    ),
    Mutant(
        "queue: nobody stands before an order where both sides meet",
        "domain/tape.py",
        "if traded.beyond or reaches(side, limit, self.of.touch(side, meeting.tick)):",
        "if traded.beyond:",
        QUEUES + "test_scenario[memory-where both sides meet at its price, nobody stands before it]",
    ),
    Mutant(
        "queue: nobody fills before those who stand before him",
        "domain/tape.py",
        "return add(traded.beyond, max(ZERO, subtract(traded.at, ahead)))",
        "return add(traded.beyond, traded.at)",
        "queue",
    ),
    Mutant(
        "queue: nobody who does not know his place fills by trades at his price",
        "domain/tape.py",
        "return traded.beyond  # that",
        "return add(traded.beyond, traded.at)  # that",
        QUEUES + "test_scenario[memory-what the book does not show is not known]",
    ),
    Mutant(
        "queue: no more stands before an order than is there",
        "domain/tape.py",
        "return left if shown is None else min(left, shown)",
        "return left",
        QUEUES + "test_scenario[memory-no more stands before it than is there]",
    ),
    Mutant(
        "queue: what trades beyond its price would have met an order",
        "domain/tape.py",
        "total(each.quantity for each in later if each.price != limit)",
        "ZERO",
        QUEUES + "test_scenario[memory-what trades beyond its price would have met it]",
    ),
    Mutant(
        "queue: each part of an iceberg joins anew",
        "domain/matching.py",
        "or shown >= 0",
        "",
        QUEUES + "test_scenario[memory-each part of an iceberg waits anew]",
    ),
    Mutant(
        "queue: nobody knows the place of an order that was brought back",
        "domain/generations.py",
        "updated_at=max(order.updated_at, now), ahead=None)",
        "updated_at=max(order.updated_at, now))",
        QUEUES + "test_nobody_knows_where_a_restored_order_stands[memory]",
    ),
    Mutant(
        "tape: of two orders of an account none gets the trade of the other",
        "domain/tape.py",
        "left = max(ZERO, subtract(there, meeting.taken.traded))",
        "left = there",
        "queue",
    ),
    Mutant(
        "tape: what is from no level of a book is taken of the tick",
        "domain/matching.py",
        "order, after = outcome.order, before.and_of(outcome.executions)",
        "order, after = outcome.order, before",
        "queue",
    ),
    Mutant(
        "tape: a share is all there is",
        "domain/tape.py",
        "if self.share == 1 and got < wanted",
        "if got < wanted",
        QUEUES + "test_scenario[memory-a share of what traded, and nothing else]",
    ),
    Mutant("nothing is broken, models", "domain/account_models.py", "from __future__", "from __future__", "models"),
    Mutant(
        "own model: an order is placed under it",
        "domain/placing.py",
        """own = engine_of(engine, view.account)
    outcome, placed = decide(command, view, own)
    order = outcome.order""",
        """own = engine
    outcome, placed = decide(command, view, own)
    order = outcome.order""",
        "models",
    ),
    Mutant(
        "own model: a list is placed under it",
        "domain/placing_lists.py",
        "own = engine_of(engine, base.account)",
        "own = engine",
        OWN + "test_every_kind_of_placement_asks_the_account[memory]",
    ),
    Mutant(
        "own model: a match is decided under it",
        "matcher.py",
        "engine=engines[order.account_id],",
        "engine=self.engine,",
        "models",
    ),
    Mutant(
        "own model: a replay decides under it",
        "replaying.py",
        "engine=engine_of(self.engine, account),",
        "engine=self.engine,",
        "models",
    ),
    Mutant(
        "own model: an order is looked for as far as any model reaches, in memory",
        "store/memory.py",
        "tuple(sorted(self.state.models)),",
        "(),",
        "models",
    ),
    Mutant(
        "own model: an order is looked for as far as any model reaches, in Valkey",
        "store/valkey.py",
        "models = tuple(name.decode() for name in names)",
        "models = ()",
        "models",
    ),
    Mutant(
        "own model: of several, the one that reaches furthest counts",
        "domain/account_models.py",
        "return min(prices) if side is Side.BUY else max(prices)",
        "return prices[0]",
        "models",
    ),
    Mutant(
        "own model: what others have changes nothing for an account",
        "domain/matching.py",
        "if not reaches(order.side, order.price, model.reach(order.side, tick)):",
        "if False:",
        OWN + "test_an_account_fares_the_same_whatever_models_others_have[memory]",
    ),
    Mutant(
        "own model: an account that was read before a change is read again",
        "matcher.py",
        "self.accounts.clear()  # an old",
        "pass  # an old",
        OWN + "test_a_change_in_the_midst_of_a_run_counts_for_the_ticks_that_come_after_it",
    ),
    Mutant(
        "own model: what is decided under another one is decided again",
        "domain/account_models.py",
        "changed = replace(account, version=account.version + 1, fill_model=name)",
        "changed = replace(account, fill_model=name)",
        OWN + "test_a_change_comes_between_a_match_s_decision_and_its_commit",
    ),
    Mutant(
        "own model: so many trade ids are set aside as the account's gives fills",
        "exchange.py",
        "if model.most_executions > set_aside:",
        "if False:",
        "models",
    ),
    Mutant(
        "own model: the matcher sets aside as many trade ids as any of a page needs",
        "matcher.py",
        "each_may_need = max((model.most_executions for model in models.values()), default=1)",
        "each_may_need = self.engine.model.most_executions",
        OWN + "test_each_order_gets_trade_ids_for_all_its_fills[memory]",
    ),
    Mutant(
        "own model: a clone has it",
        "domain/generations.py",
        "now, first, pays, snapshot.fill_model)",
        "now, first, pays)",
        OWN + "test_clones_have_the_model_and_what_is_brought_back_keeps_its_own[memory]",
    ),
    Mutant(
        "own model: one that reads books needs ticks that keep them",
        "domain/account_models.py",
        "if model.reads_book and not (rules.book_levels or rules.engine.model.reads_book):",
        "if False:",
        OWN + "test_a_model_that_the_venue_cannot_give_is_refused[memory-realistic-KEEP_BOOKS=true]",
    ),
    Mutant(
        "own model: one that is refused leaves the fees alone",
        "api/native_accounts.py",
        "if isinstance(model, str):",
        "if False:",
        "tests/integration/api/test_accounts.py"
        '::test_a_fill_model_that_cannot_be_is_refused_and_the_fees_stay[memory-"depth"-KEEP_BOOKS=true]',
    ),
    Mutant(
        "taken: who was turned away is guarded",
        "domain/matching.py",
        "if not counts_taken(model, tick):",
        "if not counts_taken(model, tick) or not outcome.executions:",
        GIVEN_BACK + "[touch-size]",
    ),
    Mutant(
        "depth: who was turned away is guarded",
        "domain/matching.py",
        "if not (model.reads_book and tick.book):",
        "if outcome.consumption is None:",
        GIVEN_BACK + "[depth]",
    ),
    Mutant(
        "tape: nobody fills by what traded before he was there",
        "domain/tape.py",
        "later = [each for each in trades if each.timestamp > meeting.since]",
        "later = trades",
        QUEUES + "test_nothing_that_traded_before_an_order_was_there_fills_it[memory-touch+share=0.5]",
    ),
    Mutant(
        "tape: nobody fills by what traded while he was on his way",
        "domain/matching.py",
        "max(order.working_since or 0, order.created_at + around.engine.latency)",
        "order.working_since or 0",
        QUEUES + "test_nothing_that_traded_while_an_order_was_on_its_way_fills_it[memory-depth+queue]",
    ),
    Mutant(
        "tape: what traded before an order was there was for those before it",
        "domain/tape.py",
        "left = max(ZERO, subtract(meeting.ahead, add(traded.before, traded.at)))",
        "left = max(ZERO, subtract(meeting.ahead, traded.at))",
        QUEUES + "test_what_traded_before_an_order_was_there_was_for_those_before_it[memory]",
    ),
    Mutant(
        "tape: trades are no sizes",
        "domain/models.py",
        "left = subtract(size, meeting.taken.shown)",
        "left = subtract(size, total(meeting.taken))",
        QUEUES + "test_trades_and_sizes_are_two_things_to_take[memory]",
    ),
    Mutant(
        "tape: sizes are no trades",
        "domain/tape.py",
        "subtract(there, meeting.taken.traded)",
        "subtract(there, total(meeting.taken))",
        QUEUES + "test_whether_somebody_takes_before_the_matcher_comes_is_no_matter_for_trades[memory-taker]",
    ),
    Mutant(
        "queue: an order that ended stands behind nobody",
        "domain/orders.py",
        'ends = {} if TRANSITIONS[status] else {"ahead": None}',
        "ends: dict[str, None] = {}",
        QUEUES + "test_an_order_that_ended_stands_behind_nobody[memory]",
    ),
    Mutant(
        "taken: what broken books do not take is offered on",
        "matcher.py",
        "if not ((again or unpaid) and",
        "if not (again and",
        VENUE + "test_fill_models.py::test_what_broken_books_do_not_take_is_for_the_next_in_line",
    ),
    Mutant(
        "list: of two that promise the same, the one that locks goes on to",
        "domain/order_lists.py",
        "if other.leg and other.leg.holds:",
        "if False:",
        VENUE + "test_stops.py::test_one_of_a_pair_begins_to_trail_although_nothing_is_free[memory]",
    ),
    Mutant(
        "list: what is placed later and does not rest arrives with the next tick",
        "domain/order_lists.py",
        "order.price is None or order.time_in_force is not TimeInForce.GTC",
        "order.price is None",
        VENUE + "test_order_lists.py::test_what_waits_and_is_not_to_rest_ends_with_its_first_tick[memory-IOC-EXPIRED]",
    ),
    Mutant(
        "list: nothing happens to an order before it was changed",
        "domain/order_lists.py",
        "return max(now, mate.updated_at)",
        "return now",
        VENUE + "test_order_lists.py::test_a_tick_that_is_met_late_ends_no_order_before_it_was_changed[memory]",
    ),
    Mutant(
        "matcher: broken books keep nobody else waiting",
        "matcher.py",
        "if order_id in self.lock_only:",
        "if False:",
        VENUE + "test_order_lists.py::test_books_that_are_broken_keep_nobody_else_waiting",
    ),
    Mutant(
        "chaos: whether the process lives is answered without the store",
        "api/chaos.py",
        'scope["path"] == "/" or scope["path"].startswith(WITHOUT_STORE)',
        "False",
        "tests/integration/api/test_health.py::test_whether_the_process_lives_is_no_question_for_valkey",
    ),
    Mutant(
        "chaos: who is not let in is told so",
        "api/chaos.py",
        " and NOT_ADMITTED not in self._hit.scope",
        "",
        DOORS + "test_who_is_not_let_in_on_the_wire_is_told_so_although_that_is_a_400[memory-timeout]",
    ),
    Mutant(
        "chaos: each plan begins to count anew",
        "api/chaos.py",
        "self._store.next_id(SEQUENCE) - plan.first",
        "self._store.next_id(SEQUENCE)",
        DOORS + "test_the_same_seed_befalls_the_same_requests_again[memory]",
    ),
    Mutant(
        "chaos: whoever looks after the exchange can always end it",
        "api/chaos.py",
        "if path.startswith(NEVER):",
        "if False:",
        DOORS + "test_nothing_happens_to_those_who_look_after_it[memory]",
    ),
    Mutant(
        "chaos: a request may ask for a fault only where that is allowed",
        "api/chaos.py",
        """if not self._by_header:
            return None""",
        "",
        DOORS + "test_the_header_means_nothing_unless_it_is_allowed[memory]",
    ),
    Mutant(
        "chaos: an answer that is kept back is not sent",
        "api/chaos.py",
        """if self.headers is None:
            await self._hit.send(message)""",
        "await self._hit.send(message)",
        DOORS + "test_what_a_client_sees_and_what_was_done[memory-timeout]",
    ),
    Mutant(
        "chaos: what was used of the limits is told with an answer that comes too late",
        "api/chaos.py",
        "(each for each in headers if each[0].startswith(COUNTED))",
        "()",
        DOORS + "test_an_answer_that_comes_too_late_says_what_was_used_of_the_limits",
    ),
    Mutant(
        "chaos: an order that was answered before is not rejected",
        "exchange.py",
        "if decided[0].transaction is not None:  # an earlier",
        "if True:  # an earlier",
        DOORS + "test_an_order_that_is_there_is_never_rejected_when_it_is_sent_again[memory]",
    ),
    Mutant(
        "chaos: it ends by itself",
        "domain/chaos.py",
        "return self.until is not None and now >= self.until",
        "return False",
        DOORS + "test_it_ends_by_itself[memory]",
    ),
    Mutant(
        "chaos: other processes hear of it",
        "api/chaos_switch.py",
        "abs(now - self._looked_at) >= LOOKS",
        "abs(now - self._looked_at) >= 10**12",
        DOORS + "test_it_is_in_force_in_every_process_within_a_second[memory]",
    ),
    Mutant(
        "chaos: prices from outside do not go wrong here, and nobody is told that they do",
        "api/native_chaos.py",
        "if plan.of_feed and self._feed in MANUAL_FEEDS and not self._by_api:",
        "if False:",
        DOORS + "test_faults_of_the_feed_are_for_feeds_of_ours[memory]",
    ),
    Mutant("nothing is broken, latency", "domain/matching.py", "from __future__", "from __future__", "latency"),
    Mutant(
        "latency: no tick of before its arrival is met by an order",
        "domain/matching.py",
        "if latency and order.unmet and tick.began_at < order.created_at + latency:",
        "if False:",
        "latency",
    ),
    Mutant(
        "latency: the first of after it is",
        "domain/matching.py",
        "if latency and order.unmet and tick.began_at < order.created_at + latency:",
        "if latency and order.unmet and tick.began_at <= order.created_at + latency:",
        "latency",
    ),
    Mutant(
        "latency: what is there already is not held up",
        "domain/matching.py",
        "if latency and order.unmet and tick.began_at < order.created_at + latency:",
        "if latency and tick.began_at < order.created_at + latency:",
        DOMAIN + "test_latency.py::test_what_has_arrived_meets_every_tick",
    ),
    Mutant(
        "latency: without any, prices of before an order are met",
        "domain/matching.py",
        "if latency and order.unmet and tick.began_at < order.created_at + latency:",
        "if order.unmet and tick.began_at < order.created_at + latency:",
        DOMAIN + "test_latency.py::test_without_latency_a_price_of_before_the_order_is_met",
    ),
    Mutant(
        "latency: no order meets the tick that it is placed on",
        "domain/placing.py",
        "if fresh is None or engine.latency:",
        "if fresh is None:",
        "latency",
    ),
    Mutant(
        "latency: an order that does not rest is on its way as well",
        "domain/placing.py",
        "waits = engine.latency > 0 or command",
        "waits = command",
        ARRIVAL + "an IOC order waits for its arrival, and expires there]",
    ),
    Mutant(
        "latency: a stop is on its way as well",
        "domain/placing.py",
        "draft = replace(draft, unmet=engine.latency > 0, version=1)",
        "draft = replace(draft, unmet=False, version=1)",
        "latency",
    ),
    Mutant(
        "latency: what is on its way stands among the arrivals by its age",
        "store/keys.py",
        "    if order.unmet:\n        return float",
        "    if order.unmet:\n        return -float",
        "latency",
    ),
    Mutant(
        "latency: a stop is triggered by the tick that it arrives on",
        "domain/matching.py",
        "done = _condition(standing, tick, around)",
        "done = None",
        "latency",
    ),
    Mutant(
        "latency: a trailing stop begins to trail where it arrives",
        "domain/matching.py",
        "trailing = replace(trailing, started_at=around.now, tick=tick.number, price=tick.quote.last)",
        "trailing = replace(trailing, started_at=around.now, tick=tick.number, price=trailing.first_price)",
        "latency",
    ),
    Mutant(
        "latency: what a trailing buy holds stays what it was when it was placed",
        "domain/matching.py",
        "trailing = replace(trailing, started_at=around.now, tick=tick.number, price=tick.quote.last)",
        "trailing = order.trailing_from(tick.number, tick.quote.last, around.now)",
        DOMAIN + "test_latency.py::test_a_trailing_buy_holds_what_it_did_when_it_was_placed",
    ),
    Mutant(
        "latency: an amount is worked out where it arrives",
        "domain/matching.py",
        "if order.unmet and order.quote_quantity is not None:",
        "if False:",
        DOMAIN + "test_latency.py::test_an_amount_is_worked_out_where_it_arrives",
    ),
    Mutant(
        "latency: and is no more than its owner left of it",
        "domain/matching.py",
        "    if order.amendments:\n",
        "    if False:\n",
        DOMAIN + "test_latency.py::test_an_amount_is_worked_out_where_it_arrives",
    ),
    Mutant(
        "latency: an amount that buys nothing there is no order of nothing",
        "domain/matching.py",
        "return replace(order, quantity=quantity) if quantity else order",
        "return replace(order, quantity=quantity)",
        ARRIVAL + "nor does one by quote amount that is not worth a step]",
    ),
    Mutant(
        "latency: of a sale by amount that is not covered, what it locked is sold",
        "domain/matching.py",
        "else _first(sent.held, executions)",
        "else executions",
        ARRIVAL + "of a sale whose account has less than that, what it locked is sold]",
    ),
    Mutant(
        "latency: a market buy that is not covered buys nothing",
        "domain/matching.py",
        "executions = _paid_by(sent.held, executions, around) if",
        "executions = executions if",
        ARRIVAL + "a market buy that is not covered any more buys nothing]",
    ),
    Mutant(
        "latency: what a sale takes from free money does not pay its fee",
        "domain/matching.py",
        "_taken_from_free(sent or order, states[-1])",
        "_taken_from_free(order, states[-1])",
        LATE + "test_a_fee_in_the_asset_that_a_sale_takes_from_free_money_is_not_paid_twice[memory]",
    ),
    Mutant(
        "latency: the journal holds it",
        "domain/announcing.py",
        'delayed = f",latency={engine.latency}" if engine.latency else ""',
        'delayed = ""',
        DOMAIN + "test_latency.py::test_the_journal_says_how_long_they_are_on_their_way",
    ),
    Mutant("latency: a replay has it", "replaying.py", ", entry.latency)", ")", "latency"),
    Mutant(
        "latency: why an order waits says that it is on its way",
        "domain/reasons.py",
        "if order.unmet and seen.now < arrival:",
        "if False:",
        LATE + "test_why_says_that_it_is_on_its_way[memory]",
    ),
    Mutant(
        "honesty: what was spared was spared by the account's own model",
        "backtest/schedule.py",
        "self.own or self.venue",
        "self.venue",
        AGAIN + "test_what_an_account_s_own_model_spares_is_spared",
    ),
    Mutant(
        "honesty: an order ends by the clock in its place",
        "backtest/schedule.py",
        "yield TimeUp(symbol, entry.now)",
        "yield from ()",
        AGAIN + "test_what_an_order_held_is_free_when_its_date_has_ended_it",
    ),
    Mutant(
        "honesty: money that was taken out is no loss",
        "backtest/honesty.py",
        "add(self.last, self.paid_out)",
        "self.last",
        AGAIN + "test_money_in_and_out_is_no_profit",
    ),
    Mutant(
        "honesty: models have the settings' seed",
        "backtest/honesty.py",
        "levels=levels, seed=seed)",
        "levels=levels, seed=0)",
        "tests/unit/backtest/test_honesty.py::test_the_period_s_levels_and_seed_are_those_of_its_models",
    ),
    Mutant(
        "recorded books: what traded before an order was there filled others",
        "local/recorded_books.py",
        "if trade.timestamp > self.since:",
        "if True:",
        "tests/unit/local/test_recorded_books.py::test_what_traded_before_it_was_there_filled_others",
    ),
]


TESTS = sorted({mutant.of for mutant in MUTANTS if mutant.of not in KINDS})


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with its bytecode, which every copy takes along, so that no mutant compiles what is not broken."""
    package = tmp_path_factory.mktemp("compiled") / "mockexchange"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    assert compileall.compile_dir(package, quiet=1)
    return package


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_a_broken_rule_is_noticed(mutant: Mutant, valkey_url: str, compiled: Path, tmp_path: Path) -> None:
    file = copied(compiled, tmp_path) / mutant.file
    source = file.read_text()
    assert source.count(mutant.text) == 1, f"{mutant.file} has {source.count(mutant.text)} times: {mutant.text}"
    file.write_text(source.replace(mutant.text, mutant.broken))
    for stale in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
        stale.unlink()  # Python would see it by time and size, which a change of this second may have kept
    holds = mutant.text == mutant.broken
    if mutant.of in KINDS:
        examples = UNBROKEN if holds else EXAMPLES
        result = run(tmp_path, "tests.property.run_histories", valkey_url, str(examples), mutant.of)
        said = result.stdout.startswith(("touch", "last", "depth"))
    else:
        result = run(tmp_path, *PYTEST, "-x", mutant.of)
        said = "\nFAILED " in result.stdout
    print(result.stdout, result.stderr)
    assert result.returncode == (0 if holds else 1), result.stderr
    # A copy that does not even start proves nothing: the tests must have run and said what is wrong.
    assert holds or said, result.stderr


@pytest.mark.timeout(300)
def test_where_nothing_is_broken_the_tests_pass(compiled: Path, tmp_path: Path) -> None:
    copied(compiled, tmp_path)
    result = run(tmp_path, *PYTEST, *TESTS)
    print(result.stdout, result.stderr)
    assert result.returncode == 0, result.stderr


def copied(compiled: Path, directory: Path) -> Path:
    return Path(shutil.copytree(compiled, directory / "mockexchange"))
