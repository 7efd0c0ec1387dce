"""Resting orders against new prices, on a schedule."""
