"""Clients of a running exchange. They import nothing of its server side."""
