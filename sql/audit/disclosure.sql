-- The attack on this publication: per indicator and level how many cells tell counts, how many are withheld and why,
-- and the narrowest interval that a withheld count can be known to lie in (persons; marks for a mean).
FROM raw.attacked
