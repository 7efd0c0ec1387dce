"""The same exchange in memory, over recorded prices, as fast as the machine goes."""
