"""For the tests of trading bots: an exchange of each test's own. pytest finds it by itself (plugin.py)."""
