"""The parts of the board paper: figures, words, charts, and the three forms that they are written in."""
