"""Where settings come from, and in which order: what code or the command line gives, the environment, `.env`,
`mockx.toml` in the working directory, and a secret in AWS (setting_secrets.py). What stands in an earlier one counts.

In `mockx.toml` a setting is the variable's name in lower case. Lists and tables may be written as TOML has them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from .setting_secrets import secrets_by_field

TOML_FILE = "mockx.toml"

OPTION, ENVIRONMENT, DOTENV, TOML, AWS, DEFAULT = "option", "environment", ".env", TOML_FILE, "AWS", "default"
"""What the places are called, the first that counts first."""


class BadFile(ValueError):
    """`mockx.toml` cannot be used; the text says where and why."""


class TomlSource(PydanticBaseSettingsSource):
    """`mockx.toml`. Raises BadFile for what is no TOML and for a name that no setting has."""

    def __call__(self) -> dict[str, Any]:
        """The values in the file by field, or by alias where a field has one; those that are empty left out."""
        fields = self.settings_cls.model_fields
        found: dict[str, Any] = {}
        for name, value in read_toml(Path(TOML_FILE), fields).items():
            field = fields[name]
            as_text = isinstance(value, dict) and field.annotation is str
            if value != "":
                alias = getattr(field.validation_alias, "choices", [name])[0]
                found[alias] = json.dumps(value) if as_text else value
        return found

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Asked for by the base class; the file is read as a whole."""
        del field
        return None, field_name, False


def read_toml(path: Path, known: Collection[str]) -> Mapping[str, Any]:
    """What a settings file says; nothing when there is none. Raises BadFile."""
    try:
        content = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path} cannot be read: {error}") from None
    # here, not above: most processes have no such file
    import tomllib
    from decimal import Decimal

    try:
        found = tomllib.loads(content, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError) as error:
        raise BadFile(f"{path} is not TOML: {error}") from None
    unknown = [name for name in found if name not in known]
    if unknown:
        raise BadFile("\n".join(f"{path}: there is no setting {name!r}{_nearest(name, known)}" for name in unknown))
    return found


def _nearest(name: str, known: Collection[str]) -> str:
    from difflib import get_close_matches  # here: it is for those who misspelled something

    near = get_close_matches(name.lower(), known, 1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else "; `mockx config show` lists them all"


def origins(kind: type[BaseSettings], given: Collection[str]) -> dict[str, str]:
    """By field: which of the places its value comes from. `given` are the fields that the command line named."""
    said = [(place, source()) for place, source in zip((ENVIRONMENT, DOTENV, TOML), _sources(kind), strict=True)]
    so_far: dict[str, Any] = {}
    for _, values in reversed(said):
        so_far |= values
    said.append((AWS, secrets_by_field(kind, so_far)))
    found: dict[str, str] = {}
    for name, field in kind.model_fields.items():
        names = {name, *getattr(field.validation_alias, "choices", ())}
        places = (place for place, values in said if names & values.keys())
        found[name] = OPTION if name in given else next(places, DEFAULT)
    return found


def _sources(kind: type[BaseSettings]) -> list[PydanticBaseSettingsSource]:
    from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

    return [EnvSettingsSource(kind), DotEnvSettingsSource(kind), TomlSource(kind)]
