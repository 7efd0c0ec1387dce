"""What a fill costs: rates by account, by 30-day volume and by market, and the fee asset. Pure. See docs/fees.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from .amounts import (
    DEFAULT_SCALE,
    ONE,
    ZERO,
    add,
    divide_up,
    multiply,
    parse_amount,
    round_down,
    round_up,
    subtract,
    text,
    total,
)
from .balances import Account, Bucket, Posting
from .errors import BadRequest
from .fills import FeeRule, Fill, Liquidity
from .orders import Side
from .patterns import ANY, matches
from .valuation import Rate, direct_rates, symbols_between

DAY = 86_400_000
"""Milliseconds. Volume is counted by days of UTC, numbered from the epoch."""

WINDOW = 30
"""Days whose volume decides on a tier: those before the day of the fill, as Binance decides once a day."""

VOLUME_SCALE = 8
"""Decimal places of a volume, which is rounded down to them."""


@dataclass(frozen=True, slots=True)
class FeeTier:
    """The rates (fractions) of whoever traded for `volume` or more in the thirty days before, in the schedule's quote
    asset."""

    volume: Decimal
    maker: Decimal
    taker: Decimal


@dataclass(frozen=True, slots=True)
class FeeOverride:
    """The rates (fractions) of one market, or of all that fit a pattern, for every account; None: as elsewhere."""

    symbol: str
    maker: Decimal | None
    taker: Decimal | None


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """What a venue charges beside each account's own rates. `tiers` by rising volume, which is counted in
    `quote_asset`; the first of `overrides` that fits a market counts there. Who pays in `asset` (None: nobody can) pays
    `discount` (a fraction) less."""

    tiers: tuple[FeeTier, ...] = ()
    overrides: tuple[FeeOverride, ...] = ()
    asset: str | None = None
    discount: Decimal = ZERO
    quote_asset: str = "USDT"


@dataclass(frozen=True, slots=True)
class PaidRate:
    """A rate (fraction) and why it is that."""

    rate: Decimal
    rule: FeeRule


@dataclass(frozen=True, slots=True)
class MarketRates:
    """What an account pays on a market, before any discount."""

    maker: PaidRate
    taker: PaidRate

    def of(self, liquidity: Liquidity) -> PaidRate:
        """As maker or as taker."""
        return self.maker if liquidity is Liquidity.MAKER else self.taker


def tier_of(schedule: FeeSchedule, volume: Decimal) -> FeeTier | None:
    """The tier that a 30-day volume reaches, None below the first."""
    reached = [tier for tier in schedule.tiers if tier.volume <= volume]
    return reached[-1] if reached else None


def account_rates(schedule: FeeSchedule, account: Account, volume: Decimal) -> MarketRates:
    """What an account pays where the market has no rates of its own: the tier's rate or its own, whichever is less."""
    tier = tier_of(schedule, volume)
    maker, taker = (tier.maker, tier.taker) if tier else (account.maker_rate, account.taker_rate)
    return MarketRates(_lower(account.maker_rate, maker), _lower(account.taker_rate, taker))


def _lower(own: Decimal, tier: Decimal) -> PaidRate:
    return PaidRate(tier, FeeRule.TIER) if tier < own else PaidRate(own, FeeRule.ACCOUNT)


def market_rates(schedule: FeeSchedule, account: Account, symbol: str, volume: Decimal) -> MarketRates:
    """What an account of this 30-day volume pays on a market."""
    usual = account_rates(schedule, account, volume)
    for override in schedule.overrides:
        if matches(symbol, (override.symbol,)):
            return MarketRates(_override(override.maker, usual.maker), _override(override.taker, usual.taker))
    return usual


def _override(given: Decimal | None, usual: PaidRate) -> PaidRate:
    return usual if given is None else PaidRate(given, FeeRule.MARKET)


def commission(received: Decimal, rate: Decimal, scale: int) -> Decimal:
    """The fee on `received`, in the same asset, rounded up to the asset's scale (so that the credit rounds down).

    Charged in the asset received, as Binance does without a fee asset (Binance Academy, "trading fees").
    """
    return round_up(multiply(received, rate), scale)


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """What an account pays now: `volume` is what it traded in the thirty days before this one, in the schedule's quote
    asset, 0 without tiers."""

    schedule: FeeSchedule
    account: Account
    volume: Decimal

    @property
    def tier(self) -> FeeTier | None:
        """The tier of that volume."""
        return tier_of(self.schedule, self.volume)

    @property
    def usual(self) -> MarketRates:
        """Its rates on a market that has none of its own."""
        return account_rates(self.schedule, self.account, self.volume)

    @property
    def discounted(self) -> bool:
        """Whether its fees are less while it has enough of the fee asset."""
        return self.account.pays_in_fee_asset and self.schedule.asset is not None

    def on(self, symbol: str) -> MarketRates:
        """Its rates on a market, before any discount."""
        return market_rates(self.schedule, self.account, symbol, self.volume)


