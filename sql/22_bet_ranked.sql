-- A bet's versions, newest first, and of one version the copy that was adjusted last; of two that
-- are alike the first in the log. Age 1 is the truth; the others are its history, for which a
-- hundred are kept.
CREATE TEMPORARY VIEW bet_ranked AS
SELECT *
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY bet_id ORDER BY version DESC, adjustment DESC) AS age
    FROM bet_scored
)
WHERE age <= 100;
