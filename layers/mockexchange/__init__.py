"""A paper exchange: a real exchange's rules, wire and errors, live prices, and no money."""
