"""`mockx config show`: every setting, its value, and where that comes from."""

from __future__ import annotations

import json
import re
from typing import Any

import typer

from .exit_codes import ExitCode
from .failures import fail
from .invocation import Invocation, invocation_of
from .parameters import Json
from .tables import Table

config = typer.Typer(no_args_is_help=True, help="What the exchange and its clients are set to.")

HIDDEN = "(hidden)"


@config.command("show", epilog="Example: mockx config show --json")
def show(context: typer.Context, as_json: Json = False) -> None:
    """Show every setting, its value, and where that comes from. The first of these that names it counts: an option of
    the command line, the environment, the file .env, the file mockx.toml, the default. Secrets are not shown."""
    invocation = invocation_of(context)
    found = _settings(invocation)
    invocation.show(found, lambda: [_table(found)], as_json=as_json)


def _settings(invocation: Invocation) -> list[dict[str, Any]]:
    # here, not above: other commands start without them
    from ..setting_sources import origins
    from ..setting_types import written
    from ..settings import SECRETS, BadSettings, Settings

    options = {"api_url": invocation.url, "mockx_api_key": invocation.api_key, "mockx_data_dir": invocation.data_dir}
    given = {name: value for name, value in options.items() if value is not None}
    try:
        chosen = Settings(**given)
    except BadSettings as error:
        fail(f"These settings cannot be used.\n{error}", ExitCode.USAGE, "Correct them where they are set.")
    places = origins(Settings, given)
    found: list[dict[str, Any]] = []
    for name, field in Settings.model_fields.items():
        value = written(getattr(chosen, name))
        shown = _masked(name.upper(), value, secret=name.upper() in SECRETS)
        found.append(
            {
                "name": name.upper(),
                "value": shown if value else None,
                "source": places[name],
                "default": written(field.default) or None,
                "description": field.description,
            }
        )
    return found


def _masked(name: str, value: str, *, secret: bool) -> str:
    """Nothing of a secret; an address without its password; of what an exchange's class is made with the names only,
    since keys and passwords of all kinds stand there."""
    if secret and value:
        return HIDDEN
    if name == "EXCHANGE_CONFIG":
        return json.dumps(dict.fromkeys(json.loads(value), HIDDEN))
    return re.sub(r"//[^/@\s]*@", "//***@", value)


def _table(found: list[dict[str, Any]]) -> Table:
    return Table(
        headers=("setting", "value", "from"),
        rows=[(each["name"], each["value"] or "", each["source"]) for each in found],
    )
