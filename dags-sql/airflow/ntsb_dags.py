"""The pipelines of pg_ntsb in Apache Airflow (read and run with 3.3.2).

Install Airflow's PostgreSQL provider and a connection `ntsb` (role: the owner of the warehouse), define the pipelines with
`psql -d ntsb -v without_schedules=1 -f dags-sql/install.sql`, and copy this file into the folder of DAGs.

Airflow decides when a pipeline starts. Order, retries and time limits of its tasks are in the database, so that there is one
definition of them: Airflow requests a run, then calls `ntsb_run_dags()` until the run has finished. The waiting task holds no
worker (mode reschedule) and no connection.
"""

from datetime import datetime, timedelta, timezone

from airflow.providers.postgres.hooks.postgres import PostgresHook

try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:
    from airflow.exceptions import AirflowFailException

try:  # Airflow 3
    from airflow.sdk import dag, task
    from airflow.sdk.bases.sensor import PokeReturnValue
except ImportError:
    from airflow.decorators import dag, task
    from airflow.sensors.base import PokeReturnValue

CONNECTION = "ntsb"

# Name and schedule (GMT), as in dags-sql/pipelines. None: on request, as after a load by `ntsb sync`.
PIPELINES = {
    "arrival": None,
    "nightly": "30 9 * * *",
    "predictions": "0 2 * * 0",
    "drift": "30 11 1 * *",
    "training": "0 3 2 * *",
    "maintenance": "0 10 * * *",
    "reindex": "0 12 * * 0",
    "retention": "45 10 * * 0",
    "restore_drill": "15 12 * * 1",
    "report": "0 6 1 * *",
}


def build_dag(name, schedule):
    """One DAG of Airflow for a pipeline."""

    @dag(
        dag_id=f"ntsb_{name}",
        schedule=schedule,
        start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
        catchup=False,
        max_active_runs=1,
        tags=["ntsb"],
    )
    def pipeline():
        @task(retries=3, retry_delay=timedelta(minutes=1))
        def request_run():
            hook = PostgresHook(postgres_conn_id=CONNECTION)
            # The handler reads the row before the hook commits.
            return hook.run(
                "SELECT ntsb_request_run(%s)", autocommit=True, parameters=(name,), handler=lambda cursor: cursor.fetchone()[0]
            )

        @task.sensor(mode="reschedule", poke_interval=60, timeout=24 * 3600)
        def run_tasks(dag_run_number):
            hook = PostgresHook(postgres_conn_id=CONNECTION)
            # A procedure that commits needs autocommit.
            hook.run("CALL ntsb_run_dags()", autocommit=True)
            state, message = hook.get_first(
                "SELECT state, message FROM ntsb_internal.describe_run(%s)", parameters=(dag_run_number,)
            )
            if state in ("failed", "cancelled"):
                raise AirflowFailException(message)
            return PokeReturnValue(is_done=state == "succeeded")

        run_tasks(request_run())

    return pipeline()


for _name, _schedule in PIPELINES.items():
    globals()[f"ntsb_{_name}"] = build_dag(_name, _schedule)
