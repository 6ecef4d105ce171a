-- The 97.5 per cent point of the normal distribution: all intervals here are 95 per cent ones.
CREATE OR REPLACE MACRO stat.z() AS 1.959963984540054::DOUBLE;
