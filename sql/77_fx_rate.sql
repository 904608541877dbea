-- What each currency is worth, and from when on.
INSERT INTO fx_rate
SELECT currency, valid_from, version, rate
FROM newest_fx_rate;
