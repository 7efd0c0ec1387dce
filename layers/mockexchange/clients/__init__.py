"""Clients of the exchange: of its native HTTP API."""
