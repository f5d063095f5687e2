-- Whole numbers of 64 bits are too narrow: amounts are texts of digits, multiplied and added up in
-- parts of nine of them, and divided digit by digit. A quotient is taken once, last, for all images
-- that cost the same, and rounded half to even by the remainder at 12 decimals; all else is exact.
-- What is too wide even so is an error ("integer overflow").
CREATE VIEW cogdex_totals AS
WITH RECURSIVE groups_once AS MATERIALIZED (
  SELECT
    g.listing AS listing, g.provider AS provider, g.low_each AS low_each,
    g.low_divisor AS low_divisor, g.high_each AS high_each, g.high_divisor AS high_divisor,
    g.images AS images, g.log_rows AS log_rows, g.reason AS reason, g.bad AS bad
  FROM cogdex_groups AS g
),
images AS (
  SELECT g.listing AS listing, 'low' AS which, g.low_each AS each_amount, g.low_divisor AS divisor,
    sum(g.images) AS images
  FROM groups_once AS g WHERE g.reason IS NULL GROUP BY g.listing, g.low_each, g.low_divisor
  UNION ALL
  SELECT g.listing, 'high', g.high_each, g.high_divisor, sum(g.images)
  FROM groups_once AS g WHERE g.reason IS NULL GROUP BY g.listing, g.high_each, g.high_divisor
),
products AS (
  SELECT i.listing AS listing, i.which AS which, i.divisor AS divisor,
    {{products}}
  FROM images AS i
),
dividends AS MATERIALIZED (
  SELECT p.listing AS listing, p.which AS which, p.divisor AS divisor, {{dividend}} AS digits
  FROM products AS p
),
division AS (
  SELECT d.listing AS listing, d.which AS which, d.divisor AS divisor, d.digits || '0' AS digits,
    0 AS place, 0 AS rest, '' AS quotient
  FROM dividends AS d WHERE d.divisor > 1
  UNION ALL
  SELECT v.listing, v.which, v.divisor, v.digits, v.place + 1,
    (v.rest * 10 + CAST(substr(v.digits, v.place + 1, 1) AS INTEGER)) % v.divisor,
    v.quotient || ((v.rest * 10 + CAST(substr(v.digits, v.place + 1, 1) AS INTEGER)) / v.divisor)
  FROM division AS v WHERE v.place < length(v.digits)
),
quotients AS (
  SELECT v.listing AS listing, v.which AS which, v.rest AS rest,
    substr(v.quotient, 1, length(v.quotient) - {{tail_digits}}) AS head,
    substr(v.quotient, -{{tail_digits}}) AS tail
  FROM division AS v WHERE v.place = length(v.digits)
),
shares AS (
  SELECT d.listing AS listing, d.which AS which, d.digits AS digits, 0 AS up
  FROM dividends AS d WHERE d.divisor = 1
  UNION ALL
  SELECT q.listing, q.which, q.head || '{{tail_zeros}}',
    CASE
      WHEN q.tail > '{{half}}' OR (q.tail = '{{half}}' AND q.rest > 0) THEN 1
      WHEN q.tail = '{{half}}' THEN CAST(substr(q.head, -1) AS INTEGER) % 2
      ELSE 0
    END
  FROM quotients AS q
),
sums AS (
  SELECT s.listing AS listing, s.which AS which,
    {{sums}}
  FROM shares AS s GROUP BY s.listing, s.which
),
totals AS MATERIALIZED (
  SELECT s.listing AS listing, s.which AS which, {{total}} AS digits FROM sums AS s
),
counts AS (
  SELECT
    g.listing AS listing, g.provider AS provider,
    sum(CASE WHEN g.reason IS NULL THEN g.images ELSE 0 END) AS images,
    sum(CASE WHEN g.reason IS NULL THEN g.log_rows ELSE 0 END) AS rows_priced,
    sum(CASE WHEN g.reason IS NOT NULL AND g.bad = 0 THEN g.log_rows ELSE 0 END) AS rows_refused,
    sum(CASE WHEN g.bad = 1 THEN g.log_rows ELSE 0 END) AS rows_bad
  FROM groups_once AS g
  GROUP BY g.listing, g.provider
)
SELECT
  c.listing AS listing, c.provider AS provider, {{currency}} AS currency, c.images AS images,
  CASE WHEN c.rows_priced > 0 THEN {{decimal l.digits}} END AS low,
  CASE WHEN c.rows_priced > 0 THEN {{decimal h.digits}} END AS high,
  c.rows_priced AS rows_priced, c.rows_refused AS rows_refused, c.rows_bad AS rows_bad,
  c.rows_priced > 0 AND c.rows_refused > 0 AS is_floor,
  CASE WHEN c.rows_priced > 0 THEN {{millionths l.digits}} END AS low_millionths,
  CASE WHEN c.rows_priced > 0 THEN {{millionths h.digits}} END AS high_millionths
FROM counts AS c
LEFT JOIN totals AS l ON l.listing = c.listing AND l.which = 'low'
LEFT JOIN totals AS h ON h.listing = c.listing AND h.which = 'high';
