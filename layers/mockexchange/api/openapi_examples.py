"""Examples in the OpenAPI document. They were recorded from a real exchange (in memory), and stand in examples.json;
`python -m mockexchange.local.api_pages` records them anew."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

NAME = "examples.json"


@cache
def recorded() -> dict[str, Any]:
    """By operation: its `body`, and its `answers` by status; under `problems` a refusal by status."""
    text = resources.files(__name__.rpartition(".")[0]).joinpath(NAME).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def add_examples(document: dict[str, Any]) -> None:
    """Put every example where it belongs."""
    known = recorded()
    for path in document["paths"].values():
        for described in path.values():
            _add(described, known.get(described["operationId"], {}), known["problems"])


def _add(described: dict[str, Any], example: dict[str, Any], problems: dict[str, Any]) -> None:
    for parameter in described.get("parameters", ()):
        examples = parameter["schema"].pop("examples", None)
        if examples:
            parameter["example"] = examples[0]
    if "body" in example and "requestBody" in described:
        described["requestBody"]["content"]["application/json"]["example"] = example["body"]
    for status, response in described["responses"].items():
        for media_type, content in response.get("content", {}).items():
            if media_type == "application/problem+json" and status in problems:
                content["example"] = problems[status]
            elif status in example.get("answers", {}) and media_type == "application/json":
                content["example"] = example["answers"][status]
            elif media_type == "text/event-stream" and "200" in example.get("answers", {}):
                content["example"] = _stream(example["answers"]["200"][:1])


def _stream(events: list[dict[str, Any]]) -> str:
    return "".join(
        f"id: {event['id']}\r\nevent: {event['type']}\r\ndata: {json.dumps(event)}\r\n\r\n" for event in events
    )
