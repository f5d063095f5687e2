(
  SELECT
    t.time AS time, t.size AS size, t.quality AS quality, t.listing AS listing, t.tag AS tag,
    CASE
      WHEN t.images IS NULL THEN NULL
      WHEN typeof(t.images) = 'integer' THEN t.images
      WHEN typeof(t.images) = 'real' AND t.images = CAST(t.images AS INTEGER) THEN CAST(t.images AS INTEGER)
      WHEN typeof(t.images) = 'text' AND t.whole <> '' AND length(t.whole) <= 15
        AND t.whole NOT GLOB '*[^0-9]*' AND (t.images NOT LIKE '%.%' OR t.decimals <> '')
        AND rtrim(t.decimals, '0') = '' THEN CAST(t.whole AS INTEGER)
      ELSE -1
    END AS images,
    CASE
      WHEN t.stamp GLOB '[0-9]*' AND t.seconds NOT GLOB '*[^0-9]*'
        AND (t.stamp NOT LIKE '%.%' OR t.fraction <> '') AND t.fraction NOT GLOB '*[^0-9]*'
      THEN CASE
        WHEN length(t.seconds) > 18 AND t.seconds > '4102444799999999999' THEN NULL
        WHEN length(t.seconds) > 19 THEN NULL
        WHEN CAST(t.seconds AS INTEGER) BETWEEN 946684800 AND 4102444799
          THEN date(CAST(t.seconds AS INTEGER), 'unixepoch')
        WHEN CAST(t.seconds AS INTEGER) BETWEEN 946684800000 AND 4102444799999
          THEN date(CAST(t.seconds AS INTEGER) / 1000, 'unixepoch')
        WHEN CAST(t.seconds AS INTEGER) BETWEEN 946684800000000 AND 4102444799999999
          THEN date(CAST(t.seconds AS INTEGER) / 1000000, 'unixepoch')
        WHEN CAST(t.seconds AS INTEGER) BETWEEN 946684800000000000 AND 4102444799999999999
          THEN date(CAST(t.seconds AS INTEGER) / 1000000000, 'unixepoch')
      END
      -- Without a modifier, the 30th of February would stay one.
      WHEN coalesce(date(t.named_day, '+0 days'), '') <> t.named_day THEN NULL
      WHEN t.clock = '' THEN t.named_day
      WHEN substr(t.clock, 1, 6) NOT GLOB '[Tt ][0-2][0-9]:[0-5][0-9]' THEN NULL
      WHEN substr(t.clock, 2, 2) > '23' THEN NULL
      WHEN substr(t.clock, 7, 1) = ':' AND substr(t.clock, 8, 2) > '60' THEN NULL
      WHEN t.zone IN ('', 'Z', 'UTC', 'GMT') THEN t.named_day
      WHEN t.zone GLOB '[-+][0-2][0-9]' OR t.zone GLOB '[-+][0-2][0-9][0-5][0-9]'
        OR t.zone GLOB '[-+][0-2][0-9]:[0-5][0-9]'
      THEN CASE WHEN substr(t.zone, 2, 2) <= '23' THEN date(
        t.named_day || substr(t.clock, 2, 5),
        (CASE substr(t.zone, 1, 1) WHEN '-' THEN '+' ELSE '-' END)
          || (60 * substr(t.zone, 2, 2) + CAST(substr(replace(t.zone, ':', ''), 4, 2) AS INTEGER))
          || ' minutes'
      ) END
    END AS day
  FROM (
    SELECT
      c.time, c.images, c.size, c.quality, c.listing, c.tag, c.stamp, c.named_day, c.clock,
      CASE WHEN instr(c.stamp, '.') > 0 THEN substr(c.stamp, 1, instr(c.stamp, '.') - 1)
        ELSE c.stamp END AS seconds,
      CASE WHEN instr(c.stamp, '.') > 0 THEN substr(c.stamp, instr(c.stamp, '.') + 1)
        ELSE '' END AS fraction,
      CASE WHEN instr(c.count, '.') > 0 THEN substr(c.count, 1, instr(c.count, '.') - 1)
        ELSE c.count END AS whole,
      CASE WHEN instr(c.count, '.') > 0 THEN substr(c.count, instr(c.count, '.') + 1)
        ELSE '' END AS decimals,
      upper(trim(CASE
        WHEN c.clock NOT GLOB '?[0-9][0-9]:[0-9][0-9]:[0-6][0-9]*' THEN substr(c.clock, 7)
        WHEN substr(c.clock, 10) NOT GLOB '[.,][0-9]*' THEN substr(c.clock, 10)
        ELSE ltrim(substr(c.clock, 11), '0123456789')
      END)) AS zone
    FROM (
      SELECT
        r.time, r.images, r.size, r.quality, r.listing, r.tag,
        CASE typeof(r.time) WHEN 'real' THEN printf('%.3f', r.time) ELSE trim(r.time) END AS stamp,
        replace(substr(trim(r.time), 1, 10), '/', '-') AS named_day,
        substr(trim(r.time), 11) AS clock,
        CASE WHEN trim(r.images) LIKE '+%' THEN substr(trim(r.images), 2)
          ELSE trim(r.images) END AS count
      FROM usage AS r
    ) AS c
  ) AS t
)