"""The deck on the loopback interface, opened by names in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest

from .browser import Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_by_the_name_of_this_machine_it_lets_in(chromium: Any, deck_url: str) -> None:
    page = Page(chromium, deck_url.replace("127.0.0.1", "localhost"))
    page.shows_trade()
    page.tab.close()


def test_by_another_name_it_asks_for_a_key(chromium: Any, deck_url: str) -> None:
    """A page elsewhere can have a name of its own lead here: then it is at home here for the browser, and reads all. So
    can a reverse proxy. Chromium knows without asking anybody that such a name is this machine."""
    page = Page(chromium, deck_url.replace("127.0.0.1", "elsewhere.localhost"))
    page.tab.get_by_role("heading", name="Sign in", exact=True).wait_for()
    page.tab.close()
