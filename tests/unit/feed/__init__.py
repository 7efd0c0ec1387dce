"""Tests of the price feeds."""
