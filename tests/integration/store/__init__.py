"""The parts of the Valkey store on a real server."""
