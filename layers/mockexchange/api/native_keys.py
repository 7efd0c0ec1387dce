"""API keys: made, listed, revoked, rotated."""

from __future__ import annotations

import logging

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import Scope
from ..domain.api_keys import ApiKey
from ..keyring import IssuedKey, Keyring
from .answering import answer, page
from .bodies import BodyReader
from .callers import Callers
from .operations import Endpoints, Operation, PathParameter
from .queries import read_query, refuse_query
from .requests_keys import KeyQuery, KeyRequest
from .schemas_keys import Key, NewKey

BY_KEY_ID = {"key_id": PathParameter("The public id of a key.", {"a key": "9f86d081884c7d65"})}

_BODY = BodyReader(KeyRequest)

logger = logging.getLogger(__name__)


class KeyEndpoints:
    """For those who give others a key."""

    def __init__(self, keyring: Keyring, callers: Callers) -> None:
        self._keyring = keyring
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add, admin = endpoints.add, Scope.ADMIN
        operation = Operation("listKeys", "admin", list[Key], query=KeyQuery, scope=admin, paged=True)
        add("GET", "/admin/keys", self.list_keys, operation)
        operation = Operation(
            "createKey", "admin", NewKey, {201: "The key. It is shown this once."}, body=KeyRequest,
            refusals=(404, 413, 422), scope=admin,
        )  # fmt: skip
        add("POST", "/admin/keys", self.create, operation)
        operation = Operation("revokeKey", "admin", Key, path=BY_KEY_ID, refusals=(404,), scope=admin)
        add("DELETE", "/admin/keys/{key_id}", self.revoke, operation)
        operation = Operation("rotateKey", "admin", NewKey, path=BY_KEY_ID, refusals=(404, 422), scope=admin)
        add("POST", "/admin/keys/{key_id}/rotate", self.rotate, operation)

    async def list_keys(self, request: Request) -> Response:
        """List API keys, newest first, revoked ones too.
        The default account's own key, which is set where the exchange is started, is not among them.
        """
        query = read_query(request, KeyQuery)
        account = None if query.account is UNSET else query.account
        cursor = None if query.cursor is UNSET else query.cursor
        found = self._keyring.keys(account, cursor=cursor, limit=query.limit)
        return page([key_answer(key) for key in found.items], found.cursor, request)

    async def create(self, request: Request) -> Response:
        """Make an API key for an account.
        The answer is the only place where the key and its secret are ever shown.
        """
        refuse_query(request)
        given = await _BODY.read(request)
        issued = self._callers.with_default_account(
            given.account, lambda account_id: self._keyring.create(account_id, Scope(given.scope), given.label)
        )
        self._note(request, "made", issued.key)
        return answer(issued_answer(issued), 201)

    async def revoke(self, request: Request) -> Response:
        """Revoke an API key.
        It lets nobody in from then on, for ever. A key that is revoked already stays as it is.
        """
        refuse_query(request)
        key = self._keyring.revoke(request.path_params["key_id"])
        self._note(request, "revoked", key)
        return answer(key_answer(key))

    async def rotate(self, request: Request) -> Response:
        """Give a key another API key and another secret.
        Id, account, scope and label stay. What it had before lets nobody in from then on.
        """
        refuse_query(request)
        issued = self._keyring.rotate(request.path_params["key_id"])
        self._note(request, "rotated", issued.key)
        return answer(issued_answer(issued))

    def _note(self, request: Request, what: str, key: ApiKey) -> None:
        by = self._callers.of(request).key_id
        logger.info("key %s (%s of %s) %s by key %s", key.key_id, key.scope, key.account_id, what, by)


def key_answer(key: ApiKey) -> Key:
    """A key without its secrets."""
    return Key(
        id=key.key_id,
        account=key.account_id,
        scope=key.scope.value,
        label=key.label,
        version=key.version,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )


def issued_answer(issued: IssuedKey) -> NewKey:
    """A key with its secrets."""
    key = issued.key
    return NewKey(
        id=key.key_id,
        account=key.account_id,
        scope=key.scope.value,
        label=key.label,
        version=key.version,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
        api_key=issued.api_key,
        secret=issued.secret,
    )
