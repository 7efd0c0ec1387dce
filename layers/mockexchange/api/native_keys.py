"""API keys: made, listed, rotated, revoked."""

from __future__ import annotations

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import ApiKey, Scope
from ..keyring import IssuedKey, Keyring
from .answering import answer, page
from .bodies import BodyReader
from .callers import Callers
from .operations import Endpoints, Operation, PathParameter
from .queries import read_query, refuse_query
from .schemas_keys import IssuedKey as IssuedKeyAnswer
from .schemas_keys import Key, KeyQuery, KeyRequest

BY_ID = {"key_id": PathParameter("The key's public name.", {"a key": "Zk3b0PqX7cWm1TnE"})}

_MADE = {201: "The key was made."}
_BODY = BodyReader(KeyRequest)


class KeyEndpoints:
    """For admins."""

    def __init__(self, keyring: Keyring, callers: Callers) -> None:
        self._keyring = keyring
        self._callers = callers

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        add, admin = endpoints.add, Scope.ADMIN
        operation = Operation("listKeys", "keys", list[Key], query=KeyQuery, scope=admin, paged=True)
        add("GET", "/admin/keys", self.list_keys, operation)
        operation = Operation(
            "createKey", "keys", IssuedKeyAnswer, _MADE, body=KeyRequest, scope=admin, refusals=(404, 413)
        )
        add("POST", "/admin/keys", self.create, operation)
        operation = Operation("revokeKey", "keys", Key, path=BY_ID, scope=admin, refusals=(404,))
        add("DELETE", "/admin/keys/{key_id}", self.revoke, operation)
        operation = Operation("rotateKey", "keys", IssuedKeyAnswer, path=BY_ID, scope=admin, refusals=(404,))
        add("POST", "/admin/keys/{key_id}/rotate", self.rotate, operation)

    def list_keys(self, request: Request) -> Response:
        """List API keys, newest first.
        Revoked ones too. The default account's own key, which the environment names, is not on record.
        """
        query = read_query(request, KeyQuery)
        start = 0 if query.cursor is UNSET else query.cursor
        found = self._keyring.keys(None if query.account is UNSET else query.account)
        end = start + query.limit
        return page([_answer(each) for each in found[start:end]], end if end < len(found) else None, request)

    async def create(self, request: Request) -> Response:
        """Make an API key for an account.
        The key is shown in this answer and never again.
        """
        refuse_query(request)
        given = await _BODY.read(request)
        issued = self._callers.on(
            given.account, lambda name: self._keyring.create(name, Scope(given.scope), given.label)
        )
        return answer(_issued(issued), 201)

    async def rotate(self, request: Request) -> Response:
        """Replace an API key and its secret.
        The old ones stop working now.
        """
        refuse_query(request)
        return answer(_issued(self._keyring.rotate(request.path_params["key_id"])))

    async def revoke(self, request: Request) -> Response:
        """Revoke an API key.
        It lets nobody in from now on. One that is revoked already stays as it is.
        """
        refuse_query(request)
        return answer(_answer(self._keyring.revoke(request.path_params["key_id"])))


def _answer(key: ApiKey) -> Key:
    return Key(
        id=key.key_id,
        account=key.account_id,
        scope=key.scope.value,
        label=key.label,
        version=key.version,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )


def _issued(issued: IssuedKey) -> IssuedKeyAnswer:
    key = issued.record
    return IssuedKeyAnswer(
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
