"""The rules of the exchange, by example."""
