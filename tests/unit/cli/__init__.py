"""Tests of `mockx`."""
