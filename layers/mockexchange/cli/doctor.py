"""`mockx doctor`: what is wrong, and what to do about it; also when the exchange does not answer."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import metadata
from typing import TYPE_CHECKING, Any

import typer

from ..clients.endpoint import find_endpoint
from ..clients.errors import ClientError, NotAuthorized, NotConfigured, Refused, Unreachable
from ..clients.event_answers import Check, Diagnosis
from .exit_codes import ExitCode
from .failures import exit_code, next_step
from .invocation import Invocation, invocation_of, say
from .parameters import Json
from .tables import Table

if TYPE_CHECKING:
    from ..domain.diagnosis import Check as LocalCheck
    from ..settings import Settings

OK, WARNING, ERROR = "ok", "warning", "error"

CLOCKS_APART = 1_000
"""ms between this machine's clock and the server's that signed requests bear."""


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Look for what is wrong: Valkey, memory, disk, the age of every price, the matcher, clocks, keys, the deck,
    versions. Each line says what was seen, and what to do. Ends with 0 when nothing is worse than a warning, 1 after an
    error, 3 when the exchange does not answer (what can be seen from here is looked at all the same), 4 without an
    admin's key."""
    invocation = invocation_of(context)
    checks: list[Check] = []
    versions = {"mockx": _version("mockexchange"), "python here": platform.python_version()}
    code = ExitCode.OK
    settings = _settings(invocation, checks)
    try:
        found, apart = _ask(invocation)
        checks += found.checks
        versions |= {name: str(value) for name, value in found.versions.items()}
        checks.append(_clock(apart))
    except ClientError as error:
        code = exit_code(error)
        checks.append(Check(name="api", status=ERROR, detail=str(error), advice=next_step(error) or _step(error)))
    if settings is not None:
        checks += _seen_here(settings, invocation, answered=code is ExitCode.OK)
    if code is ExitCode.OK and any(each.status == ERROR for each in checks):
        code = ExitCode.REFUSED
    data = {"status": _worst(checks), "checks": checks, "versions": versions}
    invocation.show(data, lambda: [_table(checks), _version_table(versions)], as_json=as_json)
    if code is not ExitCode.OK:
        say(f"{sum(each.status == ERROR for each in checks)} errors; the lines above say what to do.")
        raise typer.Exit(code)


def _settings(invocation: Invocation, checks: list[Check]) -> Settings | None:
    # here, not above: the server side takes long to import
    from ..settings import BadSettings, Settings

    try:
        given = {"mockx_data_dir": invocation.data_dir} if invocation.data_dir else {}
        settings = Settings(**given)
    except BadSettings as error:
        advice = "Correct them where they are set: in the environment, .env or mockx.toml."
        checks.append(Check(name="settings", status=ERROR, detail=str(error), advice=advice))
        return None
    checks.append(Check(name="settings", status=OK, detail="can be read"))
    return settings


def _ask(invocation: Invocation) -> tuple[Diagnosis, int]:
    """What the exchange says of itself, and how far (ms) this machine's clock is from its own."""
    from ..clients.http import ExchangeClient
    from ..clock import SystemClock

    connect = invocation.connect or ExchangeClient
    clock = SystemClock()
    with connect(find_endpoint(invocation.url, invocation.api_key, invocation.data_dir)) as exchange:
        before = clock.now()
        found = exchange.diagnosis()
        after = clock.now()
    server = next((each.value for each in found.checks if each.name == "clock of the server"), None)
    if not isinstance(server, int):
        return found, 0
    # it looked at its clock somewhere between the two
    return found, round(max(before - server, server - after, 0))


def _clock(apart: int) -> Check:
    close = apart <= CLOCKS_APART
    return Check(
        name="clock here",
        status=OK if close else WARNING,
        detail=f"{apart} ms from the server's",
        advice=None if close else "Set both machines' clocks by NTP (`timedatectl set-ntp true`).",
        value=apart,
    )


def _seen_here(settings: Settings, invocation: Invocation, *, answered: bool) -> list[Check]:
    from ..local.checkup import deck_check, directory_checks, server_checks

    found = [_shown(each) for each in (*directory_checks(settings), deck_check(settings))]
    if not answered:
        found += [_shown(each) for each in server_checks(settings, _url(invocation, settings))]
    return found


def _url(invocation: Invocation, settings: Settings) -> str:
    try:
        return find_endpoint(invocation.url, invocation.api_key, invocation.data_dir).url
    except NotConfigured:
        return settings.api_url


def _shown(check: LocalCheck) -> Check:
    return Check(
        name=check.name, status=check.health.value, detail=check.detail, advice=check.advice, value=check.value
    )


def _step(error: ClientError) -> str:
    match error:
        case Unreachable():
            return "Start the exchange with `mockx up`, or name its address (--url) or data directory (--data-dir)."
        case NotAuthorized():
            return "Give an admin's key (--api-key, MOCKX_API_KEY), or the exchange's data directory (--data-dir)."
        case Refused():
            return "The log of the exchange says more."
        case _:
            return "Look at the address and the key (--url, --api-key)."


def _worst(checks: Iterable[Check]) -> str:
    found = {each.status for each in checks}
    return ERROR if ERROR in found else WARNING if WARNING in found else OK


def _table(checks: Iterable[Check]) -> Table:
    rows = [(each.status, each.name, each.detail + (f" -> {each.advice}" if each.advice else "")) for each in checks]
    return Table(("", "what", "seen, and what to do"), rows)


def _version_table(versions: dict[str, Any]) -> Table:
    return Table(("version of", ""), list(versions.items()))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
