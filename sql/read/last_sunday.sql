-- The last Sunday of a month that has 31 days, such as March or October.
CREATE OR REPLACE MACRO read.last_sunday(in_year, in_month) AS
    make_date(in_year, in_month, 31) - dayofweek(make_date(in_year, in_month, 31))::INTEGER;
