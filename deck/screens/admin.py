"""The screen Admin: accounts and their keys, paper money, prices by hand, faults, snapshots, and a new beginning."""

# pyright: reportUnknownMemberType=false
# what Streamlit takes for a table may be a frame of pandas, which has no types

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import streamlit as st

from mockexchange.clients.http import ExchangeClient

from ..amounts import NOTHING, moment, money
from ..reach import carried_out, is_admin, reached

LISTED = 1_000
"""Accounts, keys and snapshots that are shown, at most."""

SCOPES = ("trade", "read", "admin")

_DONE = "admin.done"


def show() -> None:
    """Draw it."""
    st.title("Admin")
    if not is_admin():
        st.error("This takes an admin key.")
        return
    done = st.session_state.pop(_DONE, None)
    if done:
        st.success(done, icon=":material/check:")
    money_tab, accounts, prices, faults, snapshots, reset = st.tabs(
        ["Money", "Accounts and keys", "Prices", "Faults", "Snapshots", "Reset"]
    )
    with money_tab:
        _money()
    with accounts:
        _accounts()
    with prices:
        _prices()
    with faults:
        _faults()
    with snapshots:
        _snapshots()
    with reset:
        _reset()


def amount_of(text: str) -> Decimal | None:
    """What was typed, exactly; None where it is no positive amount."""
    try:
        amount = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 else None


def _do(command: Callable[[ExchangeClient], object], done: str) -> None:
    """Carry a command out; what was done is said on a page that shows it."""
    if carried_out(command) is not None:
        st.session_state[_DONE] = done
        st.rerun()


def _money() -> None:
    own = reached(lambda client: client.who_am_i()).account.id
    st.caption(f"Paper money of the account {own}, whose key this is.")
    with st.form("admin.move"):
        asset = st.text_input("Asset", "USDT", key="admin.asset").strip().upper()
        typed = st.text_input("Amount", key="admin.amount")
        left, right = st.columns(2)
        puts_in = left.form_submit_button("Deposit", width="stretch")
        takes_out = right.form_submit_button("Withdraw", width="stretch")
    if not (puts_in or takes_out):
        return
    amount = amount_of(typed)
    if amount is None or not asset:
        st.error(f"{typed!r} is no positive amount." if asset else "Of which asset?")
    elif puts_in:
        _do(lambda client: client.deposit(asset, amount), f"{money(amount)} {asset} were paid in.")
    else:
        _do(lambda client: client.withdraw(asset, amount), f"{money(amount)} {asset} were taken out.")


def _accounts() -> None:
    accounts = reached(lambda client: client.accounts(LISTED))
    names = [each.id for each in accounts]
    st.dataframe(
        {
            "Account": names,
            "Since (UTC)": [moment(each.created_at) for each in accounts],
            "Maker": [f"{each.maker_rate:f}" for each in accounts],
            "Taker": [f"{each.taker_rate:f}" for each in accounts],
            "Fill model": [each.fill_model or "the exchange's" for each in accounts],
            "Generation": [each.generation for each in accounts],
        },
        hide_index=True,
        key="admin.accounts",
    )
    with st.form("admin.open"):
        name = st.text_input("New account", key="admin.new").strip()
        balance = st.text_input("With so many USDT", "100000", key="admin.first")
        if st.form_submit_button("Open"):
            first = amount_of(balance)
            if first is None or not name:
                st.error("It needs a name, and a positive amount.")
            else:
                _do(lambda client: client.create_account(name, {"USDT": first}), f"The account {name} is open.")
    keys = reached(lambda client: client.keys(limit=LISTED))
    st.dataframe(
        {
            "Key": [each.id for each in keys],
            "Account": [each.account for each in keys],
            "May": [each.scope for each in keys],
            "Label": [each.label or NOTHING for each in keys],
            "Made (UTC)": [moment(each.created_at) for each in keys],
            "Revoked (UTC)": [moment(each.revoked_at) for each in keys],
        },
        hide_index=True,
        key="admin.keys",
    )
    with st.form("admin.make"):
        account = st.selectbox("Account", names, key="admin.key_account")
        scope = st.selectbox("May", SCOPES, key="admin.key_scope")
        label = st.text_input("Label", key="admin.key_label").strip()
        if st.form_submit_button("Make a key") and account:
            made = carried_out(lambda client: client.create_key(account, scope, label or None))
            if made is not None:
                st.warning("Shown once, and never again:")
                st.code(f"API key: {made.api_key}\nSecret:  {made.secret}", language=None)
    working = [each.id for each in keys if each.revoked_at is None]
    if working:
        chosen = st.selectbox("Key to revoke", working, key="admin.revoked")
        if st.button("Revoke", key="admin.revoke") and chosen:
            _do(lambda client: client.revoke_key(chosen), f"The key {chosen} works no more.")


