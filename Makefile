# Python >= 3.11 and make are all this needs. `make help` says what there is.

.POSIX:
.SUFFIXES:
.DEFAULT_GOAL = help

PYTHON =
ARGS =
WORKERS = 2

BIN = .venv/bin
# What an installation depends on. When none of it is newer than the stamp there is nothing to do.
SETUP = pyproject.toml requirements.txt layers/requirements.txt functions/feeder/requirements.txt
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check
