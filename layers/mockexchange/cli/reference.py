"""docs/cli.md, from the command line itself: `python -m mockexchange.cli.reference > docs/cli.md`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

import typer

from .exit_codes import ExitCode
from .main import app

HEAD = """\
# The command line

Made from `mockx` itself by `python -m mockexchange.cli.reference`. Nouns, then verbs: `mockx order place`, `mockx
snapshot save`. `mockx COMMAND --help` says the same as this page.

Data go to stdout: a table on a terminal, plain columns into a pipe, JSON with exact numbers after `--json`. Everything
else (progress, questions, messages, errors with the next step) goes to stderr. `NO_COLOR=1` leaves the colors out.

## Exit codes

| code | meaning |
| --- | --- |
{codes}

## Where settings come from

The first of these that names a setting counts; `mockx config show` says for each which one it was.

1. an option of the command (`mockx up --port 9000`, `mockx --url ... balance`)
2. an environment variable (`MOCKX_PORT=9000`)
3. the file `.env` in the working directory (`MOCKX_PORT=9000`; `.env.example` has them all)
4. the file `mockx.toml` in the working directory: the variables' names in lower case
5. the default (README, Configuration)

```toml
# mockx.toml
symbols = ["BTC/USDT", "ETH/USDT"]   # or "BTC/USDT,ETH/USDT"
interval_sec = 1
commission = 0.00075

[mockx_balances]
USDT = 50000
BTC = 0.5
```

A name in `mockx.toml` that no setting has is an error, which names the nearest one that there is. An empty value counts
as not set. The address of the exchange and the key to it, where nothing names them, come from `credentials.json` in the
data directory, which `mockx up` writes when it starts; that key is sent to that address only.

## Completion

`mockx --install-completion` teaches it to the shell you are in (bash, zsh, fish); `mockx --show-completion` prints the
script instead.

## Options of every command

They stand before the command: `mockx --data-dir /srv/exchange balance`.

"""


def reference() -> str:
    """The page."""
    codes = "\n".join(f"| {code.value} | {meaning} |" for code, meaning in _meanings().items())
    root: Any = typer.main.get_command(app)
    parts = [HEAD.format(codes=codes), _parameters(root), "\n## Commands\n"]
    parts += [_command(words, command) for words, command in _commands(root, ())]
    return "".join(parts)


def _meanings() -> dict[ExitCode, str]:
    """What each code means: the text that stands below it."""
    texts = [line.strip().strip('"') for line in inspect.getsource(ExitCode).splitlines() if '"""' in line]
    return dict(zip(ExitCode, texts[1:], strict=True))


def _commands(group: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*words, name))
        elif not command.hidden:
            yield (*words, name), command


def _command(words: tuple[str, ...], command: Any) -> str:
    given = [
        each.metavar if each.required else f"[{each.metavar}]"
        for each in command.params
        if each.param_type_name == "argument"
    ]
    usage = " ".join(["mockx", *words, *(f"{name}..." if _many(command, name) else name for name in given)])
    example = command.epilog.partition(": ")[2].replace("  |  ", "\n")
    return (
        f"\n### mockx {' '.join(words)}\n\n{_flat(command.help)}\n\n```console\n$ {usage} [OPTIONS]\n```\n\n"
        f"{_parameters(command)}\n```console\n{_prompted(example)}\n```\n"
    )


def _many(command: Any, name: str) -> bool:
    return any(each.nargs == -1 and (each.metavar or "") in name for each in command.params)


def _parameters(command: Any) -> str:
    rows = [_row(each) for each in command.params if not getattr(each, "hidden", False) and each.name != "help"]
    shown = [row for row in rows if row]
    return "\n".join(["| | |", "| --- | --- |", *shown, ""]) if shown else ""


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        names = f"`{parameter.metavar}`"
    else:
        spelled = ", ".join(f"`{each}`" for each in [*parameter.opts, *parameter.secondary_opts])
        names = spelled if parameter.is_flag else f"{spelled} `{parameter.metavar or 'TEXT'}`"
    default = parameter.default
    told = "" if default in (None, False, True, ()) or callable(default) else f" Default: {_value(default)}."
    return f"| {names.replace('|', chr(92) + '|')} | {_flat(parameter.help or '').replace('|', chr(92) + '|')}{told} |"


def _value(default: Any) -> str:
    return str(getattr(default, "value", default))


def _prompted(example: str) -> str:
    return "\n".join(f"$ {line}" for line in example.splitlines())


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    sys.stdout.write(reference())
