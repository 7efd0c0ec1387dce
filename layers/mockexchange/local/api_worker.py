"""One process that answers the HTTP API: `python -m mockexchange.local.api_worker DESCRIPTOR`.

DESCRIPTOR is the number of a listening socket that the parent left open. The settings are in the environment.
"""

from __future__ import annotations

import socket
import sys

from ..settings import BadSettings, Settings
from .errors import LocalError, NotConfigured
from .serve import run_api


def main(arguments: list[str]) -> int:
    """Answer until SIGTERM; the exit code."""
    try:
        with socket.socket(fileno=int(arguments[0])) as listener:
            run_api(Settings(), listener)
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return NotConfigured.exit_code
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