def _prices() -> None:
    symbols = sorted(reached(lambda client: client.symbols()))
    with st.form("admin.price"):
        symbol = st.selectbox("Market", symbols, key="admin.symbol", accept_new_options=True)
        last = st.text_input("Last price", key="admin.last")
        bid = st.text_input("Bid (the same, when empty)", key="admin.bid")
        ask = st.text_input("Ask (the same, when empty)", key="admin.ask")
        if not st.form_submit_button("Set the price"):
            return
    price, low, high = amount_of(last), amount_of(bid), amount_of(ask)
    if price is None or not symbol or (bid and low is None) or (ask and high is None):
        st.error("Prices are positive numbers.")
        return
    _do(lambda client: client.set_price(symbol, price, low, high), f"{symbol} is at {money(price)}.")


def _faults() -> None:
    active = reached(lambda client: client.readiness()).chaos
    st.markdown(f"Now: **{active}**" if active else "Nothing goes wrong on purpose.")
    with st.form("admin.faults"):
        errors = st.slider("Answers on the Binance door that are errors, %", 0, 100, 10, key="admin.errors")
        minutes = st.number_input("For so many minutes", 1, 1_440, 10, key="admin.minutes")
        if st.form_submit_button("Begin"):
            _do(
                lambda client: client.set_chaos(
                    {"doors": ["binance"], "error": errors / 100, "forSec": int(minutes) * 60}
                ),
                f"{errors} % of the answers on the Binance door are errors now, for {minutes} minutes.",
            )
    if active and st.button("End all faults", key="admin.end"):
        _do(lambda client: client.end_chaos(), "Nothing goes wrong on purpose any more.")


def _snapshots() -> None:
    snapshots = reached(lambda client: client.snapshots(LISTED))
    with st.form("admin.snapshot"):
        name = st.text_input("Keep the account as it is now, as", key="admin.snapshot_name").strip()
        if st.form_submit_button("Keep") and name:
            _do(lambda client: client.save_snapshot(name), f"The snapshot {name} is kept.")
    if not snapshots:
        st.info("There is no snapshot yet.")
        return
    st.dataframe(
        {
            "Name": [each.name for each in snapshots],
            "Taken (UTC)": [moment(each.created_at) for each in snapshots],
            "Orders": [each.orders for each in snapshots],
            "Open": [each.open_orders for each in snapshots],
            "Trades": [each.trades for each in snapshots],
        },
        hide_index=True,
        key="admin.snapshots",
    )
    chosen = st.selectbox("Snapshot", [each.name for each in snapshots], key="admin.chosen")
    typed = st.text_input(f"What came after it is gone. Type {chosen} to restore it", key="admin.restore_name")
    if st.button("Restore", key="admin.restore", disabled=typed != chosen) and chosen:
        _do(lambda client: client.restore_snapshot(chosen), f"The account is what it was: {chosen}.")


def _reset() -> None:
    own = reached(lambda client: client.who_am_i()).account
    st.warning(f"Orders, trades and ledger of the account {own.id} are gone after this; it gets its first balances.")
    typed = st.text_input(f"Type {own.id} to confirm", key="admin.confirm")
    if st.button("Reset the account", key="admin.reset", type="primary", disabled=typed != own.id):
        _do(lambda client: client.reset_account(), f"The account {own.id} began anew.")
