"""The screen Admin: accounts and their keys, paper money, prices by hand, faults, snapshots, and a new beginning."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from decimal import Decimal

import streamlit as st

from mockexchange.clients.account_answers import Account, Key, NewKey, Rate, SnapshotDiff
from mockexchange.clients.chaos import Chaos
from mockexchange.clients.errors import Refused
from mockexchange.clients.http import ExchangeClient

from ..amounts import NOTHING, moment, money
from ..doing import do, told
from ..faults import ASKS_TO_WAIT, KINDS, Kind, active, with_fault, without_fault
from ..moving import amount_of, move_form, number_of
from ..reach import carried_out, is_admin, own_account, reached
from ..tables import Numbers, table

LISTED = 1_000
"""Accounts, keys and snapshots that are shown, at most."""

SCOPES = {"trade": "trade: look, order, pay in", "read": "read: look only", "admin": "admin: everything"}

EVERYTHING = "reset everything"
"""What is typed to reset every account."""

DOORS = ("binance", "native")

_PART = "admin.part"


def show() -> None:
    """Draw it."""
    st.title("Admin")
    if not is_admin():
        st.error("This takes an admin key.")
        return
    parts: dict[str, Callable[[], None]] = {
        "Accounts": _accounts,
        "Money": _money,
        "Keys": _keys,
        "Prices": _prices,
        "Faults": _faults,
        "Snapshots": _snapshots,
        "Reset": _reset,
    }
    if _PART not in st.session_state:
        asked = st.query_params.get("part")
        st.session_state[_PART] = asked if asked in parts else "Accounts"
    chosen = st.segmented_control(
        "Part", list(parts), key=_PART, required=True, on_change=_chosen, label_visibility="collapsed"
    )
    parts[chosen or "Accounts"]()


def _chosen() -> None:
    st.query_params["part"] = st.session_state[_PART]


def _account_of(accounts: Sequence[Account], key: str) -> Account:
    """One of them, at first that of the key."""
    names = [each.id for each in accounts]
    own = own_account()
    chosen: str = st.selectbox("Account", names, index=names.index(own) if own in names else 0, key=key)
    return next(each for each in accounts if each.id == chosen)


def _listed() -> list[Account]:
    return reached(lambda client: client.accounts(LISTED))


# accounts


def _accounts() -> None:
    told("admin.accounts")
    accounts = _listed()
    table(
        {
            "Account": [each.id for each in accounts],
            "Since (UTC)": [moment(each.created_at) for each in accounts],
            "Maker fee, %": Numbers([each.maker_rate.scaleb(2) for each in accounts]),
            "Taker fee, %": Numbers([each.taker_rate.scaleb(2) for each in accounts]),
            "Fill model": [each.fill_model or "the exchange's" for each in accounts],
            "Began with": [_first(each) for each in accounts],
            # an account begins with its first generation, and each of them makes another one
            "Resets and restores": Numbers(
                [Decimal(each.generation - 1) for each in accounts], lambda each: money(each, 0)
            ),
        },
        name="Accounts",
        key="admin.accounts",
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Change one")
        account = _account_of(accounts, "admin.account")
        _fees(account)
        _fill_model(account)
    with right:
        st.subheader("Open another one")
        _open()
        _clone(account)


def _first(account: Account) -> str:
    return ", ".join(f"{money(amount)} {asset}" for asset, amount in account.first_balances.items()) or "nothing"


def _fees(account: Account) -> None:
    paid = reached(lambda client: client.fees(account.id))
    st.caption(f"It pays {_rate(paid.maker)} as maker and {_rate(paid.taker)} as taker.")
    if paid.volume is not None:
        tier = "no tier" if paid.tier is None else f"the tier from {money(paid.tier.volume)} on"
        st.caption(f"Its volume of thirty days is {money(paid.volume)}: {tier}.")
    with st.form(f"admin.fees.{account.id}"):
        left, right = st.columns(2)
        maker = left.text_input("Maker fee, %", _percent(account.maker_rate), key=f"admin.maker.{account.id}")
        taker = right.text_input("Taker fee, %", _percent(account.taker_rate), key=f"admin.taker.{account.id}")
        pays = None
        if paid.fee_asset is not None:
            off = money(paid.fee_asset.discount.scaleb(2), 0)
            label = f"Pays in {paid.fee_asset.asset}, for {off} % less"
            pays = st.checkbox(label, account.pays_in_fee_asset, key=f"admin.pays.{account.id}")
        if not st.form_submit_button("Set the fees"):
            return
    rates = number_of(maker), number_of(taker)
    if rates[0] is None or rates[1] is None:
        st.error("Not sent: fees are numbers, like 0.1.")
        return
    of_maker, of_taker = rates[0].scaleb(-2), rates[1].scaleb(-2)
    do(
        "admin.accounts",
        lambda client: client.set_fees(account.id, of_maker, of_taker, pays_in_fee_asset=pays),
        f"{account.id} pays {maker} % as maker and {taker} % as taker from now on.",
    )


def _rate(rate: Rate) -> str:
    return f"{_percent(rate.rate)} % (by the {rate.rule})"


def _percent(rate: Decimal) -> str:
    return money(rate.scaleb(2))


def _fill_model(account: Account) -> None:
    with st.form(f"admin.fills.{account.id}"):
        typed = st.text_input(
            "Fill model",
            account.fill_model or "",
            key=f"admin.model.{account.id}",
            placeholder="the exchange's",
            help="Like touch, depth+queue, touch+slippage=5+seed=7, or realistic. Empty: the exchange's.",
        ).strip()
        if st.form_submit_button("Set the fill model"):
            do(
                "admin.accounts",
                lambda client: client.set_fill_model(account.id, typed or None),
                f"Orders of {account.id} fill by {typed or 'the model of the exchange'} from now on.",
            )


def _open() -> None:
    with st.form("admin.open"):
        name = st.text_input("New account", key="admin.new", placeholder="bot-7").strip()
        typed = st.text_input("Begins with", "USDT=100000", key="admin.first", help="Like USDT=1000, BTC=0.5.")
        left, right = st.columns(2)
        maker = left.text_input("Maker fee, %", key="admin.new_maker", placeholder="the exchange's")
        taker = right.text_input("Taker fee, %", key="admin.new_taker", placeholder="the exchange's")
        if not st.form_submit_button("Open it"):
            return
    first = balances_of(typed)
    rates = [number_of(each) for each in (maker, taker)]
    if not name:
        st.error("Not sent: it needs a name.")
    elif first is None:
        st.error(f"Not sent: {typed!r} is no list like USDT=1000, BTC=0.5.")
    elif any(each.strip() and rate is None for each, rate in zip((maker, taker), rates, strict=True)):
        st.error("Not sent: fees are numbers, like 0.1.")
    else:
        of_maker, of_taker = (None if each is None else each.scaleb(-2) for each in rates)
        do(
            "admin.accounts",
            lambda client: client.create_account(name, first, of_maker, of_taker),
            f"The account {name} is open. A key on Keys lets a bot use it.",
            clears=("admin.new",),
        )


def balances_of(text: str) -> dict[str, Decimal] | None:
    """Amounts by asset as they are typed, USDT=1000, BTC=0.5; None where it is none of that."""
    found: dict[str, Decimal] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        asset, _, typed = part.partition("=")
        amount = amount_of(typed)
        if amount is None or not asset.strip():
            return None
        found[asset.strip().upper()] = amount
    return found


def _clone(account: Account) -> None:
    with st.form("admin.clone"):
        to = st.text_input(f"New account with everything that {account.id} has", key="admin.clone_to").strip()
        if st.form_submit_button("Clone it"):
            if not to:
                st.error("Not sent: it needs a name.")
                return
            do(
                "admin.accounts",
                lambda client: client.clone_account(account.id, to),
                f"The account {to} has everything that {account.id} has.",
                clears=("admin.clone_to",),
            )


# money


def _money() -> None:
    account = _account_of(_listed(), "admin.money_account")
    move_form("admin", account.id)


# keys


def _keys() -> None:
    told("admin.keys")
    names = [each.id for each in _listed()]
    own = own_account()
    with st.form("admin.make"):
        left, middle, right = st.columns(3)
        account: str = left.selectbox(
            "Account", names, index=names.index(own) if own in names else 0, key="admin.key_account"
        )
        scope: str = middle.selectbox("May", list(SCOPES), format_func=SCOPES.__getitem__, key="admin.key_scope")
        label = right.text_input("Label", key="admin.key_label", placeholder="laptop").strip()
        makes = st.form_submit_button("Make a key")
    if makes:
        _once(carried_out(lambda client: client.create_key(account, scope, label or None)))
    place = st.container()  # drawn after the buttons below it have done their work
    keys = reached(lambda client: client.keys(limit=LISTED))
    working = [each for each in keys if each.revoked_at is None]
    if working:
        labels = {
            each.id: f"{each.id} ({each.scope}, {each.account}{f', {each.label}' if each.label else ''})"
            for each in working
        }
        chosen: str = st.selectbox("A key", list(labels), format_func=labels.__getitem__, key="admin.revoked")
        typed = st.text_input(
            "Type its id to end it or its secret: bots that use it stop working",
            key="admin.revoke_name",
            placeholder=chosen,
        )
        revoke, rotate, _ = st.columns([1, 1, 2])
        unsure = typed.strip() != chosen
        if revoke.button("Revoke", key="admin.revoke", disabled=unsure, width="stretch"):
            done = f"The key {chosen} works no more."
            do("admin.keys", lambda client: client.revoke_key(chosen), done, clears=("admin.revoke_name",))
        if rotate.button("Give it another secret", key="admin.rotate", disabled=unsure, width="stretch"):
            _once(carried_out(lambda client: client.rotate_key(chosen)))
    with place:
        _key_table(keys)


def _once(made: NewKey | None) -> None:
    """A secret is in this run of the page alone: it is kept nowhere."""
    if made is None:
        return
    st.warning(f"Key {made.id}: this is shown once, and never again. Copy it now.", icon=":material/key:")
    st.code(f"API key: {made.api_key}\nSecret:  {made.secret}", language=None)


def _key_table(keys: Sequence[Key]) -> None:
    table(
        {
            "Key": [each.id for each in keys],
            "Account": [each.account for each in keys],
            "May": [each.scope for each in keys],
            "Label": [each.label or NOTHING for each in keys],
            "Made (UTC)": [moment(each.created_at) for each in keys],
            "State": ["works" if each.revoked_at is None else f"revoked {moment(each.revoked_at)}" for each in keys],
        },
        name="Keys",
        key="admin.keys",
    )


# prices


def _prices() -> None:
    told("admin.prices")
    symbols = sorted(reached(lambda client: client.symbols()))
    symbol: str | None = st.selectbox(
        "Market", symbols, key="admin.symbol", accept_new_options=True, placeholder="BTC/USDT"
    )
    if symbol:
        _now_at(symbol, known=symbol in symbols)
    with st.form("admin.price"):
        left, middle, right = st.columns(3)
        last = left.text_input("Last price", key="admin.last")
        bid = middle.text_input("Bid", key="admin.bid", placeholder="as the last price")
        ask = right.text_input("Ask", key="admin.ask", placeholder="as the last price")
        if not st.form_submit_button("Set the price"):
            return
    price, low, high = amount_of(last), amount_of(bid), amount_of(ask)
    if not symbol:
        st.error("Not sent: of which market?")
    elif price is None or (bid.strip() and low is None) or (ask.strip() and high is None):
        st.error("Not sent: prices are positive numbers.")
    else:
        do(
            "admin.prices",
            lambda client: client.set_price(symbol, price, low, high),
            f"{symbol} is at {money(price)}; orders that it reaches are filled.",
            clears=("admin.last", "admin.bid", "admin.ask"),
        )


def _now_at(symbol: str, *, known: bool) -> None:
    try:
        now = reached(lambda client: client.tickers([symbol]))[symbol] if known else None
    except Refused:
        now = None
    if now is None:
        st.caption(f"{symbol} has no price yet.")
        return
    quote = symbol.partition("/")[2]
    st.caption(
        f"Now: last {money(now.last)} {quote}, bid {money(now.bid)}, ask {money(now.ask)}, from {now.source}. A feed "
        "that runs overwrites what is set here with its next price."
    )


# faults


def _faults() -> None:
    told("admin.faults")
    chaos = reached(lambda client: client.chaos())
    _active(chaos)
    st.subheader("Add one")
    kind: Kind = st.selectbox("What goes wrong", KINDS, format_func=lambda each: each.label, key="admin.fault")
    with st.form("admin.faults"):
        left, right = st.columns(2)
        typed = "1"
        if kind.unit:
            typed = left.text_input(f"How much ({kind.unit})", key="admin.fault_amount", placeholder="10")
        minutes = right.text_input("For so many minutes", "10", key="admin.minutes", help="Empty: until it is stopped.")
        with st.expander("Where, for all faults together"):
            doors: list[str] = st.pills(
                "Doors", DOORS, selection_mode="multi", default=list(chaos.doors), key="admin.doors"
            )
            routes = st.text_input(
                "Beginnings of paths",
                ", ".join(chaos.routes),
                key="admin.routes",
                placeholder="all paths",
                help="Like POST /api/v3/order, /orders. Nothing happens below /admin and /health.",
            )
            wait, seed = str(chaos.retry_after_sec), st.text_input("Seed", str(chaos.seed), key="admin.seed")
            if kind.name in ASKS_TO_WAIT:
                wait = st.text_input("Asks to wait, s", wait, key="admin.wait")
        if not st.form_submit_button("Add it"):
            return
    amount, length = amount_of(typed), amount_of(minutes)
    waits, seeded = number_of(wait), number_of(seed)
    if amount is None or (minutes.strip() and length is None) or waits is None or seeded is None:
        st.error("Not sent: how much and for how long are positive numbers, waiting and the seed numbers.")
        return
    counted = [waits, seeded] if kind.unit.startswith("%") else [amount, waits, seeded]
    if any(each != each.to_integral_value() for each in counted):
        st.error("Not sent: ms, seconds and the seed are whole numbers.")
        return
    paths = [each.strip() for each in routes.split(",") if each.strip()]

    def add(client: ExchangeClient) -> object:
        # what was set in the meantime stays
        plan = with_fault(
            client.chaos(),
            kind,
            amount,
            minutes=length,
            doors=doors,
            routes=paths,
            retry_after=int(waits),
            seed=int(seeded),
        )
        return client.set_chaos(plan)

    until = "until it is stopped" if length is None else f"for {money(length, 0)} minutes"
    do("admin.faults", add, f"{kind.label}: on, {until}.", clears=("admin.fault_amount",))


def _active(chaos: Chaos) -> None:
    found = active(chaos)
    if not found:
        st.info("Nothing goes wrong on purpose. A fault below shows what a bot does when something does.")
        return
    until = "until they are stopped" if chaos.until is None else f"until {moment(chaos.until)} UTC"
    where = f"on the door {' and '.join(chaos.doors)}" + (f", for {', '.join(chaos.routes)}" if chaos.routes else "")
    st.markdown(f"**On {until}**, {where}:")
    table(
        {
            "Fault": [kind.label for kind, _ in found],
            "How much": [f"{money(amount, 0)} {kind.unit}" if kind.unit else "on" for kind, amount in found],
        },
        name="Faults that are on",
        key="admin.active",
    )
    left, stop, stop_all = st.columns([2, 1, 1], vertical_alignment="bottom")
    chosen: Kind = left.selectbox(
        "One of them", [kind for kind, _ in found], format_func=lambda each: each.label, key="admin.on"
    )
    if stop.button("Stop it", key="admin.stop", width="stretch"):
        do("admin.faults", lambda client: _stop(client, chosen), f"{chosen.label}: off.")
    if stop_all.button("Stop all faults", key="admin.end", width="stretch"):
        do("admin.faults", lambda client: client.end_chaos(), "Nothing goes wrong on purpose any more.")


def _stop(client: ExchangeClient, kind: Kind) -> object:
    now = int(time.time() * 1000)  # noqa: TID251  # the plan ends by the wall clock too
    left = without_fault(client.chaos(), kind, now)
    return client.end_chaos() if left is None else client.set_chaos(left)


# snapshots


def _snapshots() -> None:
    told("admin.snapshots")
    account = _account_of(_listed(), "admin.snapshots_of").id
    snapshots = reached(lambda client: client.snapshots(LISTED, account))
    with st.form("admin.snapshot"):
        name = st.text_input(
            f"Keep {account} as it is now, as", key="admin.snapshot_name", placeholder="before"
        ).strip()
        if st.form_submit_button("Take a snapshot"):
            if name:
                done, clears = f"The snapshot {name} is kept.", ("admin.snapshot_name",)
                do("admin.snapshots", lambda client: client.save_snapshot(name, account), done, clears=clears)
            else:
                st.error("Not sent: it needs a name.")
    if not snapshots:
        st.info(f"There is no snapshot of {account} yet. One is a way back, before a bot tries something.")
        return
    table(
        {
            "Name": [each.name for each in snapshots],
            "Taken (UTC)": [moment(each.created_at) for each in snapshots],
            **{
                title: Numbers([Decimal(count) for count in counts], lambda each: money(each, 0))
                for title, counts in {
                    "Open orders": [each.open_orders for each in snapshots],
                    "Orders": [each.orders for each in snapshots],
                    "Trades": [each.trades for each in snapshots],
                    "Ledger lines": [each.ledger_entries for each in snapshots],
                }.items()
            },
        },
        name="Snapshots",
        key="admin.snapshots",
    )
    chosen: str = st.selectbox("Snapshot", [each.name for each in snapshots], key="admin.chosen")
    if st.button("What changed since it", key="admin.diff"):
        _changes(reached(lambda client: client.snapshot_diff(chosen, account=account)))
    typed = st.text_input(
        "Type its name to restore or delete it", key="admin.restore_name", placeholder=chosen,
        help="A restore makes the account what it was: what came after is gone.",
    )  # fmt: skip
    restore, delete, _ = st.columns([1, 1, 2])
    unsure = typed.strip() != chosen
    clears = ("admin.restore_name",)
    if restore.button("Restore", key="admin.restore", disabled=unsure, width="stretch"):
        done = f"{account} is what it was: {chosen}."
        do("admin.snapshots", lambda client: client.restore_snapshot(chosen, account), done, clears=clears)
    if delete.button("Delete", key="admin.delete", disabled=unsure, width="stretch"):
        done = f"The snapshot {chosen} is deleted."
        do("admin.snapshots", lambda client: client.delete_snapshot(chosen, account), done, clears=clears)


def _changes(diff: SnapshotDiff) -> None:
    st.caption(
        f"Since then: {diff.orders.added:,} orders placed, {diff.orders.closed:,} ended, {diff.trades.added:,} trades, "
        f"{diff.ledger_entries.added:,} ledger lines."
    )
    if not diff.balances:
        st.caption("No balance differs.")
        return
    changes = diff.balances.values()
    table(
        {
            "Asset": list(diff.balances),
            "Then": Numbers([each.before for each in changes]),
            "Now": Numbers([each.after for each in changes]),
            "Change": Numbers([each.change for each in changes]),
        },
        name="What changed",
        key="admin.changes",
    )


# a new beginning


def _reset() -> None:
    told("admin.reset")
    accounts = _listed()
    st.subheader("One account")
    account = _account_of(accounts, "admin.reset_of")
    st.warning(f"Orders, trades and ledger of {account.id} are gone after this. Snapshots stay.")
    first = st.text_input(
        "It begins with", key="admin.reset_first", placeholder=_first(account), help="Like USDT=1000."
    )
    typed = st.text_input(f"Type {account.id} to confirm", key="admin.confirm")
    if st.button("Reset the account", key="admin.reset", type="primary", disabled=typed.strip() != account.id):
        given = balances_of(first)
        if given is None:
            st.error(f"Not sent: {first!r} is no list like USDT=1000, BTC=0.5.")
        else:
            done, clears = f"The account {account.id} began anew.", ("admin.confirm", "admin.reset_first")
            do("admin.reset", lambda client: client.reset_account(given or None, account.id), done, clears=clears)
    st.subheader("Everything")
    st.warning(
        f"All {len(accounts)} accounts begin anew with what they began with first. Keys, prices and snapshots stay."
    )
    also = st.checkbox("Forget where prices come from, too, so that another feed may begin", key="admin.reset_feed")
    typed = st.text_input(f"Type {EVERYTHING} to confirm", key="admin.confirm_all")
    if st.button("Reset everything", key="admin.reset_all", type="primary", disabled=typed.strip() != EVERYTHING):
        done = f"All {len(accounts)} accounts began anew."
        names = [each.id for each in accounts]
        do("admin.reset", lambda client: _reset_all(client, names, feed=also), done, clears=("admin.confirm_all",))


def _reset_all(client: ExchangeClient, accounts: Sequence[str], *, feed: bool) -> bool:
    """One after the other: the same again does no harm where one was refused."""
    for each in accounts:
        client.reset_account(account=each)
    if feed:
        client.reset_feed()
    return True
