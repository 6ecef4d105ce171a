"""Units of work as plain functions; nothing here knows an orchestrator."""