# what a fee stands on


@dataclass(frozen=True, slots=True)
class FeeBooks:
    """What an account's books say about its fees: `free` of the fee asset, with `scale` the decimal places of that on
    record (None: none yet), and the volume of each day that had a fill, oldest first."""

    free: Decimal = ZERO
    scale: int | None = None
    days: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class FeeGuard:
    """What must still be free of the fee asset at the commit, so that the same fees are charged in it and the same are
    not: `at_least`, and less than `below`; None for no bound. In the asset, whose decimal places are `scale`."""

    asset: str
    scale: int
    at_least: Decimal | None
    below: Decimal | None


@dataclass(frozen=True, slots=True)
class VolumeWrite:
    """What fills add to the volume of `day`. `before_day` was the newest day on record (None: there was none), guarded
    to be so still; when it is another, so is its volume, `before`: nobody adds to it any more from then on."""

    day: int
    before_day: int | None
    before: Decimal
    added: Decimal


@dataclass(frozen=True, slots=True)
class FeeReading:
    """What the fees of one account on one market stand on, and what its fills in one transaction have made of that.

    `asset` is the fee asset when the account pays in it, `free` what was free of it; `prices` (last price by symbol)
    are those that were read for it. `days` are the volumes on record, None when no tier depends on them; `day` is that
    of the fills. `moved` is what the transaction has taken from `free` (negative) or added so far; `at_least` and
    `below` bound what `free` may have been for the same fees; `added` is volume.
    """

    asset: str | None = None
    free: Decimal = ZERO
    scale: int = DEFAULT_SCALE
    prices: tuple[tuple[str, Decimal], ...] = ()
    days: tuple[tuple[int, Decimal], ...] | None = None
    day: int = 0
    moved: Decimal = ZERO
    at_least: Decimal | None = None
    below: Decimal | None = None
    added: Decimal = ZERO

    @property
    def volume(self) -> Decimal:
        """What was traded in the thirty days before this one."""
        return total(volume for day, volume in self.days or () if self.day - WINDOW <= day < self.day)

    @property
    def guard(self) -> FeeGuard | None:
        """What the commit must find of the fee asset."""
        if self.asset is None or (self.at_least is None and self.below is None):
            return None
        return FeeGuard(self.asset, self.scale, self.at_least, self.below)

    @property
    def volume_write(self) -> VolumeWrite | None:
        """What the commit adds to the volume."""
        if self.days is None:
            return None
        newest, volume = self.days[-1] if self.days else (None, ZERO)
        return VolumeWrite(self.day, newest, volume, self.added)

    @property
    def after(self) -> FeeReading:
        """As the account's next transaction finds it, once this one is committed."""
        days = self.days
        if days is not None:
            older = [each for each in days if self.day - WINDOW <= each[0] < self.day]
            today = total(volume for day, volume in days if day == self.day)
            days = (*older, (self.day, add(today, self.added)))
        return replace(
            self, free=add(self.free, self.moved), moved=ZERO, at_least=None, below=None, days=days, added=ZERO
        )

    def moving(self, asset: str, amount: Decimal) -> FeeReading:
        """After `amount` of some asset was taken from what is free (negative), or added to it."""
        return replace(self, moved=add(self.moved, amount)) if asset == self.asset else self

    def moved_by(self, postings: Iterable[Posting]) -> FeeReading:
        """After these moved free money."""
        reading = self
        for posting in postings:
            if posting.bucket is Bucket.FREE:
                reading = reading.moving(posting.asset, posting.amount)
        return reading


def references(schedule: FeeSchedule, account: Account, symbol: str) -> list[str]:
    """The markets whose prices the fees of an account on a market depend on."""
    base, _, quote = symbol.partition("/")
    wanted: list[str] = []
    if account.pays_in_fee_asset and schedule.asset and schedule.asset not in (base, quote):
        wanted += symbols_between([schedule.asset], quote)
        if quote != schedule.quote_asset:
            wanted += symbols_between([schedule.asset, quote], schedule.quote_asset)
    if schedule.tiers:
        wanted += symbols_between([quote], schedule.quote_asset)
    return list(dict.fromkeys(wanted))


