"""Where it is kept: snapshots, ledger, parsed rows, the DuckDB warehouse and its publications."""
