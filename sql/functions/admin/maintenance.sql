-- What maintenance is due. ntsb_maintain() does it.

CREATE FUNCTION ntsb_maintenance_due(OUT object text, OUT action text, OUT reason text)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- An index whose rebuild broke off first: until then it costs and does not serve.
    SELECT format('%I.%I', n.nspname, c.relname), 'reindex',
           CASE WHEN NOT i.indisvalid THEN 'it is invalid'
                ELSE format('it has grown to %s times the bytes per entry of %s',
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
           CASE WHEN s.vacuum_count + s.autovacuum_count = 0 THEN 'it was never vacuumed'
                ELSE format('%s dead rows and %s changed ones among %s', s.n_dead_tup,
                            s.n_mod_since_analyze, s.n_live_tup) END
    FROM pg_stat_user_tables s
    WHERE s.schemaname = 'ntsb' AND s.relname <> 'maintenance'
      AND ((s.vacuum_count + s.autovacuum_count = 0 AND s.n_live_tup > 0)
           OR s.n_dead_tup > 1000 + s.n_live_tup / 20
           OR s.n_mod_since_analyze > 1000 + s.n_live_tup / 20)
    UNION ALL
    SELECT format('%I.%I', n.nspname, c.relname), 'measure', 'its growth is counted from here'
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ntsb'
    WHERE c.relkind = 'i' AND c.reltuples > 0 AND pg_relation_size(c.oid) > 8 * 1024 * 1024
      AND NOT EXISTS (SELECT FROM ntsb.maintenance m
                      WHERE m.object = format('%I.%I', n.nspname, c.relname)
                        AND m.action IN ('measure', 'reindex'))
    ORDER BY 2 DESC, 1
$$;
COMMENT ON FUNCTION ntsb_maintenance_due() IS
'What CALL ntsb_maintain() would do now: tables of schema ntsb with more than 1,000 + 5 % dead or changed rows or never vacuumed (vacuum), indexes that are invalid or of more than 8 MiB and twice the bytes per entry that they had (reindex), and larger indexes not measured yet (measure).';

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
'Notes in ntsb.maintenance what was done to a table or index; ntsb_maintain() calls it.';
