-- Every day from 1962 to 2035, with the federal holidays of 5 U.S.C. 6103 and earlier laws, each in the years in which
-- it was a holiday. Inauguration Day is omitted: it is a holiday only around Washington.

CREATE TABLE ntsb.dim_time (
    time_id               integer PRIMARY KEY,
    full_date             date UNIQUE,
    year                  smallint,
    quarter               smallint,
    month                 smallint,
    month_name            text,
    day                   smallint,
    day_of_year           smallint,
    iso_week              smallint,
    day_of_week           smallint,
    day_name              text,
    is_weekend            boolean,
    holiday_name          text,
    observed_holiday_name text
);

WITH rule (name, month, day, weekday, nth, first_year, last_year) AS (VALUES
    -- A fixed day, or the nth weekday (0 Sunday … 6 Saturday; nth 0 is the last) of a month.
    ('New Year''s Day',            1,  1,    NULL, NULL, 1962, 2036),
    ('Martin Luther King Jr. Day', 1,  NULL, 1,    3,    1986, 2036),
    ('Washington''s Birthday',     2,  22,   NULL, NULL, 1962, 1970),
    ('Washington''s Birthday',     2,  NULL, 1,    3,    1971, 2036),
    ('Memorial Day',               5,  30,   NULL, NULL, 1962, 1970),
    ('Memorial Day',               5,  NULL, 1,    0,    1971, 2036),
    ('Juneteenth',                 6,  19,   NULL, NULL, 2021, 2036),
    ('Independence Day',           7,  4,    NULL, NULL, 1962, 2036),
    ('Labor Day',                  9,  NULL, 1,    1,    1962, 2036),
    ('Columbus Day',               10, NULL, 1,    2,    1971, 2036),
    ('Veterans Day',               11, 11,   NULL, NULL, 1962, 1970),
    ('Veterans Day',               10, NULL, 1,    4,    1971, 1977),
    ('Veterans Day',               11, 11,   NULL, NULL, 1978, 2036),
    ('Thanksgiving Day',           11, NULL, 4,    4,    1962, 2036),
    ('Christmas Day',              12, 25,   NULL, NULL, 1962, 2036)
), holiday AS (
    SELECT r.name, coalesce(
        make_date(y, r.month, r.day),
        CASE WHEN r.nth > 0 THEN make_date(y, r.month, 1)
                 + (r.weekday - extract(dow FROM make_date(y, r.month, 1))::int + 7) % 7 + 7 * (r.nth - 1)
             ELSE make_date(y, r.month + 1, 1) - 1
                 - (extract(dow FROM make_date(y, r.month + 1, 1) - 1)::int - r.weekday + 7) % 7 END) AS day
    FROM rule r, generate_series(r.first_year, r.last_year) y
), observed AS (
    -- A Saturday holiday is observed on Friday, a Sunday holiday on Monday.
    SELECT name, day + CASE extract(dow FROM day) WHEN 6 THEN -1 WHEN 0 THEN 1 ELSE 0 END AS day
    FROM holiday
)
INSERT INTO ntsb.dim_time
SELECT to_char(d, 'YYYYMMDD')::integer, d, extract(year FROM d), extract(quarter FROM d),
       extract(month FROM d), to_char(d, 'FMMonth'), extract(day FROM d), extract(doy FROM d),
       extract(week FROM d), extract(isodow FROM d), to_char(d, 'FMDay'), extract(isodow FROM d) > 5,
       h.name, o.name
FROM (SELECT d::date FROM generate_series(timestamp '1962-01-01', timestamp '2035-12-31', interval '1 day') d) days
LEFT JOIN holiday h ON h.day = d
LEFT JOIN observed o ON o.day = d
ORDER BY d;
INSERT INTO ntsb.dim_time (time_id) VALUES (0);

COMMENT ON TABLE ntsb.dim_time IS
    'Days from 1962 to 2035 with the federal holidays of the United States; time_id 0 is an unknown day or one outside this range';
COMMENT ON COLUMN ntsb.dim_time.time_id IS 'The day as YYYYMMDD; 0 for the unknown member';
COMMENT ON COLUMN ntsb.dim_time.full_date IS 'The day; null for the unknown member';
COMMENT ON COLUMN ntsb.dim_time.year IS 'Calendar year';
COMMENT ON COLUMN ntsb.dim_time.quarter IS 'Quarter of the year, 1 to 4';
COMMENT ON COLUMN ntsb.dim_time.month IS 'Month, 1 to 12';
COMMENT ON COLUMN ntsb.dim_time.month_name IS 'Name of the month in English';
COMMENT ON COLUMN ntsb.dim_time.day IS 'Day of the month';
COMMENT ON COLUMN ntsb.dim_time.day_of_year IS 'Day of the year, from 1';
COMMENT ON COLUMN ntsb.dim_time.iso_week IS 'ISO 8601 week; the first days of January may be in week 52 or 53';
COMMENT ON COLUMN ntsb.dim_time.day_of_week IS '1 Monday to 7 Sunday';
COMMENT ON COLUMN ntsb.dim_time.day_name IS 'Name of the weekday in English';
COMMENT ON COLUMN ntsb.dim_time.is_weekend IS 'True on Saturday and Sunday';
COMMENT ON COLUMN ntsb.dim_time.holiday_name IS 'Federal holiday on that day by law, in the years in which it was a holiday; null on other days';
COMMENT ON COLUMN ntsb.dim_time.observed_holiday_name IS
    'Holiday for which federal offices close on that day: the day itself, Friday for a Saturday, Monday for a Sunday';
