"""The key schema.

A venue's keys carry its hash tag, `{main}` here, so that every transaction stays in one cluster slot. `A` stands for an
account and its generation (`alice:1`), `S` for a symbol (`BTC/USDT`), `N` for an order id.

    key                  type    meaning
    {main}:sequence      hash    order, trade, entry -> the last id given out
    {main}:scales        hash    asset -> decimal places of its smallest unit; written once
    {main}:accounts      zset    account ids, all with score 0
    {main}:account:ID    string  account record; begins with its version
    {main}:models        zset    what accounts' own fill models reach like, all with score 0; nothing leaves it
    {main}:balance:A     hash    ASSET:free, ASSET:locked -> integer in the asset's smallest unit
    {main}:order:N       string  order record; begins with its version
    {main}:client:A      hash    client order id -> its latest order id; a tab and the name of an order list -> its id
    {main}:orders:A      list    order ids in order of commit; the same per symbol in {main}:orders:A:S
    {main}:lists:A       list    ids of order lists (that of their first order) in order of commit
    {main}:open:A        zset    ids of open orders, score = id
    {main}:volume:A      hash    number of a day (UTC) -> what was traded on it, in 10^-8 of QUOTE_ASSET, for a month;
                                 day -> the newest of them; only where there are fee tiers
    {main}:counts:A      hash    SYMBOL -> how many of these are on it; SYMBOL|MAX_NUM_ALGO_ORDERS -> how many of them
                                  are stops, and so on for the other counts
    {main}:fills:A       hash    trade id -> fill record
    {main}:trades:A      list    trade ids in order of commit; the same per symbol in {main}:trades:A:S
    {main}:ledger:A      list    trade ids, and records of deposits and withdrawals, in order of commit
    {main}:equity:A:STEP stream  what the account was worth: entry MS-0, field v = value in the quote asset;
                                 STEP is 60000, 3600000 or 86400000 ms, each bounded in time (ports.EquityStep)
    {main}:tally:A       string  running totals of the account's ledger and trades, as far as they are added up
    {main}:bids:S        zset    resting buys: member = id padded to 16 digits, score = -price
    {main}:asks:S        zset    resting sells: likewise, score = price
    {main}:arrivals:S    zset    orders that wait for their first fresh tick, score = id
    {main}:rises:S       zset    stops that the last price triggers when it rises, score = stop price
    {main}:falls:S       zset    those that it triggers when it falls, score = -stop price
    {main}:trails|SIDE|DELTA:S  zset  trailing stops of one side and delta (basis points) that follow the last price:
                                 score = number of the tick that they began at
    {main}:trails:S      hash    SIDE|DELTA of each of these -> the best prices that they measure from, as they are
                                 after a tick: [tick, first tick, price, ...]; empty at first
    {main}:pending:S     zset    orders that wait for the working order of their list, score = id
    {main}:expiring:S    zset    orders with a date, beside the index above that they stand in: score = that date (ms)
    {main}:cursor:S      hash    seen, done -> tick numbers (DESIGN section 3); done_at -> when that tick was (ms); gap,
                                 gap_minute -> the end of the last gap: a tick number, and its minute (ms)
    {main}:taken:S       hash    TICK|ACCOUNT|SIDE -> what was taken of its sizes, and of its trades; gone when
                                  `done` passes TICK
    {main}:consumed:S    hash    ACCOUNT|SIDE -> what was taken of the book that such orders are met with: price, taken
                                 and shown then, for each level
    {main}:announced:S   hash    what the journal has been told of: tick number -> 1 (gone when `done` passes it),
                                 instrument, engine (under the symbol "") -> value
    {main}:snapshots:ID  hash    snapshot name -> its record
    {main}:snapshot:ID:NAME  string  the open orders of a snapshot
    {main}:generations   zset    ID:GENERATION of books that are being written or were left, score = since when (wall
                                 ms), 0 while they are swept
    {main}:symbols       zset    symbols that ever had an order, all with score 0
    {main}:journal       list    journal records, the venue's total order of commits
    {main}:lease:NAME    string  token of the process that holds a lease; ends by itself
    {main}:key:DIGEST    string  key record, under the SHA-256 (hex) of the API key
    {main}:keydigests    hash    public key id -> the key's digest now
    {main}:keyids        list    public key ids in order of creation; the same per account in {main}:keyids:ID
    {main}:limit:key:K   string  when the bucket of key K (its digest, or `default`) is full again, wall time in us;
                                 {main}:limit:failures:IP likewise for wrong keys from an address; end by themselves
    {main}:limit:wire:C  string  what client C of the Binance wire (its key's digest, `default`, or @ and its address)
                                 has used: windows and counts (domain/request_weights.py); ends by itself
    {main}:chaos         string  the plan of faults on purpose; absent while there is none

Leases and limits are the only keys with a TTL.

Scores are doubles, so a range by price is a superset of the exact range; members sort by age within one price.

Market data is shared by all venues. A symbol's keys share the slot of its hash, which is the contract with any feed.

    key                  type    meaning
    sym_S                hash    price, timestamp (s), bid, ask, bidVolume, askVolume, symbol: the mailbox of all feeds
    ticks:{sym_S}        stream  the tick log: entry NUMBER-0, field t = tick record, with the best levels of the book
                                 where the fill model reads them; bounded
    feed:{sym_S}         hash    number -> last tick number; owner -> source that serves the symbol; position:SOURCE;
                                 mailbox -> the hash contents that were looked at last; rejected -> count;
                                 foreign -> how often somebody else wrote what a source of ours serves, foreign_tick ->
                                 the tick that wrote over it last
    book:{sym_S}         string  the newest book
    trades:{sym_S}       list    the tape, bounded
    candles:{sym_S}      string  candle record: the tick counted last, the open minute; begins with its version
    candles:{sym_S}:1m   hash    block number -> the minutes of one hour, for 7 days; likewise :1h (the hours of one
                                 day, for 90 days) and :1d (30 days, for 3 years)
    market:instruments   hash    symbol -> instrument record
    market:clock         string  venue time in ms while a replay drives it
    market:feed          string  where the feed stands
    market:outage        string  since when and why the feed gives nothing; absent while it does
    market:lease:feeder  string  token of the feeder at work
"""

