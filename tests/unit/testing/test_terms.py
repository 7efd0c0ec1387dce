"""What a marker may say, and what it is told when it says something else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.testing.terms import MEANINGS, READERS, BadTerms, Terms, exact, read


def test_without_a_word_there_is_one_market_and_money() -> None:
    terms = read()
    assert terms == Terms()
    assert terms.balances == {"USDT": Decimal(10_000)}
    assert terms.prices == {"BTC/USDT": Decimal(50_000)}
    assert (terms.fill_model, terms.latency, terms.commission, terms.stale_after) == (
        "touch",
        0,
        Decimal("0.001"),
        None,
    )


def test_every_argument_is_read_and_explained() -> None:
    assert list(READERS) == list(MEANINGS) == list(Terms.__dataclass_fields__)


def test_the_last_layer_counts() -> None:
    terms = read({"seed": 1, "latency": 5}, {"seed": 2}, {"latency": 7})
    assert (terms.seed, terms.latency) == (2, 7)


def test_texts_as_an_ini_file_has_them() -> None:
    terms = read(
        {
            "balances": "USDT=1_000, BTC=0.5",
            "symbols": "BTC/USDT, ETH/USDT",
            "commission": "0.0005",
            "prices": "ETH/USDT=3000.5",
            "start": "2024-03-01T09:30",
            "stale_after": "60",
            "latency": "250",
        }
    )
    assert terms.balances == {"USDT": Decimal(1000), "BTC": Decimal("0.5")}
    assert terms.symbols == ("BTC/USDT", "ETH/USDT")
    assert terms.prices == {"ETH/USDT": Decimal("3000.5")}
    assert (terms.start, terms.stale_after, terms.latency) == (1_709_285_400_000, 60, 250)
    assert read({"balances": "none", "stale_after": "none"}).balances == {}


@pytest.mark.parametrize(
    "start", ["2024-03-01T10:30+01:00", "2024-03-01T09:30", "2024-03-01 09:30Z", 1_709_285_400_000]
)
def test_one_moment_written_in_many_ways(start: object) -> None:
    assert read({"start": start}).start == 1_709_285_400_000


def test_the_market_that_stands_is_gone_when_others_are_traded() -> None:
    assert read({"symbols": ["ETH/USDT"]}).prices == {}
    assert read({"symbols": ["ETH/USDT", "BTC/USDT"]}).prices == Terms().prices


def test_a_number_counts_as_it_is_written() -> None:
    assert exact(0.1) == Decimal("0.1")
    assert exact("0.10000000000000001") == Decimal("0.10000000000000001")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ballances": {}}, r"unknown argument 'ballances'; the known ones are balances, symbols, fill_model, latency"),
        ({"balances": {"USDT": "much"}}, r"^balances: a number is wanted, was 'much'$"),
        ({"balances": {"USDT": True}}, r"^balances: a number is wanted, was True$"),
        ({"balances": 5}, r"^balances: amounts by name are wanted, like"),
        ({"balances": {"USDT": float("nan")}}, r"^balances: a number is wanted, was nan$"),
        ({"balances": "USDT"}, r"^balances: a number is wanted, was ''$"),
        ({"symbols": 5}, r"^symbols: symbols are wanted, like"),
        ({"prices": {"BTC/USDT": 0}}, r"^prices: the price of BTC/USDT must be above 0, was 0$"),
        ({"latency": -1}, r"^latency: a whole number from 0 on is wanted, was -1$"),
        ({"latency": 0.5}, r"^latency: a whole number from 0 on is wanted, was 0.5$"),
        ({"commission": 10}, r"^commission: a fraction is wanted, like 0.001 for 0.1 %, was 10$"),
        ({"start": "yesterday"}, r"^start: a date is wanted, like 2024-01-01T09:30"),
        ({"fill_model": 1}, r"^fill_model: a word is wanted, was 1$"),
    ],
)
def test_what_cannot_be_is_named(given: dict[str, object], said: str) -> None:
    with pytest.raises(BadTerms, match=said):
        read(given)
