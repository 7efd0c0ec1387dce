"""Let an exchange run for long, and look whether its memory stays flat. `run.py` is `make soak`, `test_soak.py` its
short form.

    running.py  `mockx up`, its processes and its log
    market.py   the markets, and how orders are cut there
    resting.py  orders that rest far from the price
    bot.py      a bot on Binance's wire
    samples.py  what processes and Valkey hold
    soak.py     all of it together, for a time
    verdict.py  start, middle, end, slope, and the bound
"""
