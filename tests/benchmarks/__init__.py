"""Figures, printed beside a ceiling measured in the same run. Never a timed test."""
