"""The Lambda handlers, each in a process of its own."""
