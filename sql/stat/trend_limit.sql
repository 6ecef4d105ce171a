-- Where chi-squared with 1 degree of freedom lets a trend count as certain: 99.8 per cent.
CREATE OR REPLACE MACRO stat.trend_limit() AS 9.54953570608324::DOUBLE;
