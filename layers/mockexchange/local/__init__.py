"""The exchange on one machine: the supervisor, the local scheduler, and the embedded Valkey."""
