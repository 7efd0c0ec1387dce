"""What drawing the deck takes."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from mockexchange.domain.orders import OrderType, Side
from mockexchange.domain.placing import PlaceOrder

from ..conformance.served import ACCOUNT, Served

DRAW = """
import sys
from tests.deck.pages import components_of, listening_at, screen

listening_at("127.0.0.1")
drawn = 0
for name in ("trade", "orders", "portfolio", "performance", "markets", "health", "admin"):
    page = screen(name).run()
    assert not page.exception, page.exception
    drawn += len(components_of(page, "table"))
assert drawn > 7, drawn
print(*{"numpy", "pandas", "pyarrow"} & sys.modules.keys())
"""


def test_no_screen_has_streamlit_load_what_data_frames_are_made_with(deck: Served) -> None:
    deck.exchange.place(PlaceOrder(ACCOUNT, "BTC/USDT", Side.BUY, OrderType.MARKET, Decimal("0.1")))

    # in a program of its own, which has loaded nothing yet
    command, root = [sys.executable, "-c", DRAW], Path(__file__).parents[2]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    assert (found.stdout, found.returncode) == ("\n", 0), found.stderr