def reading(
    schedule: FeeSchedule,
    account: Account,
    symbol: str,
    books: FeeBooks,
    prices: Mapping[str, Decimal] | Iterable[tuple[str, Decimal]],
    now: int,
) -> FeeReading:
    """What the fees of an account on a market stand on at `now` (venue ms)."""
    known = dict(prices)
    today = now // DAY
    return FeeReading(
        asset=schedule.asset if account.pays_in_fee_asset else None,
        free=books.free,
        scale=DEFAULT_SCALE if books.scale is None else books.scale,
        prices=tuple((each, known[each]) for each in references(schedule, account, symbol) if each in known),
        days=books.days if schedule.tiers else None,
        # A replay that began anew may go back in time, volumes do not.
        day=max(today, books.days[-1][0]) if books.days else today,
    )


# one fill


@dataclass(frozen=True, slots=True)
class Traded:
    """An execution before its fee: `quantity` in the base asset, `quote_quantity` what it moved in the quote asset,
    `scale` the decimal places of the asset received."""

    symbol: str
    side: Side
    liquidity: Liquidity
    quantity: Decimal
    quote_quantity: Decimal
    scale: int

    @property
    def received(self) -> tuple[str, Decimal]:
        """The asset that came in, and how much of it."""
        base, _, quote = self.symbol.partition("/")
        return (base, self.quantity) if self.side is Side.BUY else (quote, self.quote_quantity)


@dataclass(frozen=True, slots=True)
class Charge:
    """The fee of one fill: `commission` in `asset`, at `rate`, which has `discount` taken off already. `price` is that
    of the fee asset in the market's quote asset, where it took one."""

    commission: Decimal
    asset: str
    rate: Decimal
    rule: FeeRule
    discount: Decimal = ZERO
    price: Decimal | None = None


def charge(traded: Traded, account: Account, schedule: FeeSchedule, reading: FeeReading) -> tuple[Charge, FeeReading]:
    """The fee of one fill, and the reading with which the next fill of the same transaction is charged.

    In the fee asset, with the discount, when the account pays in it and has enough free for all of the fee; otherwise
    in what it receives, in full (Binance: faqs/commission_faq.md, "How is the commission calculated?").
    """
    asset, amount = traded.received
    paid = market_rates(schedule, account, traded.symbol, reading.volume).of(traded.liquidity)
    fee = Charge(commission(amount, paid.rate, traded.scale), asset, paid.rate, paid.rule)
    volume = _volume(traded, paid, schedule, reading)
    after = replace(reading, added=add(reading.added, volume)) if volume else reading
    discounted = _in_fee_asset(traded, paid, schedule, reading)
    if discounted:
        # what must have been free before the transaction for this fee to be covered now
        needed = subtract(discounted.commission, reading.moved)
        if needed <= reading.free:
            fee = discounted
            after = replace(after, at_least=needed if after.at_least is None else max(after.at_least, needed))
        else:
            after = replace(after, below=needed if after.below is None else min(after.below, needed))
    return fee, after.moving(asset, amount).moving(fee.asset, fee.commission.copy_negate())


def _in_fee_asset(traded: Traded, paid: PaidRate, schedule: FeeSchedule, reading: FeeReading) -> Charge | None:
    """The fee in the fee asset, None when it is not paid in that: nothing is due, or there is no price."""
    if reading.asset is None or not paid.rate:
        return None
    base, _, quote = traded.symbol.partition("/")
    rate = multiply(paid.rate, subtract(ONE, schedule.discount))
    if reading.asset in (base, quote):
        # The trade itself says what it is worth in the fee asset.
        amount = traded.quantity if reading.asset == base else traded.quote_quantity
        fee = commission(amount, rate, reading.scale)
        return Charge(fee, reading.asset, rate, paid.rule, schedule.discount)
    price = _price(reading.asset, quote, schedule.quote_asset, dict(reading.prices))
    if price is None:
        return None
    due = multiply(multiply(traded.quote_quantity, rate), price.denominator)
    fee = divide_up(due, price.numerator, reading.scale)
    return Charge(fee, reading.asset, rate, paid.rule, schedule.discount, price.price)


