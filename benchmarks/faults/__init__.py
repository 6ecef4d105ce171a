"""What befalls a real machine, done to the system on purpose: `make faults` writes benchmarks/faults.md."""
