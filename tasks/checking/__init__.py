"""The parts of a check: the connection that it runs on, and what came of it."""
