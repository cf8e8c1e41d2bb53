-- Each day: VACUUM where needed, and a baseline for the growth of indexes.
SELECT ntsb_define_dag('maintenance', 'VACUUM where needed', schedule => '0 10 * * *', sla => '12 hours', tasks => ARRAY[
    ntsb_build_task('vacuum', $$CALL ntsb_maintain('vacuum')$$, timeout => '6 hours'),
    ntsb_build_task('measure', $$CALL ntsb_maintain('measure')$$, depends_on => '{vacuum}')]) AS maintenance;
