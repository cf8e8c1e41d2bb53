-- Which maintenance is due. ntsb_maintain() runs it.

CREATE FUNCTION ntsb_maintenance_due(OUT object text, OUT action text, OUT reason text)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Invalid indexes come first: they cost writes and serve no query.
    SELECT format('%I.%I', n.nspname, c.relname), 'reindex',
           CASE WHEN NOT i.indisvalid THEN 'the index is invalid'
                ELSE format('grew to %s times the bytes per entry of %s',
                            round((pg_relation_size(c.oid) / greatest(c.reltuples, 1)
                                   / (m.bytes / greatest(m.entries, 1)))::numeric, 1), m.done_at::date) END
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i'
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ntsb'
    LEFT JOIN LATERAL (SELECT * FROM ntsb.maintenance m
                       WHERE m.object = format('%I.%I', n.nspname, c.relname)
                         AND m.action IN ('measure', 'reindex')
                       ORDER BY m.done_at DESC LIMIT 1) m ON true
    WHERE NOT i.indisvalid
       OR (pg_relation_size(c.oid) > 8 * 1024 * 1024 AND c.reltuples > 0 AND m.entries > 0
           AND pg_relation_size(c.oid) / c.reltuples > 2 * m.bytes / m.entries)
    UNION ALL
    SELECT format('%I.%I', s.schemaname, s.relname), 'vacuum',
           CASE WHEN s.vacuum_count + s.autovacuum_count = 0 THEN 'never vacuumed'
                ELSE format('%s dead and %s changed rows for %s live rows', s.n_dead_tup,
                            s.n_mod_since_analyze, s.n_live_tup) END
    FROM pg_stat_user_tables s
    WHERE s.schemaname = 'ntsb' AND s.relname <> 'maintenance'
      AND ((s.vacuum_count + s.autovacuum_count = 0 AND s.n_live_tup > 0)
           OR s.n_dead_tup > 1000 + s.n_live_tup / 20
           OR s.n_mod_since_analyze > 1000 + s.n_live_tup / 20)
    UNION ALL
    SELECT format('%I.%I', n.nspname, c.relname), 'measure', 'baseline for its growth'
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ntsb'
    WHERE c.relkind = 'i' AND c.reltuples > 0 AND pg_relation_size(c.oid) > 8 * 1024 * 1024
      AND NOT EXISTS (SELECT FROM ntsb.maintenance m
                      WHERE m.object = format('%I.%I', n.nspname, c.relname)
                        AND m.action IN ('measure', 'reindex'))
    ORDER BY 2 DESC, 1
$$;
COMMENT ON FUNCTION ntsb_maintenance_due() IS
'What CALL ntsb_maintain() would do now: vacuum tables of schema ntsb that were never vacuumed or have more than 1,000 + 5 % dead or changed rows; reindex indexes that are invalid, or larger than 8 MiB with more than twice the recorded bytes per entry; measure indexes larger than 8 MiB that have no record yet.';

CREATE FUNCTION ntsb_internal.record_maintenance(object text, action text, reason text, took interval) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ntsb.maintenance (object, action, done_at, reason, took, bytes, entries)
    SELECT record_maintenance.object, record_maintenance.action, clock_timestamp(),
           record_maintenance.reason, record_maintenance.took,
           pg_relation_size(c.oid), greatest(c.reltuples, 0)
    FROM pg_class c WHERE c.oid = to_regclass(record_maintenance.object)
    ON CONFLICT (object, action) DO UPDATE SET done_at = excluded.done_at, reason = excluded.reason,
        took = excluded.took, bytes = excluded.bytes, entries = excluded.entries
$$;
COMMENT ON FUNCTION ntsb_internal.record_maintenance(text, text, text, interval) IS
'Internal: called by ntsb_maintain. Records in ntsb.maintenance what was done to a table or index.';
