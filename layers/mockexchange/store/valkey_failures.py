"""What went wrong between us and Valkey, in words that say what to do."""

from __future__ import annotations

import ssl

import redis
from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    TryAgainError,
)

from ..domain.errors import ExchangeNotAvailable
from .valkey_sockets import NoLoginError, UnsentError

_NO_CERTIFICATE_FOR = (62, 64)
"""OpenSSL's numbers for a certificate that is for another host name or address."""

_EXPIRED, _NOT_YET_VALID = 10, 9


def failure_of(  # noqa: PLR0911  # a return for each kind reads best
    error: redis.RedisError, place: str, outcome: str, lost: type[ExchangeNotAvailable]
) -> ExchangeNotAvailable | None:
    """What this error means to the exchange: `lost` with the `outcome` when the call may have been carried out; None
    for what Valkey said of the command itself. `place` is the server, without its password."""
    match error:
        case UnsentError():
            assert isinstance(error.__cause__, redis.RedisError), "it is raised from one"
            why = failure_of(error.__cause__, place, "nothing was changed", ExchangeNotAvailable)
            return why or ExchangeNotAvailable(
                f"Valkey at {place} does not say who has which slots ({error}); nothing was changed. Without a cluster"
                " the address begins with valkey:// or valkeys://"
            )
        case BusyLoadingError():
            return ExchangeNotAvailable(f"Valkey at {place} is still loading its data; {outcome}")
        case OutOfMemoryError():
            return ExchangeNotAvailable(
                f"Valkey at {place} is out of memory; nothing was changed. Raise its maxmemory or archive"
            )
        case MovedError():
            return ExchangeNotAvailable(
                f"Valkey at {place} is one node of a cluster; nothing was changed. The address must begin with"
                " valkey+cluster:// or valkeys+cluster://"
            )
        case ClusterDownError() | TryAgainError():
            return ExchangeNotAvailable(f"the cluster at {place} is being changed ({error}); nothing was changed")
        case NoPermissionError():
            return ExchangeNotAvailable(f"Valkey at {place} allows our user too little ({error}); nothing was changed")
        case NoLoginError():
            return ExchangeNotAvailable(f"Valkey at {place} cannot be asked: {error}; nothing was changed")
        case redis.AuthenticationError():
            return ExchangeNotAvailable(
                f"Valkey at {place} does not let us in ({error}); nothing was changed. Look at the user and password"
            )
        case redis.ConnectionError() | redis.TimeoutError():
            return lost(f"Valkey at {place} does not answer ({said(error)}); {outcome}")
        case _:
            return None


def said(error: BaseException) -> str:
    """What is wrong with a connection; of TLS, what to do about it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _of_certificate(cause)
        if isinstance(cause, ssl.SSLError):
            return f"it does not speak TLS as we do: {cause.reason or cause}; without TLS the address is valkey://"
        if isinstance(cause, FileNotFoundError | PermissionError) and not isinstance(cause, redis.RedisError):
            return f"{error}; look at the files that its address names"
        cause = cause.__cause__ or cause.__context__
    return str(error)


def _of_certificate(error: ssl.SSLCertVerificationError) -> str:
    found = f"its certificate is not accepted: {error.verify_message}"
    if error.verify_code in _NO_CERTIFICATE_FOR:
        return f"{found} It must be for the host that the address names"
    if error.verify_code in (_EXPIRED, _NOT_YET_VALID):
        return f"{found}. Renew it, and look at this machine's clock"
    return f"{found}. Name the file of whoever signed it: ?ssl_ca_certs=FILE at the end of the address"
