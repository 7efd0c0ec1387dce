"""The pictures in docs/realism.md are what the code draws today."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mockexchange.domain.fill_models import MODELS
from mockexchange.domain.fills import Liquidity
from mockexchange.local.fill_pictures import PICTURES, happened, picture, write_all

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_up_to_date(name: str) -> None:
    drawn = picture(PICTURES[name])
    assert drawn == (DOCS / f"realism-{name}.svg").read_text(), "run python -m mockexchange.local.fill_pictures ."
    ET.fromstring(drawn)


def test_the_page_shows_each_of_them_and_each_model(tmp_path: Path) -> None:
    page = (DOCS / "realism.md").read_text()
    assert set(re.findall(r"\(realism-([a-z-]+)\.svg\)", page)) == set(PICTURES)
    for model in MODELS:
        assert f"## {model}\n" in page
    (tmp_path / "docs").mkdir()
    write_all(tmp_path)
    assert len(list((tmp_path / "docs").iterdir())) == len(PICTURES)


def test_a_kinder_model_fills_more_and_cheaper() -> None:
    paid = {name: happened(model).fills for name, model in PICTURES.items()}
    quantity = {name: sum((fill.quantity for fill in fills), Decimal(0)) for name, fills in paid.items()}
    assert quantity["touch-size"] < quantity["depth"] < quantity["touch"] == quantity["slippage"] <= quantity["last"]
    for slipped, shown in zip(paid["slippage"], paid["touch"], strict=True):
        worse = slipped.price - shown.price if shown.side == "BUY" else shown.price - slipped.price
        assert worse >= 0 if shown.liquidity is Liquidity.TAKER else worse == 0
