"""`mockx`: the exchange at a terminal."""
