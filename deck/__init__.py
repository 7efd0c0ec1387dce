"""The deck: the exchange in a browser. It speaks to the exchange by HTTP alone, through `mockexchange.clients`."""
