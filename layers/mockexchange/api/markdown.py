"""docs/api.md, from the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

HEAD = """\
# The HTTP API

Made from the OpenAPI document (`/openapi.json`; `/docs` shows it in a browser) by
`python -m mockexchange.local.api_pages`.

```console
$ URL=$(jq -r .url data/credentials.json); KEY=$(jq -r .apiKey data/credentials.json)
```

"""


def markdown(document: dict[str, Any]) -> str:
    """The page."""
    parts = [HEAD, document["info"]["description"].strip(), "\n\n", LIMITS]
    for tag in document["tags"]:
        described = [
            (method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if operation["tags"] == [tag["name"]]
        ]
        if described:
            parts.append(f"\n## {tag['name'].capitalize()}\n\n{tag['description']}\n")
            parts += ["\n".join(_operation(*each)) for each in described]
    return "".join(parts)


LIMITS = """\
Lists come in pages: `Link` names the next one, `X-Next-Cursor` holds its `cursor`; without them it was the last.
`since` is inclusive, `until` exclusive, both in milliseconds of venue time. A body has at most 64 KiB, a path and a
query 8 KiB each, headers 32 KiB together, a number 40 digits. Any request may be refused with 400, 401, 414, 431, 500
and 503; what else an operation refuses with stands below it.
"""

EVERYWHERE = ("400", "401", "414", "431", "500", "503")
"""Refusals that every operation has, and that are said once."""


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"\n### {operation['summary']}\n"
    yield f"`{method.upper()} {path}` (`{operation['operationId']}`)\n"
    if operation.get("description"):
        yield f"{operation['description']}\n"
    parameters = operation.get("parameters", [])
    if parameters:
        yield "| parameter | in | what it is |\n| --- | --- | --- |"
        for each in parameters:
            yield f"| `{each['name']}` | {each['in']} | {_about(each)} |"
        yield ""
    yield f"```console\n{_curl(method, path, operation)}\n```\n"
    for status, response in operation["responses"].items():
        example = response.get("content", {}).get("application/json", {}).get("example")
        if status[0] == "2" and example is not None:
            yield f"{status}: {response['description']}\n\n```json\n{_shown(example)}\n```\n"
    refusals = [
        f"{status} ({_lower(each['description'])})"
        for status, each in operation["responses"].items()
        if status >= "4" and status not in EVERYWHERE
    ]
    if refusals:
        yield f"Refused with {', '.join(refusals)}.\n"


def _about(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    choices = f" One of {', '.join(f'`{each}`' for each in schema['enum'])}." if "enum" in schema else ""
    default = f" Default `{schema['default']}`." if "default" in schema else ""
    return f"{parameter['description']}{choices}{default}".replace("|", "\\|")


def _curl(method: str, path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(_example(parameter)), safe="/,:"))
    words = ["$ curl"]
    if method != "get":
        words.append(f"-X {method.upper()}")
    if operation.get("security"):
        words.append('-H "x-api-key: $KEY"')
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    if body is not None:
        words.append(f"-d '{json.dumps(body)}'")
    return " ".join([*words, f'"$URL{path}"'])


def _example(parameter: dict[str, Any]) -> Any:
    if "examples" in parameter:
        return next(iter(parameter["examples"].values()))["value"]
    return parameter["example"]


def _shown(example: Any) -> str:
    """An example, short lists and objects in one line."""
    whole = json.dumps(example)
    return whole if len(whole) <= 120 else json.dumps(example, indent=2)


def _lower(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")
