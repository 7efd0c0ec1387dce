"""The rules of an exchange: the standard library only; no clock, no I/O, no chance."""
