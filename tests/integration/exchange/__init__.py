"""Scenarios of one exchange on every store."""
