"""Held against rules of others: standards, and real clients."""
