"""What the README says of speed and memory, measured: `make bench`, or parts by `python -m benchmarks`."""
