"""Who sends a request of the Binance wire, whether it is really theirs, and how much they have asked already.

Signature: HMAC-SHA256, in hex, over the bytes as they came, query then body, without the signature itself
(binance-spot-api-docs, rest-api.md, "SIGNED Endpoint security"). Times are the wall's: a replay's clock says nothing
about when a request was sent.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Scope as Connection

from ..domain.access import Caller
from ..domain.api_keys import ApiKey, digest_of
from ..domain.request_weights import RequestLimits, Usage, Weighed, WeightVerdict
from ..keyring import Keyring
from ..ports import WeighedRequest
from . import binance_errors as errors
from .binance_endpoints import Endpoint, Security
from .binance_errors import BinanceError
from .binance_parameters import Sent, integer
from .binance_times import MICROSECONDS
from .limiting import FAILURES
from .shut_out import ShutOut, address_of

HEADER = b"x-mbx-apikey"

DEFAULT_WINDOW = 5000
LONGEST_WINDOW = 60_000
AHEAD = 1000
"""ms that a sender's clock may be ahead of ours."""

TOO_MANY_ORDERS = -1015

NOBODY = digest_of(b"")
"""No key's digest: what is asked for with it counts as a failure."""

MOST_REMEMBERED = 1000
"""Keys that this process remembers."""

LONGEST_KEY = 128
"""Characters of a key that can be one at all; ours and Binance's have 64."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who sent a request, and what they have used of their limits. `over`: why a new order is not placed, for a request
    that wants to cancel one all the same."""

    caller: Caller
    usage: Usage
    over: BinanceError | None = None


class WireSecurity:
    """Lets requests in, or says why not."""

    def __init__(
        self,
        *,
        api_key: str | None,
        secret: str | None,
        owner: Caller,
        keyring: Keyring,
        limits: RequestLimits,
        shut_out: ShutOut,
        auth: bool,
    ) -> None:
        """`api_key` and `secret` are those of `owner`. Without `auth` everybody is the owner, and signatures are not
        looked at."""
        self._key = (api_key or "").encode()
        self._secret = secret
        self._owner = owner
        self._keyring = keyring
        self._limits = limits
        self._shut_out = shut_out
        self._auth = auth
        self._known: dict[str, ApiKey] = {}

    def admit(
        self, connection: Connection, endpoint: Endpoint, sent: Sent, headers: list[tuple[bytes, bytes]]
    ) -> Admitted:
        """Who sent it. `headers` get what is to be said of the limits. Raises BinanceError.

        What is not proved to be a key's, by its signature, is counted for the address that it came from: whoever knows
        a key, but not its secret, must not be able to use up its limits.
        """
        now = self._keyring.clock.now()
        address = address_of(connection)
        if wait := self._shut_out.wait(address, 1000 * now):
            raise _not_listened_to(wait)
        security = endpoint.security
        if not self._auth:
            admitted = self._counted(self._owner, None, "default", endpoint, sent, address, now, headers)
        elif security is Security.NONE:
            admitted = self._counted(self._owner, None, f"@{address or '-'}", endpoint, sent, address, now, headers)
        else:
            given = next((value for name, value in connection["headers"] if name == HEADER), None)
            if given is None or not _is_key(given):
                raise errors.bad_key_format()
            admitted = self._with_key(given, endpoint, sent, address, now, headers)
        if security.is_signed:
            check_time(sent.texts, now)
        return admitted

    def _with_key(
        self,
        given: bytes,
        endpoint: Endpoint,
        sent: Sent,
        address: str | None,
        now: int,
        headers: list[tuple[bytes, bytes]],
    ) -> Admitted:
        caller, digest, secret = self._owner, None, self._secret
        if not (self._key and hmac.compare_digest(given, self._key)):
            digest = digest_of(given)
            key = self._known.get(digest) or self._look_up(digest, address, now)
            caller, secret = key.caller, self._keyring.secret_of(key)
        if not caller.scope.includes(endpoint.security.scope):
            raise errors.bad_key()
        client = f"@{address or '-'}"
        if endpoint.security.is_signed:
            self._check_signature(sent, secret, address, now)
            client = digest or "default"
        return self._counted(caller, digest, client, endpoint, sent, address, now, headers)

    def _look_up(self, digest: str, address: str | None, now: int) -> ApiKey:
        """The key with this digest, which is remembered: what it is signed with never changes, and whether it is still
        good is asked with every request. Raises BinanceError."""
        limits = RequestLimits()  # nothing is counted yet
        found = self._keyring.store.weigh(digest, digest, address or "-", 0, 0, limits, FAILURES, now)
        key = self._good(found, address, now)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[digest] = key
        return key

    def _good(self, found: WeighedRequest, address: str | None, now: int) -> ApiKey:
        """The key that was found. Raises BinanceError when it is unknown or revoked."""
        if found.key is not None and found.weighed is not None:
            return found.key
        if found.wait and address is not None:
            self._shut_out.add(address, 1000 * now, found.wait)
            raise _not_listened_to(found.wait)
        raise errors.bad_key()

    def _counted(
        self,
        caller: Caller,
        digest: str | None,
        client: str,
        endpoint: Endpoint,
        sent: Sent,
        address: str | None,
        now: int,
        headers: list[tuple[bytes, bytes]],
    ) -> Admitted:
        """One request of a client. Raises BinanceError when it is one too many."""
        weight = endpoint.weight if isinstance(endpoint.weight, int) else endpoint.weight(sent.texts)
        if digest is None and self._limits.are_off:
            return Admitted(caller, Usage())  # nothing to look up, nothing to count
        found = self._keyring.store.weigh(
            digest, client, address or "-", weight, endpoint.orders, self._limits, FAILURES, now
        )
        if digest is not None:
            caller = self._good(found, address, now).caller
        weighed = found.weighed
        assert weighed is not None, "the key is good"
        if self._limits.weight_per_minute:
            used = str(weighed.usage.weight).encode()
            headers += ((b"x-mbx-used-weight", used), (b"x-mbx-used-weight-1m", used))
        if weighed.verdict is WeightVerdict.ADMITTED:
            return Admitted(caller, weighed.usage)
        over = _over(weighed, self._limits, now)
        if over.code == TOO_MANY_ORDERS and sent.texts.get("orderRateLimitExceededMode") == "CANCEL_ONLY":
            return Admitted(caller, weighed.usage, over)
        raise over

    def _check_signature(self, sent: Sent, secret: str | None, address: str | None, now: int) -> None:
        if sent.signature is None:
            raise errors.missing("signature")
        if not sent.signature:
            raise errors.empty("signature")
        if not secret:
            logger.error("a signature cannot be checked: MOCKX_SECRET, which belongs to MOCKX_API_KEY, is not set")
            raise errors.bad_key()
        right = hmac.digest(secret.encode(), sent.signed, "sha256").hex()
        if hmac.compare_digest(right.encode(), sent.signature.lower().encode()):
            return
        if address is not None:
            spending = self._keyring.store.admit(NOBODY, NOBODY, address, None, FAILURES, 1000 * now).spending
            if spending.wait:
                self._shut_out.add(address, 1000 * now, spending.wait)
        raise errors.bad_signature()


