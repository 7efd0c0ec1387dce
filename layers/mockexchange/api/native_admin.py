"""What an operator asks: the audit, prices set by hand."""

from __future__ import annotations

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from ..charts import day_statistics
from ..domain.access import Scope
from ..domain.chaos import disturbed
from ..domain.quotes import Quote, Tick
from ..exchange import Exchange
from ..ports import FEED_HEADER
from .answering import answer
from .bodies import BodyReader
from .callers import Callers
from .chaos_switch import ChaosSwitch
from .native import audit_answer, quote_by_hand, ticker_answer
from .operations import Endpoints, Operation, PathParameter
from .problems import NoPriceYet, symbol_in_path
from .queries import read_query, refuse_query
from .request_schemas import SYMBOL, AuditQuery, PriceRequest
from .schemas import AuditResult, Ticker

BY_SYMBOL = {
    "symbol": PathParameter("A symbol. The slash may be written as it is, or as %2F.", {"a market": "BTC/USDT"}, SYMBOL)
}

_BODY = BodyReader(PriceRequest)


class AdminEndpoints:
    """For keys with the scope admin."""

    def __init__(self, exchange: Exchange, callers: Callers, chaos: ChaosSwitch) -> None:
        self._exchange = exchange
        self._callers = callers
        self._chaos = chaos

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        operation = Operation("audit", "admin", AuditResult, query=AuditQuery, refusals=(404,), scope=Scope.ADMIN)
        endpoints.add("GET", "/admin/audit", self.audit, operation)
        operation = Operation(
            "setPrice", "admin", Ticker, path=BY_SYMBOL, body=PriceRequest, refusals=(404, 413), scope=Scope.ADMIN
        )
        endpoints.add("PUT", "/admin/tickers/{symbol:path}/price", self.set_price, operation)

    # a plain def runs in a thread: an audit reads everything there is
    def audit(self, request: Request) -> Response:
        """Check the books.
        Every amount is accounted for, every fill met a recorded price, every index holds what it should.
        """
        given = read_query(request, AuditQuery).account
        account = None if given is UNSET else given
        # the caller's own account is opened first, so that a new venue has one to check
        report = self._callers.act(request, lambda own: self._exchange.account(own) and self._exchange.audit(account))
        return answer(audit_answer(report))

    async def set_price(self, request: Request) -> Response:
        """Set a market's price by hand.
        Orders that it reaches are filled before this answers. A running feed overwrites it with its next price.
        """
        refuse_query(request)
        symbol: str = request.path_params["symbol"]
        with symbol_in_path():
            self._exchange.check_symbol(symbol)
        now = self._exchange.now()
        quote = quote_by_hand(await _BODY.read(request), symbol, now)
        tick = self._of_feed(quote) if FEED_HEADER in request.headers else self._exchange.set_price(symbol, quote)
        day = day_statistics(self._exchange.store, {symbol: tick.quote.last}, now)[symbol]
        return answer(ticker_answer(tick, now, self._exchange.rules.engine.stale_after, day))

    def _of_feed(self, quote: Quote) -> Tick:
        """The newest tick after a feeder sent a quote, which may go wrong on purpose. Raises NoPriceYet."""
        plan, last = self._chaos.plan(), self._exchange.market(quote.symbol).tick
        given = disturbed(plan, quote, last.quote if last else None) if plan else quote
        if given is not None:
            return self._exchange.set_price(quote.symbol, given)
        if last is None:
            raise NoPriceYet(f"{quote.symbol} has no price yet")
        return last
