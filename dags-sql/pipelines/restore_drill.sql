-- Mondays: fails, and so raises an alert, if no restore drill has succeeded for 35 days. One attempt, as waiting does not help.
SELECT ntsb_define_dag('restore_drill', 'Checks that a restore drill was recorded lately', schedule => '15 12 * * 1', sla => '12 hours', tasks => ARRAY[
    ntsb_build_task('check', $$SELECT ntsb_check_restore_drill('35 days')$$, max_attempts => 1)]) AS restore_drill;
