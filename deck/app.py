"""The deck's one script: Streamlit runs it for each page that is opened, and after each click outside of a part that
refreshes by itself. A script is in no package: it imports by full names."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mockexchange.deck import live, reach
from mockexchange.deck.banners import banners
from mockexchange.deck.screens import admin, health, markets, orders, performance, portfolio, trade

# Comments, for Streamlit would draw a docstring: pixels; on a phone it is closed until it is wanted.
SIDEBAR = 210

# Less blank space around everything, figures that have room for all of their digits, enough contrast for everybody, a
# button that sells in the color of sales, and nothing that fades each time it is refreshed.
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 2.75rem 2rem 2rem; }
[data-testid="stHeading"] h1 { font-size: 1.6rem; padding: 0 0 0.5rem; }
[data-testid="stHeading"] h2, [data-testid="stHeading"] h3 { font-size: 1.15rem; padding: 0.5rem 0; }
[data-testid="stMetricValue"] { font-size: 1.3rem; }
[data-testid="stCaptionContainer"] { color: inherit; opacity: 0.8; }
[data-testid="stButtonGroup"] button[data-selected="true"]:not([data-disabled]) { color: inherit; }
.st-key-ticket-sell button[kind="primary"] { background: #c62828; border-color: #c62828; }
[data-testid="stRadio"] label, [data-testid="stDateInputCalendarButton"] { min-height: 1.5rem; }
[data-stale="true"] { opacity: 1 !important; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 3.5rem 1rem 1rem; } }
</style>"""


def main() -> None:
    """Draw what every screen has, and the one that was asked for."""
    # an emoji, which the browser draws itself: one of Streamlit's icons would be fetched from the world outside
    st.set_page_config(page_title="MockExchange", page_icon="📈", layout="wide", initial_sidebar_state=SIDEBAR)
    st.html(_STYLE)
    # before there is a key, too: the address that was asked for is kept by it
    page = st.navigation(pages(), position="sidebar" if reach.has_key() else "hidden")
    reach.exchange()
    with st.sidebar:
        live.switch()
        if reach.is_signed_in() and st.button("Sign out"):
            reach.sign_out()
            st.rerun()
    banners()
    page.run()


def pages() -> list[StreamlitPage]:
    """Every screen that this session may see, each with its own address; the first one is at `/`."""
    found = [
        st.Page(trade.show, title="Trade", icon=":material/candlestick_chart:", url_path="trade", default=True),
        st.Page(orders.show, title="Orders", icon=":material/list_alt:", url_path="orders"),
        st.Page(portfolio.show, title="Portfolio", icon=":material/account_balance_wallet:", url_path="portfolio"),
        st.Page(performance.show, title="Performance", icon=":material/trending_up:", url_path="performance"),
        st.Page(markets.show, title="Markets", icon=":material/storefront:", url_path="markets"),
        st.Page(health.show, title="Health", icon=":material/monitor_heart:", url_path="health"),
    ]
    if reach.is_admin():
        found.append(st.Page(admin.show, title="Admin", icon=":material/admin_panel_settings:", url_path="admin"))
    return found


main()