def _price(asset: str, quote: str, through: str, prices: Mapping[str, Decimal]) -> Rate | None:
    """What one of an asset is worth in a market's quote asset: by a market between the two, or through a third."""
    straight = direct_rates([asset], quote, prices).get(asset)
    if straight:
        return straight
    rates = direct_rates([asset, quote], through, prices)
    return rates[asset].over(rates[quote]) if rates.keys() == {asset, quote} else None


def _volume(traded: Traded, paid: PaidRate, schedule: FeeSchedule, reading: FeeReading) -> Decimal:
    """What a fill adds to the volume: its worth; nothing where no fee is due, or without a price."""
    if reading.days is None or not paid.rate:
        return ZERO
    quote = traded.symbol.partition("/")[2]
    rate = direct_rates([quote], schedule.quote_asset, dict(reading.prices)).get(quote)
    return round_down(rate.value(traded.quote_quantity), VOLUME_SCALE) if rate else ZERO


_RULES = {
    FeeRule.ACCOUNT: "the account's own",
    FeeRule.TIER: "for its 30-day volume",
    FeeRule.MARKET: "which this market has for everybody",
}


def in_words(fill: Fill) -> str:
    """Why a fill cost what it did: `taker rate 0.00075, the account's own, 25 % off for paying in BNB (1 BNB = 600
    USDT)`."""
    words = f"{fill.liquidity.lower()} rate {text(fill.rate)}, {_RULES[fill.fee_rule]}"
    if not fill.discount:
        return words
    asset = fill.commission_asset
    words += f", {text(multiply(fill.discount, Decimal(100)))} % off for paying in {asset}"
    if fill.fee_price is None:
        return words
    return f"{words} (1 {asset} = {text(fill.fee_price)} {fill.symbol.partition('/')[2]})"


# settings


def read_tiers(table: Mapping[str, str]) -> tuple[FeeTier, ...]:
    """The tiers of a table like `{"1000000": "0.0009/0.001"}`: volume to maker and taker rate. Raises ValueError."""
    tiers: list[FeeTier] = []
    for name, rates in table.items():
        volume, (maker, taker) = _number(name), _pair(rates)
        if maker is None or taker is None:
            raise ValueError(f"the tier {name} has a rate left out; write it like 1000000=0.0009/0.001")
        if tiers and volume <= tiers[-1].volume:
            raise ValueError(f"a volume of {name} is not above {text(tiers[-1].volume)}, the one before")
        tiers.append(FeeTier(volume, maker, taker))
    return tuple(tiers)


def read_overrides(table: Mapping[str, str]) -> tuple[FeeOverride, ...]:
    """The markets' own rates in a table like `{"BTC/FDUSD": "0", "*/EUR": "0/-"}`: both, or maker and taker, - for one
    that is as elsewhere. Raises ValueError."""
    overrides: list[FeeOverride] = []
    for name, rates in table.items():
        symbol = name.upper()
        if symbol != ANY and symbol.count("/") != 1:
            raise ValueError(f"{name!r} is not a market; write them like BTC/USDT, */USDT, BTC/*, or * for any")
        overrides.append(FeeOverride(symbol, *_pair(rates)))
    return tuple(overrides)


def _pair(written: str) -> tuple[Decimal | None, Decimal | None]:
    maker, slash, taker = written.partition("/")
    return _rate(maker), _rate(taker if slash else maker)


def _rate(written: str) -> Decimal | None:
    if written.strip() == "-":
        return None
    rate = _number(written)
    if rate >= 1:
        raise ValueError(f"a rate is a fraction from 0 to below 1 (0.001 is 0.1 %), was {written!r}")
    return rate


def _number(written: str) -> Decimal:
    try:
        number = parse_amount(written.strip(), "it", positive=False)
    except BadRequest:
        raise ValueError(f"{written!r} is not a number") from None
    if number < 0:
        raise ValueError(f"{written!r} is below 0")
    return number


VIP = {
    "1000000": "0.0009/0.001",
    "5000000": "0.0008/0.001",
    "20000000": "0.0007/0.001",
    "120000000": "0.0007/0.0009",
    "200000000": "0.0006/0.0008",
    "500000000": "0.0005/0.0007",
    "1000000000": "0.0004/0.0006",
    "2500000000": "0.0003/0.0005",
    "5000000000": "0.0002/0.0004",
}
"""Binance's VIP 1 to 9 as its announcements of 2021-12-15 and 2022-05-31 list them; it has changed them since."""
