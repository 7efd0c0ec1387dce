"""Where a venue's state lives: in memory, or in Valkey."""