from __future__ import annotations

from ..domain.balances import Account
from ..domain.orders import Direction, Order, Side, Trail

INSTRUMENTS = "market:instruments"
CLOCK = "market:clock"
FEED = "market:feed"
OUTAGE = "market:outage"
INDEXES = ("bids", "asks", "arrivals", "rises", "falls", "pending")
"""Where a symbol's open orders stand, each in one of them, or in one of the trails."""
EXPIRING = "expiring"
"""Where open orders with a date stand as well."""
NEWEST_DAY = "day"
"""The field of `volume` that is no day itself."""
FEEDER_LEASE = "market:lease:feeder"


def hash_of(symbol: str) -> str:
    """The mailbox hash of a symbol."""
    return f"sym_{symbol}"


def ticks_of(symbol: str) -> str:
    """The tick log of a symbol."""
    return f"ticks:{{sym_{symbol}}}"


def feed_of(symbol: str) -> str:
    """What is known about a symbol's feed."""
    return f"feed:{{sym_{symbol}}}"


def book_of(symbol: str) -> str:
    """The newest book of a symbol."""
    return f"book:{{sym_{symbol}}}"


def tape_of(symbol: str) -> str:
    """The public trades of a symbol."""
    return f"trades:{{sym_{symbol}}}"


def candles_of(symbol: str, timeframe: str = "") -> str:
    """The candle record of a symbol, or its blocks of one timeframe."""
    return f"candles:{{sym_{symbol}}}{timeframe and ':' + timeframe}"


def member(order_id: int) -> str:
    """An order id as an index member: padded, so that equal prices sort by age."""
    return f"{order_id:016d}"


def score(order: Order) -> float:
    """Where an order stands in its index. Rounding to a double is monotone, so order by price is kept."""
    if order.is_pending:
        return float(order.order_id)
    if order.trail and order.trailing:
        return float(order.trailing.tick)
    if order.unmet:
        return float(order.order_id)
    if order.is_untriggered and order.stop_price is not None:
        return float(order.stop_price) if order.direction is Direction.RISES else -float(order.stop_price)
    if order.price is None:
        return float(order.order_id)
    return -float(order.price) if order.side is Side.BUY else float(order.price)


def index_names(order: Order) -> tuple[str, ...]:
    """Every index of its symbol in which an order can ever have stood."""
    if order.trailing is None:
        return (*INDEXES, EXPIRING)
    return (*INDEXES, EXPIRING, Trail(order.side, order.trailing.delta).index_name)


class VenueKeys:
    """The keys of one venue."""

    def __init__(self, venue: str) -> None:
        tag = f"{{{venue}}}:"
        self._tag = tag
        self.sequence = tag + "sequence"
        self.scales = tag + "scales"
        self.accounts = tag + "accounts"
        self.models = tag + "models"
        self.generations = tag + "generations"
        self.symbols = tag + "symbols"
        self.journal = tag + "journal"
        self.key_digests = tag + "keydigests"
        self.chaos = tag + "chaos"

    def account(self, account_id: str) -> str:
        """An account's record."""
        return f"{self._tag}account:{account_id}"

    def of(self, kind: str, account: Account | Order, symbol: str | None = None) -> str:
        """One of an account's keys (balance, volume, client, orders, lists, open, counts, fills, trades, ledger,
        equity, tally), of its generation."""
        key = f"{self._tag}{kind}:{account.account_id}:{account.generation}"
        return key if symbol is None else f"{key}:{symbol}"

    def snapshots(self, account_id: str) -> str:
        """An account's snapshots, whatever generation they are of."""
        return f"{self._tag}snapshots:{account_id}"

    def snapshot(self, account_id: str, name: str) -> str:
        """The open orders of a snapshot."""
        return f"{self._tag}snapshot:{account_id}:{name}"

    def order(self, order_id: int) -> str:
        """An order's record."""
        return f"{self._tag}order:{order_id}"

    def at(self, kind: str, symbol: str) -> str:
        """One of a symbol's keys in this venue (bids, asks, arrivals, rises, falls, trails, pending, expiring, cursor,
        taken, consumed, announced)."""
        return f"{self._tag}{kind}:{symbol}"

    def index(self, order: Order) -> tuple[str, str] | None:
        """The index that holds an order, as (name, key), or None when it is closed."""
        if not order.is_open:
            return None
        return order.index_name, self.at(order.index_name, order.symbol)

    def lease(self, name: str) -> str:
        """A lease of this venue."""
        return f"{self._tag}lease:{name}"

    def api_key(self, digest: str) -> str:
        """The record of the API key with this digest."""
        return f"{self._tag}key:{digest}"

    def key_ids(self, account_id: str | None) -> str:
        """The public ids of an account's keys, or of all."""
        return self._tag + ("keyids" if account_id is None else f"keyids:{account_id}")

    def limit(self, kind: str, name: str) -> str:
        """A bucket of requests: of a key, or of an address's failures."""
        return f"{self._tag}limit:{kind}:{name}"
