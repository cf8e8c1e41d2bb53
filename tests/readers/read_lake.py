"""Counts a table that ntsb lake wrote, with several engines, and verifies its manifest.

usage: read_lake.py FOLDER

Prints one JSON object: for each engine the events and fatal events by year and the events by state, the version of
the Delta table, and the files whose SHA-256 is not that of _manifest.json.
"""

import hashlib
import json
import sys
from pathlib import Path

import duckdb
import pyarrow.dataset as dataset
from deltalake import DeltaTable

BY_YEAR = """SELECT ev_year, count(*), count(*) FILTER (WHERE severity = 'FATL')
             FROM t GROUP BY ev_year ORDER BY ev_year"""
BY_STATE = "SELECT ev_state, count(*) FROM t WHERE ev_state IS NOT NULL GROUP BY ev_state ORDER BY ev_state"


def count(connection):
    return {
        "by_year": [list(row) for row in connection.sql(BY_YEAR).fetchall()],
        "by_state": [list(row) for row in connection.sql(BY_STATE).fetchall()],
    }


def count_with_duckdb(folder):
    connection = duckdb.connect()
    connection.sql(
        f"CREATE VIEW t AS SELECT * FROM read_parquet('{folder}/*/*.parquet', hive_partitioning = true)"
    )
    return count(connection)


def count_arrow(table):
    connection = duckdb.connect()
    connection.register("t", table)
    return count(connection)


def wrong_files(folder):
    manifest = json.loads((folder / "_manifest.json").read_text())
    wrong = []
    for path, entry in manifest["files"].items():
        data = (folder / path).read_bytes()
        if hashlib.sha256(data).hexdigest() != entry["sha256"] or len(data) != entry["bytes"]:
            wrong.append(path)
    return wrong


def main():
    folder = Path(sys.argv[1])
    columns = ["ev_year", "ev_state", "severity"]
    delta = DeltaTable(str(folder))
    hive = dataset.dataset(str(folder), format="parquet", partitioning="hive")
    print(
        json.dumps(
            {
                "duckdb": count_with_duckdb(folder),
                "pyarrow": count_arrow(hive.to_table(columns=columns)),
                "delta": count_arrow(delta.to_pyarrow_table(columns=columns)),
                "version": delta.version(),
                "delta_columns": len(delta.schema().fields),
                "wrong_files": wrong_files(folder),
            }
        )
    )


main()
