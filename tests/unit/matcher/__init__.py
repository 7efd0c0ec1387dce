"""The matcher over a venue in memory."""
