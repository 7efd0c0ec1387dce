"""Markets and their filters, in Binance's terms (binance-spot-api-docs, filters.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from .amounts import ONE, ZERO, decimal_places, is_multiple, multiply, text
from .errors import BadSymbol, FilterFailure
from .orders import LEAST_TRAILING_DELTA, MOST_TRAILING_DELTA, Counted, Direction, Side


@dataclass(frozen=True, slots=True)
class Instrument:
    """One market. Prices and notionals are in the quote asset, quantities in the base asset; 0 switches a bound off.

    The multipliers bound a limit price by the last price: `bid_...` that of a buy, `ask_...` that of a sell.
    `max_num_orders` is how many orders of one account may be open at a time, `max_num_algo_orders` how many stops among
    them, `max_num_order_amends` how many times one order may be amended. A trailing stop's delta (basis points) lies
    between the bounds `above` when its stop price would be above the market, else `below`. An order that shows a part
    of itself has at most `iceberg_parts` of them, and an account at most `max_num_iceberg_orders` of such orders.
    `max_num_order_lists` is how many order lists of one account may have an open order at a time.
    """

    symbol: str
    base_asset: str
    quote_asset: str
    tick_size: Decimal
    step_size: Decimal
    min_notional: Decimal
    min_price: Decimal = ZERO
    max_price: Decimal = ZERO
    min_quantity: Decimal = ZERO
    max_quantity: Decimal = ZERO
    market_step_size: Decimal = ZERO
    market_min_quantity: Decimal = ZERO
    market_max_quantity: Decimal = ZERO
    max_notional: Decimal = ZERO
    bid_multiplier_up: Decimal = ZERO
    bid_multiplier_down: Decimal = ZERO
    ask_multiplier_up: Decimal = ZERO
    ask_multiplier_down: Decimal = ZERO
    status: str = "TRADING"
    max_num_orders: int = 0
    max_num_order_amends: int = 0
    max_num_algo_orders: int = 0
    min_trailing_above_delta: int = 0
    max_trailing_above_delta: int = 0
    min_trailing_below_delta: int = 0
    max_trailing_below_delta: int = 0
    iceberg_parts: int = 0
    max_num_iceberg_orders: int = 0
    max_num_order_lists: int = 0

    def check_price(self, price: Decimal) -> None:
        """PRICE_FILTER: min_price <= price <= max_price, a multiple of tick_size. Raises FilterFailure."""
        if price < self.min_price or (self.max_price and price > self.max_price):
            raise FilterFailure(
                "PRICE_FILTER",
                f"price {text(price)} is outside {text(self.min_price)} to {text(self.max_price)}",
            )
        if not is_multiple(price, self.tick_size):
            raise FilterFailure("PRICE_FILTER", f"price {text(price)} is not a multiple of {text(self.tick_size)}")

    def check_percent_price(self, side: Side, price: Decimal, last: Decimal) -> None:
        """PERCENT_PRICE_BY_SIDE: `last`, the last price, times the multipliers of the order's side, are the bounds of
        its price. Raises FilterFailure."""
        if side is Side.BUY:
            up, down = self.bid_multiplier_up, self.bid_multiplier_down
        else:
            up, down = self.ask_multiplier_up, self.ask_multiplier_down
        lowest, highest = multiply(last, down), multiply(last, up)
        if price < lowest or (up and price > highest):
            raise FilterFailure(
                "PERCENT_PRICE_BY_SIDE",
                f"the price of a {side.lower()}, {text(price)}, is outside {text(lowest)} to {text(highest)}: "
                f"the last price is {text(last)}",
            )

    def check_quantity(self, quantity: Decimal, *, market: bool) -> None:
        """LOT_SIZE, and for market orders MARKET_LOT_SIZE as well. Raises FilterFailure."""
        _check_lot("LOT_SIZE", quantity, self.min_quantity, self.max_quantity, self.step_size)
        if market:
            _check_lot(
                "MARKET_LOT_SIZE",
                quantity,
                self.market_min_quantity,
                self.market_max_quantity,
                self.market_step_size,
            )

    def check_notional(self, notional: Decimal) -> None:
        """NOTIONAL: price x quantity within min_notional and max_notional. Raises FilterFailure."""
        if notional < self.min_notional:
            raise FilterFailure("NOTIONAL", f"price x quantity is {text(notional)}, below {text(self.min_notional)}")
        if self.max_notional and notional > self.max_notional:
            raise FilterFailure("NOTIONAL", f"price x quantity is {text(notional)}, above {text(self.max_notional)}")

    def trailing_deltas(self, direction: Direction) -> tuple[int, int]:
        """The least and the most basis points that TRAILING_DELTA takes; where it says nothing, what any stop takes."""
        if direction is Direction.RISES:
            lowest, highest = self.min_trailing_above_delta, self.max_trailing_above_delta
        else:
            lowest, highest = self.min_trailing_below_delta, self.max_trailing_below_delta
        return lowest or LEAST_TRAILING_DELTA, highest or MOST_TRAILING_DELTA

    def check_trailing_delta(self, direction: Direction, delta: int) -> None:
        """TRAILING_DELTA: by how many basis points the price may have to come back. Raises FilterFailure."""
        lowest, highest = self.trailing_deltas(direction)
        if not lowest <= delta <= highest:
            raise FilterFailure(
                "TRAILING_DELTA", f"a trailing delta of {delta} basis points is outside {lowest} to {highest}"
            )

    def most_open(self, counted: Counted) -> int:
        """How many orders of one account may be open at a time, of all or of a kind; 0: any number."""
        most = {
            Counted.ORDERS: self.max_num_orders,
            Counted.ALGO_ORDERS: self.max_num_algo_orders,
            Counted.ICEBERG_ORDERS: self.max_num_iceberg_orders,
            Counted.ORDER_LISTS: self.max_num_order_lists,
        }
        return most[counted]

    def check_iceberg(self, quantity: Decimal, iceberg_quantity: Decimal) -> None:
        """LOT_SIZE of a part, and ICEBERG_PARTS: into how many an order may break. Raises FilterFailure."""
        self.check_quantity(iceberg_quantity, market=False)
        if self.iceberg_parts and multiply(iceberg_quantity, Decimal(self.iceberg_parts)) < quantity:
            raise FilterFailure(
                "ICEBERG_PARTS",
                f"{text(quantity)} in parts of {text(iceberg_quantity)} are more than {self.iceberg_parts} parts",
            )

    def check_open_orders(self, counted: Counted, others: int) -> None:
        """MAX_NUM_ORDERS, MAX_NUM_ALGO_ORDERS, MAX_NUM_ICEBERG_ORDERS, MAX_NUM_ORDER_LISTS: one more order or list may
        be open beside `others` of its account that are counted so. Raises FilterFailure."""
        most = self.most_open(counted)
        if most and others >= most:
            kinds = {Counted.ALGO_ORDERS: " that are stops", Counted.ICEBERG_ORDERS: " that are icebergs"}
            stops, what = kinds.get(counted, ""), "order lists" if counted is Counted.ORDER_LISTS else "orders"
            raise FilterFailure(
                counted, f"the account has {others} open {what} on {self.symbol}{stops}; at most {most} may be"
            )

    def check_amendments(self, before: int) -> None:
        """MAX_NUM_ORDER_AMENDS: an order that was amended `before` times may be amended once more. Raises
        FilterFailure."""
        if self.max_num_order_amends and before >= self.max_num_order_amends:
            raise FilterFailure(
                "MAX_NUM_ORDER_AMENDS",
                f"the order was amended {before} times; on {self.symbol} it may be {self.max_num_order_amends} times",
            )


def _check_lot(name: str, quantity: Decimal, lowest: Decimal, highest: Decimal, step: Decimal) -> None:
    if quantity < lowest or (highest and quantity > highest):
        raise FilterFailure(name, f"quantity {text(quantity)} is outside {text(lowest)} to {text(highest)}")
    if not is_multiple(quantity, step):
        raise FilterFailure(name, f"quantity {text(quantity)} is not a multiple of {text(step)}")


@lru_cache(maxsize=4096)
def split_symbol(symbol: str) -> tuple[str, str]:
    """The base and the quote asset of a unified symbol such as BTC/USDT. Raises BadSymbol."""
    base, slash, quote = symbol.partition("/")
    if not slash or not _is_asset(base) or not _is_asset(quote):
        raise BadSymbol(f"{symbol[:40]!r} is not a spot symbol; write it like BTC/USDT")
    return base, quote


def _is_asset(name: str) -> bool:
    return 0 < len(name) <= 20 and name.isascii() and name.isalnum() and name == name.upper()


# tick size, step size, minimum notional: Binance's own of 2026 for the pairs people try first.
_KNOWN = {
    "BTC/USDT": ("0.01", "0.00001", "5"),
    "ETH/USDT": ("0.01", "0.0001", "5"),
    "SOL/USDT": ("0.01", "0.001", "5"),
    "BNB/USDT": ("0.01", "0.001", "5"),
    "XRP/USDT": ("0.0001", "0.1", "5"),
    "DOGE/USDT": ("0.00001", "1", "1"),
    "ADA/USDT": ("0.0001", "0.1", "5"),
    "SHIB/USDT": ("0.00000001", "1", "1"),
    "ETH/BTC": ("0.00001", "0.0001", "0.0001"),
    "XRP/ETH": ("0.00000001", "1", "0.001"),
}
# How many times the last price a limit price may be, and what part of it: Binance's own for BTC/USDT, either side.
_MULTIPLIER_UP, _MULTIPLIER_DOWN = Decimal(5), Decimal("0.2")
MAX_NUM_ORDERS = 200
"""Open orders of one account on one market, where its venue does not say: as many as on Binance."""
MAX_NUM_ALGO_ORDERS = 5
"""Stops among them, likewise."""
MAX_NUM_ORDER_LISTS = 20
"""Order lists of which an order is open, likewise."""
MAX_NUM_ORDER_AMENDS = 10
"""Amendments of one order, likewise."""
MIN_TRAILING_DELTA, MAX_TRAILING_DELTA = 10, 2_000
"""Basis points, likewise."""
ICEBERG_PARTS = 10
"""Parts of one iceberg, likewise."""
_SMALL_NOTIONAL = {"BTC": "0.0001", "ETH": "0.001", "BNB": "0.01"}


def is_known(symbol: str) -> bool:
    """Whether a symbol carries Binance's own increments."""
    return symbol in _KNOWN


