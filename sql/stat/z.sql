-- The 97.5 per cent point of the normal distribution: all intervals here are 95 per cent ones. With an exponent
-- it is a DOUBLE as it stands, and nothing has to be cast at each of its hundred places.
CREATE OR REPLACE MACRO stat.z() AS 1.959963984540054e0;
