"""Markets by pattern."""

from __future__ import annotations

import pytest

from mockexchange.domain.patterns import is_pattern, listed, matches


@pytest.mark.parametrize(
    ("names", "fits"),
    [
        (("BTC/USDT",), True),
        (("*",), True),
        (("*/USDT",), True),
        (("BTC/*",), True),
        (("ETH/*", "*/USDT"), True),
        (("*/BTC", "USDT/*", "ETH/USDT"), False),
        ((), False),
    ],
)
def test_a_symbol_fits_by_name_base_or_quote(names: tuple[str, ...], fits: bool) -> None:
    assert matches("BTC/USDT", names) is fits


def test_only_whole_names_are_listed() -> None:
    assert listed(("*/USDT", "A/B", "C/D", "A/B", "*")) == ["A/B", "C/D"]
    assert [is_pattern(name) for name in ("*", "*/B", "A/*", "A/B")] == [True, True, True, False]
