"""The ceiling of an order over HTTP: a bare FastAPI route that runs one EVALSHA and answers."""

from __future__ import annotations

import sys

import redis
import uvicorn
from fastapi import FastAPI, Request

app = FastAPI()
client = redis.Redis.from_url(sys.argv[1])  # pyright: ignore[reportUnknownMemberType]  # redis-py's **kwargs
sha = client.script_load("return redis.call('HINCRBY', KEYS[1], 'n', 1)")


@app.post("/orders")
async def place(request: Request) -> dict[str, int]:
    """Read the body, run a script, answer."""
    await request.body()
    return {"n": client.evalsha(sha, 1, "{bare}:counter")}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)
