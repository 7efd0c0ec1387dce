"""The HTTP doors of the exchange."""
