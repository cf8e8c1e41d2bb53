#!/bin/sh
# Regenerates answers.tsv: the result of each condition on one row in PostgreSQL.
# Usage: PGHOST=… PGDATABASE=… ./make.sh   (any database, which is not changed)
set -eu
cd "$(dirname "$0")"
row="SELECT '20100615X00001'::text AS ev_id, '2010-06-15'::date AS ev_date, 'Reno'::text AS ev_city,
    'NV'::text AS ev_state, NULL::text AS ev_country, 825::smallint AS ev_time, 2::smallint AS inj_tot_f,
    NULL::smallint AS inj_tot_s, 2.5::real AS vis_sm, 29.92::real AS altimeter, NULL::date AS ntsb_notf_date,
    39.5::double precision AS dec_latitude, -119.75::double precision AS dec_longitude,
    '2012-01-02 03:04:05'::timestamp(0) AS lchg_date"
conditions=$(grep -v '^#' answers.tsv | cut -f1)
{
    printf '# Condition and its result in PostgreSQL (t, f, or empty for null), written by make.sh\n'
    printf '%s\n' "$conditions" | while IFS= read -r condition; do
        result=$(psql -XAtqv ON_ERROR_STOP=1 -c "SELECT $condition FROM ($row) r")
        printf '%s\t%s\n' "$condition" "$result"
    done
} > answers.new
mv answers.new answers.tsv
