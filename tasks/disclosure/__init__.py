"""Withholding small counts, and attacking what is left: cells -> system -> attack, secondary; withhold drives them."""
