"""What the deck shows: one module for each screen, each with `show()`."""
