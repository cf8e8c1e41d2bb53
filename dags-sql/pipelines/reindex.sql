-- Sundays: rebuilds invalid and bloated indexes, concurrently.
SELECT ntsb_define_dag('reindex', 'REINDEX CONCURRENTLY where needed', schedule => '0 12 * * 0', sla => '12 hours', tasks => ARRAY[
    ntsb_build_task('reindex', $$CALL ntsb_maintain('reindex')$$, timeout => '10 hours', lock_timeout => '10 minutes')]) AS reindex;
