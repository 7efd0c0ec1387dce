"""How the deck reaches the exchange: who signed in, and what is shown when nobody answers.

The key comes from where the deck was started (MOCKX_API_KEY, or the data directory) while only this machine can open
the deck; otherwise, and when there is none, the one who opens it signs in. It stays in the memory of that browser
session, and is neither in an address nor in a log.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn, TypeVar, cast
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mockexchange.clients.account_answers import WhoAmI
from mockexchange.clients.endpoint import Endpoint, find_endpoint
from mockexchange.clients.errors import (
    BadAnswer,
    ClientError,
    NotAuthorized,
    NotAvailable,
    NotConfigured,
    OutcomeUnknown,
    Refused,
    Unreachable,
)
from mockexchange.clients.http import ExchangeClient

from .amounts import moment
from .memory import RememberingClient

T = TypeVar("T")

LONGEST_ANSWER = 5.0
"""Seconds that a page waits for an answer before it says that the exchange is away."""

LOOK_EVERY = 2.0
"""Seconds between two looks whether the exchange is back."""

_CLIENT = "reach.client"
_CUT_SHORT = "reach.cut_short"
_SIGN_IN_AGAIN = "reach.sign_in_again"
_TYPED = "reach.typed"
_WHO = "reach.who"


def exchange() -> RememberingClient:
    """The exchange as this browser session reaches it. Draws the sign-in form, and ends the run, when it has no key."""
    client = st.session_state.get(_CLIENT)
    if client is None:
        refused = st.session_state.get(_SIGN_IN_AGAIN)
        endpoint = None if refused else own_endpoint()
        if endpoint is None:
            _sign_in(refused)
        client = _keep(endpoint)
    return cast("RememberingClient", client)


def reached(call: Callable[[ExchangeClient], T]) -> T:
    """What the exchange answers to a question, or what it answered last while it is away: `missing_since` says so then.
    Where there is no such answer the page says that it is away, and the run ends here; the page comes back by itself.
    Raises Refused where the exchange is there and says no."""
    client = exchange()
    try:
        answer = call(client)
    except NotAuthorized as error:
        if error.status != 401:
            raise
        sign_out(error.detail)
        st.rerun()
    except (Unreachable, NotAvailable, BadAnswer) as error:
        _away(error)
    if client.away is None:
        _came_back()
    return answer


def missing_since() -> str | None:
    """Since when nobody answers, and why, while that is so."""
    away = exchange().away
    if away is None:
        return None
    why = away.error.detail if isinstance(away.error, NotAvailable) else away.error
    return (
        f"**No answer from the exchange since {moment(away.since)} UTC.** This page comes back by itself when it "
        f"answers; until then it shows what was answered last.\n\n{why}"
    )


def carried_out(command: Callable[[ExchangeClient], T]) -> T | None:
    """What the exchange answers to a command; None when it was refused, or when nobody knows whether it was carried
    out: the page says so where it is, and goes on."""
    try:
        return command(exchange())
    except ClientError as error:
        say_not_carried_out(error)
    return None


def say_not_carried_out(error: ClientError) -> None:
    """Why a command was refused, or that nobody knows what became of it."""
    match error:
        case OutcomeUnknown():
            st.error(str(error), icon=":material/help:")
        case Refused():
            st.error(f"**Refused:** {error.detail}", icon=":material/block:")
        case _:
            st.error(f"**Not carried out.** {error}", icon=":material/cloud_off:")


def own_endpoint() -> Endpoint | None:
    """The exchange and the key that the deck was started with; None when whoever opens it must say the key."""
    if not (_only_this_machine() and _opened_at_home()):
        return None
    try:
        endpoint = find_endpoint()
    except NotConfigured:
        return None  # the form says what is wrong
    return endpoint if endpoint.api_key is not None else None


def has_key() -> bool:
    """Whether this session has a key already, so that there is something to show."""
    if _CLIENT in st.session_state:
        return True
    return _SIGN_IN_AGAIN not in st.session_state and own_endpoint() is not None


def is_admin() -> bool:
    """Whether this session's key may do what admins may."""
    me = _who()
    return me.key.scope == "admin" if me is not None else has_key() and _is_let_in()


def may_trade() -> bool:
    """Whether this session's key may do more than look."""
    me = _who()
    return me is not None and me.key.scope in ("admin", "trade")


def own_account() -> str | None:
    """The name of the account whose key it is; None while nobody says so."""
    me = _who()
    return None if me is None else me.account.id


