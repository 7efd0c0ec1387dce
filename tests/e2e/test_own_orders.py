"""`mockx honesty --journal`: a running exchange, and what an account ordered there, once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from .terminal import Terminal


@pytest.mark.slow
def test_an_account_s_own_orders_once_more(terminal: Terminal, tmp_path_factory: pytest.TempPathFactory) -> None:
    terminal.environment = {**terminal.environment, "FILL_MODEL": "touch"}
    with terminal.up("--feed", "manual", "--symbols", "BTC/USDT", "--interval", "0.2"):
        terminal.ask("balance")  # opens the account
        nothing = terminal.mockx("honesty", "--journal", expect=2)
        assert "the journal holds no order of account 'default'" in nothing.stderr
        terminal.ask("price", "set", "BTC/USDT", "60000", "--bid", "59999", "--ask", "60001")
        terminal.ask("order", "place", "BTC/USDT", "buy", "0.5")
        dip = terminal.ask("order", "place", "BTC/USDT", "buy", "0.1", "--limit", "60000")
        terminal.ask("order", "place", "BTC/USDT", "sell", "0.2", "--limit", "61000")
        terminal.ask("order", "cancel", dip["id"])
        terminal.ask("price", "set", "BTC/USDT", "61500", "--bid", "61499", "--ask", "61501")
        assert len(terminal.ask("trades")) == 2

        # from elsewhere, where the settings name another Valkey
        elsewhere = Terminal(
            tmp_path_factory.mktemp("elsewhere"), {**terminal.environment, "VALKEY_URL": "valkey://127.0.0.1:1/0"}
        )
        named = ("--data-dir", str(terminal.directory / "data"))
        told = elsewhere.ask(*named, "honesty", "--journal", "--models", "last,touch")
        assert (told["account"], told["commands"], told["fills"], told["sameFillsAsItWas"]) == ("default", 4, 2, True)
        own, last, touch = told["models"]
        assert (own["model"], own["fills"], own["skipped"]) == ("as it was: touch", 2, 0)
        assert {**touch, "model": own["model"]} == own
        # the last price was at the limit that was canceled
        assert (last["fills"], last["skipped"], last["makerFills"]) == (3, 1, 1)
        (prices,) = told["prices"]
        assert (prices["symbol"], prices["ticksOfTheLog"], prices["ticksOfTheJournal"]) == ("BTC/USDT", 2, 0)

        shown = terminal.mockx("honesty", "--journal", "--models", "last", "--plot", "own.svg", expect=0)
        assert [line.split()[0] for line in shown.stdout.splitlines()] == ["model", "as", "last"]
        assert "as it was: touch: exactly the 2 fills that the account has." in shown.stderr
        assert "BTC/USDT: every tick from" in shown.stderr
        assert (terminal.directory / "own.svg").read_text().startswith("<svg")

        wrong = {
            ("--account", "nobody"): (5, "no account 'nobody'"),
            ("--models", "kind"): (2, "unknown fill model 'kind'"),
            ("--feed", "synthetic:7"): (2, "--feed is for a bot"),
        }
        for options, (code, said) in wrong.items():
            assert said in " ".join(terminal.mockx("honesty", "--journal", *options, expect=code).stderr.split())
    assert terminal.mockx("honesty", "--journal").returncode == 3


def test_without_a_directory_there_is_no_journal(terminal: Terminal, tmp_path: Path) -> None:
    ended = terminal.mockx("--data-dir", str(tmp_path / "nowhere"), "honesty", "--journal", expect=2)
    assert "none is known here" in ended.stderr
    ended = terminal.mockx("--url", "http://127.0.0.1:1", "honesty", "--journal", expect=2)
    assert "is read from Valkey" in ended.stderr
    assert "give both" in terminal.mockx("honesty", "--account", "alice", expect=2).stderr
