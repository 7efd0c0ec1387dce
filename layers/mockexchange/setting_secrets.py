"""Settings that are kept in AWS: a secret of Secrets Manager, or the parameters below a path of SSM's Parameter Store.

MOCKX_SECRETS says which. Only the settings in HOLDABLE may stand there, under their variables' names. They are read
through Powertools' Parameters, which keeps them for MOCKX_SECRETS_AGE_SEC seconds: then they are read again, so that
one that was rotated counts without a new deployment. Nothing of AWS is imported unless MOCKX_SECRETS is set.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from .setting_types import secret_name

HOLDABLE = (
    "MOCKX_API_KEY",
    "MOCKX_SECRET",
    "MOCKX_MASTER_KEY",
    "VALKEY_URL",
    "VALKEY_PASSWORD",
    "EXCHANGE_CONFIG",
)
"""Variables that may be kept there: those that are secrets, or may hold one."""

PATH = "ssm:"
"""What a place in the Parameter Store begins with."""

PAUSE = 1.0
"""Seconds after a failed reading before the next one: requests that come meanwhile are told the same."""

PATIENCE = {"connect_timeout": 2, "read_timeout": 3, "retries": {"total_max_attempts": 2}}
"""Of a call to AWS; together less than an invocation has."""

_ADVICE = {
    "AccessDenied": "this function's role may not read it",
    "ResourceNotFoundException": "there is none of that name in this account and region",
    "InvalidRequestException": "it is marked for deletion",
    "DecryptionFailure": "its key cannot decrypt it",
}

logger = logging.getLogger(__name__)


class NoSecrets(ValueError):
    """What MOCKX_SECRETS names cannot be used. The text says why, and holds no secret."""


class SecretPlace:
    """One place in AWS. `monotonic` gives seconds."""

    def __init__(self, place: str, max_age: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._place = place
        self._max_age = max_age
        self._monotonic = monotonic
        self._provider: Any = None
        self._known: Mapping[str, str] | None = None
        self._failure: NoSecrets | None = None
        self._next_try = 0.0

    def values(self) -> Mapping[str, str]:
        """The variables that are kept there, at most MOCKX_SECRETS_AGE_SEC seconds old.

        A reading that fails leaves those in use that were read before, and is a line in the log. Raises NoSecrets when
        there are none yet.
        """
        if self._monotonic() < self._next_try:
            return self._after_failure()
        try:
            self._known = self._read()
        except NoSecrets as error:
            if self._failure is None or str(error) != str(self._failure):
                logger.error("%s", error)
            self._failure = error
            self._next_try = self._monotonic() + PAUSE
            return self._after_failure()
        if self._failure is not None:
            logger.warning("MOCKX_SECRETS=%s: can be read now", self._place)
            self._failure = None
        return self._known

    def _after_failure(self) -> Mapping[str, str]:
        if self._known is None:
            assert self._failure is not None, "a pause follows a failure"
            raise NoSecrets(str(self._failure))
        return self._known

    def _read(self) -> dict[str, str]:
        found = self._parameters() if self._place.startswith(PATH) else self._secret()
        unknown = sorted(found.keys() - set(HOLDABLE))
        if unknown:
            raise self._unusable(f"no setting that may stand there is called {unknown[0]!r}; {', '.join(HOLDABLE)} may")
        if not all(isinstance(value, str) for value in found.values()):
            raise self._unusable("every value in it should be a text")
        return {name: value for name, value in found.items() if value}

    def _secret(self) -> dict[str, Any]:
        kept = self._asked("SecretsProvider", "get", self._place)
        try:
            found: object = json.loads(kept)
        except ValueError:  # without its text, which would quote what stands there
            found = None
        if not isinstance(found, dict):
            raise self._unusable('it should hold a JSON object, like {"MOCKX_API_KEY": "..."}')
        return cast("dict[str, Any]", found)

    def _parameters(self) -> dict[str, Any]:
        path = self._place.removeprefix(PATH)
        found = self._asked("SSMProvider", "get_multiple", path, decrypt=True)
        if not found:
            raise self._unusable("there are no parameters below that path in this account and region")
        return dict(found)

    def _asked(self, provider: str, method: str, name: str, **options: Any) -> Any:
        try:
            if self._provider is None:
                self._provider = _provider(provider)
            # Powertools keeps what was of no use too: after a failure it is read anew
            again = self._failure is not None
            return getattr(self._provider, method)(name, max_age=self._max_age, force_fetch=again, **options)
        except ImportError:
            raise self._unusable(
                "reading it takes boto3, which AWS Lambda has: pip install 'mockexchange[aws]'"
            ) from None
        except Exception as error:  # noqa: BLE001  # Powertools wraps whatever happens; the SDK has dozens of kinds
            raise self._unusable(_reason(error)) from None

    def _unusable(self, reason: str) -> NoSecrets:
        return NoSecrets(f"MOCKX_SECRETS={self._place}: {reason}")


def _provider(name: str) -> Any:
    # The SDK writes whole answers, secrets and all, at DEBUG; observability.py hushes it too, and may come later.
    for library in ("boto3", "botocore", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # here, not above: a third of a second for those who keep their secrets elsewhere
    from aws_lambda_powertools.utilities import parameters
    from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

    return getattr(parameters, name)(boto_config=Config(**PATIENCE))


def _reason(error: Exception) -> str:
    """What AWS said: the kind of failure in our words, where it is one that happens."""
    cause = error.__cause__ or error.__context__ or error
    answer: Mapping[str, Any] = getattr(cause, "response", {})
    code = str(answer.get("Error", {}).get("Code", ""))
    said = " ".join(str(cause).split())
    return next((advice for kind, advice in _ADVICE.items() if kind in said), f"{code or type(cause).__name__}: {said}")


@cache
def secret_place(place: str, max_age: int) -> SecretPlace:
    """The one of this process, which remembers what it read."""
    return SecretPlace(place, max_age)


class SecretSource(PydanticBaseSettingsSource):
    """What stands where MOCKX_SECRETS says, which any source before this one may have said. Raises NoSecrets."""

    def __call__(self) -> dict[str, Any]:
        """The values by field, or by alias where a field has one."""
        return secrets_by_field(self.settings_cls, self.current_state)

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Asked for by the base class; the place is read as a whole."""
        del field
        return None, field_name, False


def secrets_by_field(kind: type[BaseSettings], said: Mapping[str, Any]) -> dict[str, Any]:
    """What SecretSource gives when the sources before it `said` this. Raises NoSecrets."""
    fields = kind.model_fields
    age = said.get("mockx_secrets_age_sec", fields["mockx_secrets_age_sec"].default)
    try:
        place, max_age = secret_name(said.get("mockx_secrets")), int(age)
    except (TypeError, ValueError):
        return {}  # one of them is going to be refused
    if not isinstance(place, str):
        return {}
    kept = secret_place(place, max_age)
    aliases = {name: getattr(field.validation_alias, "choices", [name])[0] for name, field in fields.items()}
    return {aliases[variable.lower()]: value for variable, value in kept.values().items()}