def _who() -> WhoAmI | None:
    """Whose key this session has; None while nobody says so. Asked once for each key."""
    if not has_key():
        return None
    known = cast("WhoAmI | None", st.session_state.get(_WHO))
    if known is None:
        try:
            known = exchange().who_am_i()
        except ClientError as error:
            if isinstance(error, NotAuthorized) and error.status == 401:
                sign_out(error.detail)
                st.rerun()
            return None  # whoever draws the screen says why nobody answers
        st.session_state[_WHO] = known
    return known


def _is_let_in() -> bool:
    """Whether the key opens what is for admins: a fault on purpose may shut all the rest, and is ended from there."""
    try:
        exchange().chaos()
    except ClientError:
        return False
    return True


def is_signed_in() -> bool:
    """Whether this session's key was typed into the form, so that one can sign out."""
    return bool(st.session_state.get(_TYPED))


def sign_out(reason: str = "") -> None:
    """Forget the session's key. `reason` is shown over the form."""
    client = st.session_state.pop(_CLIENT, None)
    if client is not None:
        client.close()
    st.session_state.pop(_TYPED, None)
    st.session_state.pop(_WHO, None)
    st.session_state[_SIGN_IN_AGAIN] = reason or "Signed out."


def _away(error: Unreachable | NotAvailable | BadAnswer) -> NoReturn:
    if _is_part_alone():
        # what stands around it stays; it asks again at its next beat
        _say_away(error)
    else:
        st.session_state[_CUT_SHORT] = True
        _wait(error)
    st.stop()


@st.fragment(run_every=LOOK_EVERY)
def _wait(error: Unreachable | NotAvailable | BadAnswer) -> None:
    """Says since when it is away, and looks whether it is back, which draws the whole page."""
    if _is_part_alone():
        try:
            exchange().who_am_i()
        except (Unreachable, NotAvailable, BadAnswer) as newer:
            error = newer
        except Refused:
            st.rerun()  # it answers; whoever asks is told what it refuses
        if exchange().away is None:
            st.rerun()
    _say_away(error)


def _say_away(error: Unreachable | NotAvailable | BadAnswer) -> None:
    st.error(missing_since() or str(error), icon=":material/cloud_off:")


def _came_back() -> None:
    if st.session_state.pop(_CUT_SHORT, False) and _is_part_alone():
        st.rerun()  # the page ended where the exchange was away: there is more to it than this part


def _is_part_alone() -> bool:
    """Whether this run is that of a part that refreshes, and not that of the page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def _sign_in(refused: str | None) -> NoReturn:
    """The form; a key that the exchange takes is kept for this session."""
    st.title("Sign in")
    if refused:
        st.warning(refused)
    try:
        where = find_endpoint()
    except NotConfigured as error:
        st.error(str(error))
        st.stop()
    with st.form("sign in"):
        st.caption(f"The exchange at {where.url} asks for an API key. `mockx keys create` makes one.")
        key = st.text_input("API key", type="password", autocomplete="current-password").strip()
        if st.form_submit_button("Sign in", type="primary") and key:
            _try(where, key)
    st.stop()


def _try(where: Endpoint, key: str) -> None:
    try:
        # the secret belongs to the key that was found with it
        endpoint = replace(where, api_key=key, secret=None)
        with ExchangeClient(endpoint, timeout=LONGEST_ANSWER) as client:
            client.who_am_i()
    except NotConfigured:
        st.error("An API key has no such characters.")
    except Refused as error:
        st.error(error.detail)
    except (Unreachable, BadAnswer) as error:
        st.error(str(error))
    else:
        _keep(endpoint)
        st.session_state[_TYPED] = True
        st.session_state.pop(_SIGN_IN_AGAIN, None)
        st.rerun()


def _keep(endpoint: Endpoint) -> RememberingClient:
    client = RememberingClient(endpoint, timeout=LONGEST_ANSWER)
    st.session_state[_CLIENT] = client
    return client


def _only_this_machine() -> bool:
    """Whether the deck listens on loopback, so that nobody else can open it. Without an address it listens to all."""
    return _is_loopback(st.get_option("server.address"))


def _opened_at_home() -> bool:
    """Whether the browser was told this machine's own address. Another name is that of a reverse proxy, which may let
    in anybody, or that of a page elsewhere which had its name lead here to use the deck in its visitor's place."""
    host = st.context.headers.get("host")  # every browser says it
    return host is None or _is_loopback(urlsplit(f"//{host}").hostname)


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
