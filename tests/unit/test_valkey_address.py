"""What VALKEY_URL may say, and what is said of one that no Valkey has."""

from __future__ import annotations

import pytest

from mockexchange.settings import BadSettings, Settings
from mockexchange.valkey_address import Address, normal


@pytest.mark.parametrize(
    ("given", "url", "shown", "cluster"),
    [
        ("valkey://127.0.0.1", "redis://127.0.0.1", "127.0.0.1:6379", False),
        ("redis://:word@host:7000/0", "redis://:word@host:7000/0", "host:7000", False),
        ("valkeys://host", "rediss://host", "host:6379", False),
        ("valkey+cluster://u:w@host:7000", "redis://u:w@host:7000", "host:7000", True),
        ("rediss+cluster://[::1]:7000", "rediss://[::1]:7000", "::1:7000", True),
        ("unix://:word@/run/valkey%20a.sock", "unix://:word@/run/valkey%20a.sock", "/run/valkey a.sock", False),
        (
            "valkeys://h?ssl_ca_certs=/a&ssl_cert_reqs=none",
            "rediss://h?ssl_ca_certs=%2Fa&ssl_cert_reqs=none",
            "h:6379",
            False,
        ),
        ("valkeys://me@h?iam=serverless/x&region=y", "rediss://h", "h:6379", False),
    ],
)
def test_an_address(given: str, url: str, shown: str, cluster: bool) -> None:
    address = Address.of(given)
    assert (address.url, address.shown, address.cluster) == (url, shown, cluster)
    assert Address.of(normal(given)) == address, "an address that settings have read already"


def test_another_node_of_a_cluster_is_spoken_to_likewise() -> None:
    node = Address.of("valkeys+cluster://u:w@host:7000?ssl_ca_certs=/a").at("10.0.0.7:7001")
    assert (node.url, node.shown, node.cluster) == (
        "rediss://u:w@10.0.0.7:7001?ssl_ca_certs=%2Fa",
        "10.0.0.7:7001",
        True,
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("host:6379", "an address that begins with redis://"),
        ("unix+cluster:///x", "an address that begins with"),
        ("valkey://:hunter2@host:abc", "its port should be a number from 1 to 65535"),
        ("valkey://:hunter2@host:0", "its port"),
        ("valkey://:hunter2@host:65536", "its port"),
        ("valkey://:hunter2@host?retries=1", "it has no option 'retries'"),
        ("valkey://:hunter2@host?ssl_ca_certs=/a", "ssl_ca_certs is for TLS"),
        ("valkeys://:hunter2@host?ssl_ca_certs=", "its option ssl_ca_certs is empty"),
        ("valkeys://u:hunter2@host?iam=cache", "needs TLS, a user and no password"),
        ("valkeys://u:hunter2@host?region=there", "a region is for a login by IAM"),
    ],
)
def test_what_no_valkey_has_is_refused_where_settings_are_read(given: str, reason: str) -> None:
    with pytest.raises(BadSettings, match=reason) as refusal:
        Settings(valkey_url=given)
    assert "hunter2" not in str(refusal.value)
