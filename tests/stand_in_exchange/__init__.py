"""An exchange on the loopback interface: Binance's REST wire as far as the real ccxt class asks it, with prices in hand
and failures on order."""
