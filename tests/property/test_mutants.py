"""Break each rule once, in a copy of the code, and the histories must notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import mockexchange

PACKAGE = Path(mockexchange.__file__).parent
ROOT = Path(__file__).parents[2]
EXAMPLES = {"fees": 400}
"""Histories of each kind, other than 1,200: those with fees hold more."""
UNBROKEN = 100
"""Histories of code that is not broken: that the copy runs is all that they are to show."""
AT_THE_DOORS = "tests/integration/api/test_chaos.py"
AT_ITS_DATE = "tests/integration/exchange/test_expiry.py"


@dataclass(frozen=True)
class Mutant:
    """One rule, and how to break it. `of`: the kind of histories that notice, or the tests that do."""

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
    ),
    Mutant(
        "guard: no more open orders than may be, in memory",
        "store/memory.py",
        "counts[counted] <= most",
        "counts[counted] <= most + 10**6",
    ),
    Mutant(
        "count: an order that ended is open no more, in Valkey",
        "store/encoding.py",
        "self._count(after, -1, writes)",
        "pass",
    ),
    Mutant(
        "count: an order that is replaced makes room",
        "domain/placing.py",
        "found.append((each.of(view.instrument.symbol), most - count + room[each]))",
        "found.append((each.of(view.instrument.symbol), most - count))",
    ),
    Mutant(
        "count: stops are counted among themselves",
        "store/encoding.py",
        "for each in order.counted:",
        "for each in order.counted[:1]:",
    ),
    Mutant(
        "stop: the last price need not go beyond its price",
        "domain/orders.py",
        "return last >= stop_price if self is Direction.RISES",
        "return last > stop_price if self is Direction.RISES",
    ),
    Mutant(
        "stop: sells lose when the price falls, buys when it rises",
        "domain/orders.py",
        "return Direction.RISES if kind.is_stop_loss is (side is Side.BUY) else Direction.FALLS",
        "return Direction.RISES if side is Side.BUY else Direction.FALLS",
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
    ),
    Mutant(
        "expiry: no tick of the date fills",
        "domain/matching.py",
        "if order.is_due(tick.quote.timestamp):",
        "if order.is_due(tick.quote.timestamp - 1):",
    ),
    Mutant(
        "expiry: ticks of before go first, however late they are met",
        "matcher.py",
        "if not (each.ticks and self._left.get(each.symbol)):",
        "if each:",
        AT_ITS_DATE,
    ),
    Mutant(
        "expiry: what was logged since the backlog was read goes first",
        "matcher.py",
        "if newest > backlog.newest or view.mailbox:",
        "if view.mailbox:",
        AT_ITS_DATE,
    ),
    Mutant(
        "expiry: what somebody else wrote goes first",
        "matcher.py",
        "if newest > backlog.newest or view.mailbox:",
        "if newest > backlog.newest:",
        AT_ITS_DATE,
    ),
    Mutant(
        "expiry: candles of a missed time go first",
        "matcher.py",
        "if view.tick and view.tick.is_catching_up(",
        "if False and view.tick.is_catching_up(",
        AT_ITS_DATE,
    ),
    Mutant(
        "expiry: not while another matcher has a later tick in hand",
        "matcher.py",
        "seen, instrument = max(newest, view.seen), self",
        "seen, instrument = 10**6, self",
        AT_ITS_DATE,
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
        "accounts",
    ),
    Mutant(
        "generation: a stop that was triggered is read again",
        "domain/orders.py",
        "return self.unmet or self.is_untriggered",
        "return self.unmet",
        "accounts",
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
    ),
    Mutant(
        "amendment: a name is claimed, in memory",
        "domain/amending.py",
        "view.prior.order_id if view.prior else None,",
        "None,",
    ),
    Mutant(
        "guard: what was taken from a tick",
        "store/encoding.py",
        'str(to_units(taken.before, places) or ""))',
        '"") if places < 0 else None',
    ),
    Mutant(
        "met_tick: no tick is met twice",
        "domain/matching.py",
        "order.met_tick >= tick.number",
        "order.met_tick > tick.number",
    ),
    Mutant(
        "met_tick: a placement sets it", "domain/placing.py", "unmet=waits, met_tick=met,", "unmet=waits, met_tick=0,"
    ),
    Mutant(
        "cursor: no placement behind `seen`, in Valkey",
        "store/encoding.py",
        """symbol, tick = transaction.placed_on
            checks.put("B", names.at("cursor", symbol), "seen", tick)""",
        """symbol, tick = transaction.placed_on
            checks.put("B", names.at("cursor", symbol), "seen", tick + 10**6)""",
    ),
    Mutant(
        "cursor: no placement behind `seen`, in memory",
        "store/memory.py",
        '"seen") > transaction.placed_on[1]',
        '"seen") > transaction.placed_on[1] + 10**6',
    ),
    Mutant("cursor: no match after `done`", "store/encoding.py", '"done", tick - 1)', '"done", tick + 10**6)'),
    Mutant(
        "cursor: `seen` moves before the index is read",
        "matcher.py",
        "self.store.mark_seen({",
        "self.store.symbols() or self.store.mark_seen({",
    ),
    Mutant(
        "taken: what a conflict gives back is offered on",
        "matcher.py",
        "if not (conflicts and self.engine.model.limits_size):",
        "if self.engine:",
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
        "domain/placing.py",
        "floor_to_step(add(quantity, divide_down(left, price, step)), step)",
        "divide_down(amount, model.touch(side, meeting.tick), step)",
        "slippage",
    ),
    Mutant(
        "last: an order waits for the last price",
        "domain/models.py",
        "reached = reaches(side, limit, self.touch(side, meeting.tick))",
        "reached = reaches(side, limit, TouchModel.touch(self, side, meeting.tick))",
        "slippage",
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
        "depth",
    ),
    Mutant(
        "depth: a maker consumes too",
        "domain/depth.py",
        "(Execution(limit, quantity, Liquidity.MAKER, levels),)",
        "(Execution(limit, quantity, Liquidity.MAKER),)",
        "depth",
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
    ),
    Mutant(
        "candle: it is met however late it is logged",
        "domain/quotes.py",
        "return not self.is_of_candle and self.quote.is_stale(self.logged_at, stale_after)",
        "return self.quote.is_stale(self.logged_at, stale_after)",
    ),
    Mutant(
        "candle: nobody trades at its price now",
        "domain/placing.py",
        "not view.tick.is_stale(view.now",
        "not view.tick.quote.is_stale(view.now",
    ),
    Mutant(
        "candle: an order that was brought back meets only later ones",
        "domain/generations.py",
        ", updated_at=max(order.updated_at, now))",
        ")",
        "accounts",
    ),
    Mutant("nothing is broken, accounts", "accounts.py", "from __future__", "from __future__", "accounts"),
    Mutant(
        "generation: an account that changed is read again, in Valkey",
        "store/encoding.py",
        'checks.put("L", names.of(kind, account), length)',
        "pass",
        "accounts",
    ),
    Mutant(
        "generation: an order that was canceled is read again, in Valkey",
        "store/encoding.py",
        'checks.put("C", names.of("open", account), books.open_count)',
        "pass",
        "accounts",
    ),
    Mutant(
        "generation: an order that was amended is read again, in Valkey",
        "store/encoding.py",
        'checks.put("F", names.of("counts", account), AMENDMENTS, str(books.amendments or ""))',
        "pass",
        "accounts",
    ),
    Mutant(
        "generation: an order that was amended is read again, in memory",
        "store/memory.py",
        "len(books.open), books.amendments)",
        "len(books.open), read.amendments)",
        "accounts",
    ),
    Mutant(
        "generation: an account that changed is read again, in memory",
        "store/memory.py",
        "if lengths != (read.orders, read.trades, read.ledger, read.open_count, read.amendments):",
        "if not lengths:",
        "accounts",
    ),
    Mutant(
        "generation: orders that were left are nobody's",
        "matcher.py",
        "if order.generation == accounts[order.account_id].generation]",
        "if order.generation]",
        "accounts",
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
        "self._count(order, 1, writes)",
        "pass",
        "accounts",
    ),
    Mutant(
        "generation: a resumed order is a placement",
        "domain/generations.py",
        "return replace(order, met_tick=tick, trailing=trailing, updated_at=max(order.updated_at, now))",
        "return order",
        "accounts",
    ),
    Mutant(
        "generation: no order is resumed behind `seen`, in Valkey",
        "store/encoding.py",
        """for symbol, tick in change.placed_on:
            checks.put("B", names.at("cursor", symbol), "seen", tick)""",
        """for symbol, tick in change.placed_on:
            checks.put("B", names.at("cursor", symbol), "seen", tick + 10**6)""",
        "accounts",
    ),
    Mutant(
        "generation: books that were swept do not come back, in Valkey",
        "store/lua/commit.lua",
        "if tonumber(call('ZSCORE', key, expected) or '0') <= 0 then verdict = CONFLICT end",
        "",
        "accounts",
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
        "fees",
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
        "fees",
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
        "engine.stale_after, engine.fees)",
        "engine.stale_after)",
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
        "fees",
    ),
    Mutant(
        "fees: the first fill of a day has read all of the day before, in Valkey",
        "store/encoding.py",
        'checks.put("F", key, str(before), str(to_units(volume.before, VOLUME_SCALE)))',
        "pass",
        "fees",
    ),
    Mutant(
        "fees: the first fill of a day has read all of the day before, in memory",
        "store/memory.py",
        "return newest in (None, volume.day) or books.volumes[newest] == to_units(volume.before, VOLUME_SCALE)",
        "return True",
        "fees",
    ),
    Mutant(
        "fees: a day that is over gets no volume, in memory",
        "store/memory.py",
        "if newest != volume.before_day:",
        "if newest is not None and newest < 0:",
        "fees",
    ),
    Mutant(
        "fees: volume comes back with a snapshot",
        "copying.py",
        ", volumes=snapshot.volumes)",
        ")",
        "fees",
    ),
    Mutant(
        "list: a trade of one ends the other",
        "domain/order_lists.py",
        "or after.filled_quantity != before.filled_quantity",
        "or after.filled_quantity == before.filled_quantity",
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
        "accounts",
    ),
    Mutant(
        "list: what is placed later meets later ticks",
        "domain/order_lists.py",
        "                met_tick=met.tick.number,",
        "                met_tick=0,",
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
    ),
    Mutant(
        "list: what cannot be paid for is rejected",
        "domain/matching.py",
        "short=around.lock_only,",
        "short=False,",
        "accounts",
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
        "accounts",
    ),
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
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: each plan begins to count anew",
        "api/chaos.py",
        "self._store.next_id(SEQUENCE) - plan.first",
        "self._store.next_id(SEQUENCE)",
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: whoever looks after the exchange can always end it",
        "api/chaos.py",
        'if path == "/" or path.startswith(NEVER):',
        'if path == "/":',
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: a request may ask for a fault only where that is allowed",
        "api/chaos.py",
        """if not self._by_header:
            return None""",
        "",
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: an answer that is kept back is not sent",
        "api/chaos.py",
        """if self.headers is None:
            await self._hit.send(message)""",
        "await self._hit.send(message)",
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: what was used of the limits is told with an answer that comes too late",
        "api/chaos.py",
        "(each for each in headers if each[0].startswith(COUNTED))",
        "()",
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: an order that was answered before is not rejected",
        "exchange.py",
        "if decided[0].transaction is not None:  # an earlier",
        "if True:  # an earlier",
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: it ends by itself",
        "domain/chaos.py",
        "return self.until is not None and now >= self.until",
        "return False",
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: other processes hear of it",
        "api/chaos_switch.py",
        "abs(now - self._looked_at) >= LOOKS",
        "abs(now - self._looked_at) >= 10**12",
        AT_THE_DOORS,
    ),
    Mutant(
        "chaos: prices from outside do not go wrong here, and nobody is told that they do",
        "api/native_chaos.py",
        "if plan.of_feed and self._feed in MANUAL_FEEDS and not self._by_api:",
        "if False:",
        AT_THE_DOORS,
    ),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_a_broken_rule_is_noticed(mutant: Mutant, valkey_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "mockexchange"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / mutant.file
    source = file.read_text()
    assert source.count(mutant.text) == 1, f"{mutant.file} has {source.count(mutant.text)} times: {mutant.text}"
    file.write_text(source.replace(mutant.text, mutant.broken))
    holds = mutant.text == mutant.broken
    examples = UNBROKEN if holds else EXAMPLES.get(mutant.of, 1200)
    run = ["tests.property.run_histories", valkey_url, str(examples), mutant.of]
    if mutant.of in (AT_THE_DOORS, AT_ITS_DATE):
        run = ["pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", "not valkey and not cluster", mutant.of]
    result = subprocess.run(
        [sys.executable, "-m", *run],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    print(result.stdout, result.stderr)
    assert result.returncode == (0 if holds else 1), result.stderr
    # A copy that does not even start proves nothing: the histories must have run and said what is wrong.
    said = result.stdout.startswith(("touch", "last", "depth")) or "\nFAILED " in result.stdout
    assert holds or said, result.stderr
