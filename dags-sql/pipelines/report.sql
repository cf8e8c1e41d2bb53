-- On the 1st of each month: the report of the month before, in ntsb.monthly_report.
SELECT ntsb_define_dag('report', 'Monthly report', schedule => '0 6 1 * *', sla => '12 hours', tasks => ARRAY[
    ntsb_build_task('report', 'SELECT ntsb_create_report()')]) AS report;
