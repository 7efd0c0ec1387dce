"""The scheduled function that brings prices in."""