def check_time(texts: Mapping[str, str], now: int) -> None:
    """Whether a request was sent a moment ago; `now` in wall ms. Raises BinanceError."""
    text = texts.get("timestamp")
    if text is None:
        raise errors.missing("timestamp")
    if not text:
        raise errors.empty("timestamp")
    timestamp = integer("timestamp", text)
    if timestamp >= MICROSECONDS:
        timestamp //= 1000
    window = _window(texts)
    if timestamp >= now + AHEAD:
        raise errors.too_early()
    if now - timestamp > window:
        raise errors.too_late()


def _window(texts: Mapping[str, str]) -> float:
    text = texts.get("recvWindow")
    if text is None:
        return DEFAULT_WINDOW
    if not text:
        raise errors.empty("recvWindow")
    whole, point, part = text.partition(".")
    integer("recvWindow", whole)
    if point and not (part.isascii() and part.isdecimal() and len(part) <= 3):
        raise errors.illegal("recvWindow", "^[0-9]{1,20}(\\.[0-9]{1,3})?$")
    window = float(text)
    if window > LONGEST_WINDOW:
        raise BinanceError(-1131, "recvWindow must be less than 60000.")
    return window


def _is_key(given: bytes) -> bool:
    return 0 < len(given) <= LONGEST_KEY and given.isascii() and given.decode().isprintable()


def _over(weighed: Weighed, limits: RequestLimits, now: int) -> BinanceError:
    seconds = -(-weighed.wait // 1000)
    match weighed.verdict:
        case WeightVerdict.TOO_MUCH_WEIGHT:
            return errors.too_much_weight(limits.weight_per_minute, seconds)
        case WeightVerdict.TOO_MANY_ORDERS_10S:
            said = f"Too many new orders; current limit is {limits.orders_per_10s} orders per 10 SECOND."
        case WeightVerdict.TOO_MANY_ORDERS_DAY:
            said = f"Too many new orders; current limit is {limits.orders_per_day} orders per 1 DAY."
        case _:
            return errors.banned(now + weighed.wait, seconds)
    return BinanceError(TOO_MANY_ORDERS, said, 429, headers=errors.retry_after(seconds))


def _not_listened_to(microseconds: int) -> BinanceError:
    seconds = -(-microseconds // 1_000_000)
    return BinanceError(-1003, "Too many requests queued.", 429, headers=errors.retry_after(seconds))
