"""Open an account, pay in, pay out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from .amounts import decimal_places, text
from .balances import Account, Bucket, Posting
from .errors import BadRequest
from .journal import AccountOpened, Deposited, Withdrawn
from .ledger import LedgerEntry, LedgerKind
from .transactions import Transaction


def open_account(
    account: Account, deposits: Sequence[tuple[int, str, Decimal]], scales: Mapping[str, int]
) -> Transaction:
    """A new account with its first deposits as (entry id, asset, amount). Raises BadRequest."""
    lines = deposit_lines(deposits, scales, account.created_at)
    return Transaction(
        entry=AccountOpened(
            account.created_at,
            account.account_id,
            account.maker_rate,
            account.taker_rate,
            tuple((line.reference, line.asset, line.amount, scales[line.asset]) for line in lines),
        ),
        account=account,
        opens_account=True,
        scales=scales,
        postings=deposit_postings(lines),
        ledger=lines,
    )


def deposit_lines(
    deposits: Sequence[tuple[int, str, Decimal]], scales: Mapping[str, int], now: int
) -> tuple[LedgerEntry, ...]:
    """Deposits, given as (entry id, asset, amount), as lines of the ledger. Raises BadRequest."""
    return tuple(
        LedgerEntry(LedgerKind.DEPOSIT, entry_id, asset, _exact(asset, amount, scales), now)
        for entry_id, asset, amount in deposits
    )


def deposit_postings(lines: Sequence[LedgerEntry]) -> tuple[Posting, ...]:
    """The money of deposits."""
    return tuple(Posting(line.asset, Bucket.FREE, line.amount) for line in lines)


def move(
    account: Account,
    kind: LedgerKind,
    asset: str,
    amount: Decimal,
    scale: int,
    entry_id: int,
    now: int,
    note: str = "",
) -> Transaction:
    """A deposit or a withdrawal of `amount` (positive, in the asset) at `now` (venue ms), kept with a `note`. Raises
    BadRequest."""
    scales = {asset: scale}
    _exact(asset, amount, scales)
    deposits = kind is LedgerKind.DEPOSIT
    signed = amount if deposits else amount.copy_negate()
    record = Deposited if deposits else Withdrawn
    return Transaction(
        entry=record(now, account.account_id, entry_id, asset, amount, scale, note),
        account=account,
        scales=scales,
        postings=(Posting(asset, Bucket.FREE, signed),),
        ledger=(LedgerEntry(kind, entry_id, asset, signed, now, note),),
    )


def _exact(asset: str, amount: Decimal, scales: Mapping[str, int]) -> Decimal:
    if amount <= 0:
        raise BadRequest(f"amount of {asset} must be greater than 0, was {text(amount)}")
    if decimal_places(amount) > scales[asset]:
        raise BadRequest(f"{asset} is kept with {scales[asset]} decimal places, {text(amount)} has more")
    return amount


def check_account_id(account_id: str) -> None:
    """Raises BadRequest unless it is fit to name an account."""
    # It becomes part of keys and of fields, which are taken apart again at ':' and '|'.
    if not (0 < len(account_id) <= 64 and account_id.isascii() and account_id.translate(_PUNCTUATION).isalnum()):
        raise BadRequest(f"an account id is 1 to 64 letters, digits and . _ - @ +, was {account_id[:80]!r}")


_PUNCTUATION = str.maketrans("._-@+", "aaaaa")


def check_asset(asset: str) -> None:
    """Raises BadRequest unless it is written like an asset."""
    if not (0 < len(asset) <= 20 and asset.isascii() and asset.isalnum() and asset == asset.upper()):
        raise BadRequest(f"{asset[:40]!r} is not an asset; write it like USDT")
