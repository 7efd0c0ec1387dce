"""Logins to ElastiCache by a token of AWS's IAM, instead of a password that somebody has to keep.

The token is a request that was signed and is never sent: `GET /?Action=connect&User=...` to a host named like the
cache, by Signature Version 4, without its `http://`. ElastiCache takes one for 15 minutes after it was made, and ends a
connection after 12 hours (AWS: "Authenticating with IAM", ElastiCache user guide). So each socket that is opened gets a
token of its own: making one is arithmetic on keys that are in this process already.
"""

from __future__ import annotations

import logging
from typing import Any, cast
from urllib.parse import urlencode

import redis

from .valkey_sockets import NoLoginError

LIFETIME = 900
"""s that a token counts: AWS's own bound."""

SERVERLESS = "serverless/"
"""What the name of a cache begins with that is ElastiCache Serverless."""


class IamLogin(redis.CredentialProvider):
    """Tokens for one user of one cache, with the credentials that AWS's SDK finds (the role of a function)."""

    def __init__(self, cache: str, user: str, region: str | None = None) -> None:
        """`cache` is the name of a replication group, or serverless/NAME; `region` None: the one that AWS_REGION or
        the SDK's own settings name."""
        self._serverless = cache.startswith(SERVERLESS)
        self._cache = cache.removeprefix(SERVERLESS)
        self._user = user
        self._region = region
        self._signer: Any = None

    def get_credentials(self) -> tuple[str, str]:
        """User and token. Raises NoLoginError."""
        if self._signer is None:
            self._signer = self._new_signer()
        query = {"Action": "connect", "User": self._user}
        if self._serverless:
            query["ResourceType"] = "ServerlessCache"
        url = f"http://{self._cache}/?{urlencode(query)}"
        try:
            signed = self._signer.generate_presigned_url(
                {"method": "GET", "url": url, "body": {}, "headers": {}, "context": {}},
                operation_name="connect",
                expires_in=LIFETIME,
            )
        except Exception as error:  # noqa: BLE001  # keys that expired, a role that cannot be taken on: dozens of kinds
            raise NoLoginError(f"no token of IAM: {' '.join(str(error).split())}") from None
        return self._user, cast("str", signed).removeprefix("http://")

    def _new_signer(self) -> Any:
        try:
            from botocore.model import ServiceId  # pyright: ignore[reportMissingTypeStubs]
            from botocore.session import Session  # pyright: ignore[reportMissingTypeStubs]
            from botocore.signers import RequestSigner  # pyright: ignore[reportMissingTypeStubs]
        except ImportError:
            raise NoLoginError(
                "a login by IAM takes boto3, which AWS Lambda has: pip install 'mockexchange[aws]'"
            ) from None
        logging.getLogger("botocore").setLevel(logging.WARNING)  # at DEBUG it writes what it signs
        session: Any = Session()
        region = self._region or session.get_config_variable("region")
        if not region:
            raise NoLoginError("a login by IAM needs the cache's region: AWS_REGION, or &region= in the address")
        credentials = session.get_credentials()
        if credentials is None:
            raise NoLoginError("a login by IAM needs credentials of AWS, and there are none here")
        return RequestSigner(
            ServiceId("elasticache"), region, "elasticache", "v4", credentials, session.get_component("event_emitter")
        )
