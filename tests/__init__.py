"""Tests of MockExchange."""