def default_instrument(symbol: str, price: Decimal | None = None) -> Instrument:
    """A believable market for a symbol that no venue describes.

    The pairs people try first carry Binance's increments. Any other gets six significant digits of `price` as its tick
    size (8 decimal places when no price is known) and a step size worth about a thousandth of a quote unit.
    Raises BadSymbol.
    """
    base, quote = split_symbol(symbol)
    known = _KNOWN.get(symbol)
    if known:
        tick, step, notional = (Decimal(value) for value in known)
    else:
        magnitude = price.adjusted() if price else 0
        tick = ONE.scaleb(max(-8, min(0, magnitude - 5))) if price else ONE.scaleb(-8)
        step = ONE.scaleb(-max(0, min(8, magnitude + 3)))
        notional = Decimal(_SMALL_NOTIONAL.get(quote, "1"))
    return Instrument(
        symbol=symbol,
        base_asset=base,
        quote_asset=quote,
        tick_size=tick,
        step_size=step,
        min_notional=notional,
        min_price=tick,
        # A billion, but always a thousand times the price: one BTC is billions of dong or rupiah.
        max_price=max(Decimal(10) ** 9, ONE.scaleb(price.adjusted() + 4) if price else ONE),
        min_quantity=step,
        max_quantity=Decimal(9) * 10**9,
        bid_multiplier_up=_MULTIPLIER_UP,
        bid_multiplier_down=_MULTIPLIER_DOWN,
        ask_multiplier_up=_MULTIPLIER_UP,
        ask_multiplier_down=_MULTIPLIER_DOWN,
        max_num_orders=MAX_NUM_ORDERS,
        max_num_order_amends=MAX_NUM_ORDER_AMENDS,
        max_num_algo_orders=MAX_NUM_ALGO_ORDERS,
        min_trailing_above_delta=MIN_TRAILING_DELTA,
        max_trailing_above_delta=MAX_TRAILING_DELTA,
        min_trailing_below_delta=MIN_TRAILING_DELTA,
        max_trailing_below_delta=MAX_TRAILING_DELTA,
        iceberg_parts=ICEBERG_PARTS,
        max_num_order_lists=MAX_NUM_ORDER_LISTS,
    )


def required_scales(instrument: Instrument) -> tuple[int, int]:
    """Decimal places that base and quote asset must at least have for this market's quantities and prices."""
    return decimal_places(instrument.step_size), decimal_places(instrument.tick_size)
