"""The deck as a program: Streamlit, with what the first page imports loaded before anybody asks for that."""

from __future__ import annotations

from importlib import import_module

from streamlit.web.cli import main

# not the screen Markets, whose cache is not to be made without a server
SCREENS = ("admin", "health", "orders", "performance", "portfolio", "trade")

for name in ("banners", *(f"screens.{screen}" for screen in SCREENS)):
    import_module(f"mockexchange.deck.{name}")
for name in ("mockexchange.settings", "streamlit.emojis"):
    import_module(name)

main(prog_name="streamlit")
