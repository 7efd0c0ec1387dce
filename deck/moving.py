"""The form that puts paper money into an account, or takes it out."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import streamlit as st

from .amounts import money
from .doing import do, told
from .reach import reached


def amount_of(text: str) -> Decimal | None:
    """What was typed, exactly; None where it is no positive amount."""
    amount = number_of(text)
    return amount if amount is not None and amount > 0 else None


def number_of(text: str) -> Decimal | None:
    """The same; it may be 0 or below."""
    try:
        amount = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def move_form(name: str, account: str | None = None) -> None:
    """Draw it, with what is free below it; `account` is another one than the key's own, for an admin. What was typed
    stays until it was done. `name` tells the forms of a page apart."""
    told(name)
    amount_key = f"{name}.amount"
    with st.form(f"{name}.move"):
        left, right = st.columns(2)
        asset = left.text_input("Asset", "USDT", key=f"{name}.asset").strip().upper()
        typed = right.text_input("Amount", key=amount_key, placeholder="1000")
        left, right = st.columns(2)
        puts_in = left.form_submit_button("Deposit", width="stretch", key=f"{name}.deposit")
        takes_out = right.form_submit_button("Withdraw", width="stretch", key=f"{name}.withdraw")
    if puts_in or takes_out:
        amount = amount_of(typed)
        if amount is None or not asset:
            st.error(f"Not sent: {typed!r} is no positive amount." if asset else "Not sent: of which asset?")
        elif puts_in:
            done = f"{money(amount)} {asset} were paid in."
            do(name, lambda client: client.deposit(asset, amount, account), done, clears=(amount_key,))
        else:
            done = f"{money(amount)} {asset} were taken out."
            do(name, lambda client: client.withdraw(asset, amount, account), done, clears=(amount_key,))
    held = reached(lambda client: client.balances(account)).values()
    free = ", ".join(f"{money(each.free)} {each.asset}" for each in held if each.total)
    st.caption(f"Free now: {free or 'nothing'}.")
