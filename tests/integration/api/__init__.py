"""The HTTP API over every store."""
