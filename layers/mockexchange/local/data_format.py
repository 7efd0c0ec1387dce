"""Which form the data in a data directory have, so that no version works on data that it would misread.

`format.json` says it. DATA_FORMAT counts up when a record changes in a way that earlier versions cannot read; a version
reads the forms of all versions before it. So with the same number one may go back to an earlier version and keep the
data, and with a higher one only to a backup from before the upgrade.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from .errors import NotConfigured
from .private_file import write_private

DATA_FORMAT = 1
"""1 is the form of the first release. What was written by the code before it is not promised to be read."""

FILE = "format.json"


def this_version() -> str:
    """Which version this is; `unknown` where the package runs without having been installed."""
    try:
        return metadata.version("mockexchange")
    except metadata.PackageNotFoundError:
        return "unknown"


def claim_data(data_dir: Path) -> None:
    """Note that this version works on the data. Raises NotConfigured when a later one has changed their form."""
    path = data_dir / FILE
    there, by = _read(path)
    if there > DATA_FORMAT:
        raise NotConfigured(
            f"The data in {data_dir} have form {there}, written by version {by}; this is version {this_version()}, "
            f"which knows form {DATA_FORMAT}. Start the later version again, or restore a backup from before the "
            "upgrade into another directory (`mockx backup restore`)."
        )
    if (there, by) != (DATA_FORMAT, this_version()):
        write_private(path, json.dumps({"format": DATA_FORMAT, "version": this_version()}) + "\n")


def _read(path: Path) -> tuple[int, str]:
    """The form and the version that wrote it; 0 where nothing was noted yet."""
    try:
        record = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        return int(record["format"]), str(record["version"])
    except FileNotFoundError:
        return 0, ""
    except (ValueError, TypeError, KeyError):
        raise NotConfigured(
            f"{path} does not say which form the data have. Restore it from a backup, or remove it if no later version "
            "than this one was ever started on these data."
        ) from None
