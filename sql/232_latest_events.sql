-- The latest events first, page by page: what lists ask for most. An event without a date is taken for
-- one of its year's first day.

CREATE INDEX fact_accidents_latest_idx
    ON ntsb.fact_accidents (coalesce(ev_date, make_date(ev_year::int, 1, 1)), ev_id);
