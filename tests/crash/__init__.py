"""Kill everything, again and again, and look for what got lost. `run.py` is `make crash`, `test_crash.py` its short
form.

    storm.py       starts Valkey and the workers, kills them and starts them again; its process alone is never killed
    worker.py      one process that is killed: a writer, a matcher or a feeder
    operations.py  what the writers ask for: a pure function of seed, stream and number
    prices.py      what the feeders append: a pure function of seed and position
    messages.py    what a worker tells the storm
    processes.py   the workers as the storm sees them
    aftermath.py   looks at everything after the storm, by means of
    remains.py     what is there
    promises.py    whether everything was kept that the exchange acknowledged
    books.py       whether the books are right, whatever was asked for
"""
