# %% [markdown]
# # Is it the strategy, or the way it was tried?
#
# A moving average on a year of hours: what came of it, what of it is the model's kindness, and which day made it.
# Each `# %%` is a cell: VS Code, PyCharm and Jupytext open this file as a notebook.

# %%
from pathlib import Path
from runpy import run_path

from mockexchange import Backtest

DATA = "BTC_USDT-1h.csv.gz"  # `mockx history fetch BTC/USDT --timeframe 1h --since 365d` brings one
HERE = Path(globals().get("__file__", "examples/backtest_notebook.py")).parent
trade = run_path(str(HERE / "strategies" / "moving_average.py"))["run"]

# %%
results = Backtest(DATA, balances={"USDT": 10_000}).run(trade)
results  # in a notebook: the report

# %%
curve = results.to_frame()
curve.tail()

# %% [markdown]
# The same under other assumptions. Nothing but the words changes.

# %%
by_model = {
    model: Backtest(DATA, balances={"USDT": 10_000}, fill_model=model, spread_bps=2).run(trade).final_equity
    for model in ("frictionless", "touch", "brutal")
}
by_model

# %%
by_fee = {
    fee: Backtest(DATA, balances={"USDT": 10_000}, commission=fee).run(trade).final_equity
    for fee in (0, 0.0005, 0.001, 0.002)
}
by_fee

# %% [markdown]
# Round trips, the worst first.

# %%
trips = results.trades_frame()
trips.sort_values("profit").head() if len(trips) else trips

# %%
results.save("report.html")
