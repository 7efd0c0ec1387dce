"""Why an order stands as it does, in plain words: each fill, its fee, its end, or what it waits for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import text
from .candles import in_words
from .fees import in_words as fee_in_words
from .fill_models import fill_model
from .fills import Fill, Liquidity
from .instruments import split_symbol
from .models import NO_BOOK, reaches
from .orders import Contingency, Direction, Order, OrderStatus, OrderType, Side, TimeInForce
from .quotes import Quote, Tick

_MODELS = {
    ("touch", Liquidity.TAKER): "an order that can trade takes the {touch}, whatever size that shows",
    ("touch", Liquidity.MAKER): "a resting order is filled at its own limit once the {touch} has come to it, whole",
    ("touch-size", Liquidity.TAKER): "an order that can trade takes the {touch}, and no more than the size it shows",
    ("touch-size", Liquidity.MAKER): (
        "a resting order is filled at its own limit once the {touch} has come to it, by no more than the size it shows"
    ),
    ("last", Liquidity.TAKER): "everything trades at the last price, whatever its size",
    ("last", Liquidity.MAKER): "a resting order is filled at its own limit once the last price has come to it, whole",
    ("depth", Liquidity.TAKER): (
        "an order that can trade walks the book of the tick, level by level, and what the account took of a level "
        "stays taken until the book renews it"
    ),
    ("depth", Liquidity.MAKER): (
        "a resting order is filled at its own limit by what the book of the tick offers there, once the {touch} has "
        "come to it"
    ),
}
"""By the word of a fill model, without its options, and the side of the trade: what it says."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence or two about an order, at `timestamp` (venue ms). `trade_id` names the fill that it is about."""

    timestamp: int
    words: str
    trade_id: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the reasons of one order are read from: its fills, oldest first; the ticks that they met, by number, as far
    as they are still in the log; the other orders of its list; the market's newest tick; the fill model's
    name; how long a new order is on its way (`latency`, ms); `now` is venue ms."""

    fills: Sequence[Fill]
    ticks: Mapping[int, Tick]
    mates: Sequence[Order]
    newest: Tick | None
    model: str
    stale_after: int
    now: int
    latency: int = 0


def reasons(order: Order, seen: Seen) -> list[Reason]:
    """Everything that can be said, in order of time."""
    told = [Reason(order.created_at, f"{_placed(order)}.")]
    if order.leg and order.leg.placed_at is not None:
        told.append(Reason(order.leg.placed_at, f"Its working order {order.leg.list_id} was filled, so it was placed."))
    if order.triggered_at is not None:
        told.append(Reason(order.triggered_at, f"Triggered: {_trigger(order)}."))
    for fill in seen.fills:
        tick = seen.ticks.get(fill.tick)
        told.append(Reason(fill.timestamp, f"{_traded(fill, tick)} {_modelled(fill)} {_charged(fill)}", fill.trade_id))
    told += [
        Reason(each.timestamp, f"Made smaller, from {text(each.quantity_before)} to {text(each.quantity)}.")
        for each in order.amendments
    ]
    told.sort(key=lambda reason: reason.timestamp)
    told.append(Reason(order.updated_at if not order.is_open else seen.now, _stands(order, seen)))
    return told


def _placed(order: Order) -> str:
    base, quote = split_symbol(order.symbol)
    quantity = order.amendments[0].quantity_before if order.amendments else order.quantity
    size = f"{text(quantity)} {base}"
    if order.quote_quantity is not None:
        size += f" ({text(order.quote_quantity)} {quote} worth)"
    kind = order.type.value.lower().replace("_", " ")
    waited = order.leg is not None and order.leg.contingency is not Contingency.OCO and not order.leg.is_working
    kind = f"post-only {kind}" if order.post_only else kind
    words = f"{'Taken' if waited else 'Placed'}: a {kind} order to {order.side.lower()} {size}"
    if order.iceberg_quantity is not None:
        words += f", of which {text(order.iceberg_quantity)} shows at a time,"
    if order.price is not None:
        words += f" at {text(order.price)} {quote} or better"
    if order.stop_price is not None:
        words += f", stop price {text(order.stop_price)}"
    if order.trailing is not None:
        words += f", trailing by {text(Decimal(order.trailing.delta) / 100)} %"
    if order.time_in_force is not TimeInForce.GTC:
        words += f", {order.time_in_force}"
    if order.expires_at is not None:
        words += f", good until {in_words(order.expires_at)}"
    if order.leg is None:
        return words
    number = order.leg.number + 1
    return f"{words}, number {number} of {order.leg.legs} of the {order.leg.contingency} list {order.leg.list_id}"


def _trigger(order: Order) -> str:
    if order.trailing is not None:
        return f"the last price had {_turned(order, ('fallen', 'risen'))} since it followed it"
    assert order.stop_price is not None, "only a stop is triggered"
    moved = "risen" if order.direction is Direction.RISES else "fallen"
    return f"the last price had {moved} to its stop price of {text(order.stop_price)}"


def _turned(order: Order, verbs: tuple[str, str]) -> str:
    """How the last price comes back for a stop that follows it."""
    assert order.trailing is not None, "it follows the price"
    verb, best = (verbs[0], "highest") if order.side is Side.SELL else (verbs[1], "lowest")
    return f"{verb} {text(Decimal(order.trailing.delta) / 100)} % from the {best}"


def _traded(fill: Fill, tick: Tick | None) -> str:
    base, quote = split_symbol(fill.symbol)
    verb = "Bought" if fill.side is Side.BUY else "Sold"
    words = f"{verb} {text(fill.quantity)} {base} at {text(fill.price)} {quote} as {fill.liquidity.lower()}"
    shown = f" ({_quoted(tick.quote)})" if tick else ", which is not in the log any more"
    late = " It was recorded later, and is dated at its tick." if fill.is_late else ""
    return f"{words}, on tick {fill.tick} of {fill.source}{shown}.{late}"


def _quoted(quote: Quote) -> str:
    def side(price: Decimal, size: Decimal | None) -> str:
        return text(price) if size is None else f"{text(price)} for {text(size)}"

    bid, ask = side(quote.bid, quote.bid_size), side(quote.ask, quote.ask_size)
    return f"bid {bid}, ask {ask}, last {text(quote.last)}"


def _modelled(fill: Fill) -> str:
    word, *options = fill.model.removesuffix(NO_BOOK).split("+")
    touch = "ask" if fill.side is Side.BUY else "bid"
    rule = _MODELS.get((word, fill.liquidity), "see docs/realism.md").format(touch=touch)
    given = {name: value for name, _, value in (each.partition("=") for each in options)}
    if "slippage" in given and fill.liquidity is Liquidity.TAKER:
        rule += f"; a taker pays up to {given['slippage']} basis points more, by chance that is drawn from the seed"
    if fill.model.endswith(NO_BOOK):
        rule = "the tick had no book, so the best price counts, and no more than the size it shows, if it shows one"
    if fill.liquidity is Liquidity.MAKER:
        queue = ", once what stood before it there has traded or was withdrawn" if "queue" in given else ""
        if "share" in given:
            rule = f"a resting order gets at most {given['share']} of what trades at its price or beyond{queue}"
        elif queue:
            rule += f"; and by what trades at its price{queue}"
    return f"Fill model {fill.model}: {rule}."


def _charged(fill: Fill) -> str:
    base, quote = split_symbol(fill.symbol)
    if not fill.commission:
        return f"Fee: none ({fee_in_words(fill)})."
    got = f"{text(fill.quantity)} {base}" if fill.side is Side.BUY else f"{text(fill.quote_quantity)} {quote}"
    return f"Fee: {text(fill.commission)} {fill.commission_asset} for the {got} received ({fee_in_words(fill)})."


def _stands(order: Order, seen: Seen) -> str:
    """Why the order ended, or what it waits for."""
    if order.status is OrderStatus.FILLED:
        return "Filled: nothing of it is left."
    if order.status is OrderStatus.REJECTED:
        return "Rejected: when its working order was filled the account could not pay for it."
    if order.status is OrderStatus.CANCELED:
        return "Canceled or replaced by its owner" + (", with what was open of its list." if order.leg else ".")
    if order.status is OrderStatus.EXPIRED:
        return f"Expired: {_expiry(order, seen)}."
    return _waits(order, seen)


def _expiry(order: Order, seen: Seen) -> str:
    """What made it end. Of several rules that could have, the first one that applies."""
    mate = _that_ended_it(order, seen)
    if mate is not None:
        return mate
    if order.expires_at is not None and order.is_due(order.updated_at):
        return f"it was good until {in_words(order.expires_at)}"
    if order.post_only:
        return "it was to rest, and would have taken when it arrived, on its first tick"
    if order.time_in_force is TimeInForce.FOK:
        return "it was to be filled whole at once (fill or kill), and could not be"
    if order.time_in_force is TimeInForce.IOC:
        return "what does not trade at once expires (immediate or cancel)"
    less = "no more" if order.filled_quantity else "nothing"
    # One that takes at once holds or pays all that it takes; what comes later may find less.
    later = order.type is not OrderType.MARKET or order.version > 1
    if (later and (order.side is Side.BUY or order.quote_quantity is not None)) or order.leg is not None:
        return f"there was {less} to be had on its tick, or the account could not pay for it"
    return f"there was {less} to be had on its tick"


def _that_ended_it(order: Order, seen: Seen) -> str | None:
    leg = order.leg
    if leg is None or order.filled_quantity:
        return None
    working = next((mate for mate in seen.mates if mate.leg and mate.leg.is_working), None)
    if working is not None and working.status is OrderStatus.EXPIRED:
        return f"its working order {working.order_id} expired"
    for mate in seen.mates:
        if mate is working or not (mate.leg and (leg.contingency is Contingency.OCO or not mate.leg.is_working)):
            continue
        if mate.triggered_at is not None and order.triggered_at is None:
            return f"order {mate.order_id} of its list was triggered first"
        if mate.filled_quantity:
            return f"order {mate.order_id} of its list traded first"
        if mate.status is OrderStatus.EXPIRED and order.triggered_at is None and not _ends_alone(order):
            return f"order {mate.order_id} of its list expired"
    return None


def _ends_alone(order: Order) -> bool:
    """Whether it may expire by rules of its own; a stop that was never triggered has none."""
    if order.is_untriggered:
        return False
    return order.post_only or order.time_in_force is not TimeInForce.GTC or not order.type.has_limit


def _waits(order: Order, seen: Seen) -> str:
    """What an open order waits for."""
    if order.is_pending and order.leg:
        return f"Waits: it is placed when order {order.leg.list_id}, the working one of its list, is filled."
    newest = seen.newest
    now = "the market has no price yet"
    if newest is not None:
        old = ", too old to trade on" if newest.quote.is_stale(seen.now, seen.stale_after) else ""
        now = f"now {_quoted(newest.quote)}{old}"
    arrival = order.created_at + seen.latency
    if order.unmet and seen.now < arrival:
        return f"On its way for {arrival - seen.now} ms more; {now}."
    if order.unmet:
        return f"Waits for a fresh price, its first one; {now}."
    if order.trail is not None:
        return f"Follows the last price, and waits for it to {_turned(order, ('fall', 'rise'))} since then; {now}."
    if order.is_untriggered and order.stop_price is not None:
        then = ", and follows it from there" if order.trailing else ""
        moves = "rise" if order.direction is Direction.RISES else "fall"
        return f"Waits for the last price to {moves} to {text(order.stop_price)}{then}; {now}."
    assert order.price is not None, "only limit orders rest"
    comes, price = ("fall", "ask") if order.side is Side.BUY else ("rise", "bid")
    if seen.model.partition("+")[0] == "last":
        price = "last price"
    if newest is not None and reaches(order.side, order.price, fill_model(seen.model).touch(order.side, newest)):
        return f"Rests: the {price} has come to {text(order.price)}, and the next tick may fill it; {now}."
    if order.ahead:
        base, _ = split_symbol(order.symbol)
        behind = f"behind {text(order.ahead)} {base} at its price when that was last looked at"
        return f"Rests {behind}, and waits for them to trade or go, or the {price} to {comes} there; {now}."
    return f"Rests, and waits for the {price} to {comes} to {text(order.price)}; {now}."
