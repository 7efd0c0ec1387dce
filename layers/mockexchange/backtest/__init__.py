"""The exchange in memory, faster than the clock."""
