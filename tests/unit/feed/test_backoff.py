"""How long an exchange is left alone."""

from __future__ import annotations

from mockexchange.feed.backoff import CAP, FIRST, wait_after


def test_it_doubles_up_to_a_cap_with_a_quarter_of_chance() -> None:
    """Also after very many failures."""
    for failures in (1, 2, 3, 4, 5, 6, 7, 100, 10**6):
        longest = min(CAP, FIRST * 2 ** min(failures - 1, 20))
        assert longest * 3 // 4 <= wait_after(failures, "0:ccxt:binance") <= longest


def test_chance_is_the_seeds() -> None:
    """The same for the same, another for another: a fleet does not come back in step."""
    assert wait_after(5, "1:a") == wait_after(5, "1:a")
    assert len({wait_after(5, f"{seed}:a") for seed in range(50)}) > 40


def test_it_is_never_sooner_than_the_exchange_asks() -> None:
    """Also beyond the cap."""
    assert wait_after(1, "x", at_least=300_000) == 300_000
