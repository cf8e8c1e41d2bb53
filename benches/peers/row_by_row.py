"""The peer of the ingest benchmark: a typical Python script that loads NTSB's CSV files.

pandas reads a table; each row is checked and hashed in Python, looked up by its key, and inserted with
psycopg2. The script does no unnecessary work: one transaction, one lookup per row.

usage: row_by_row.py DSN FOLDER TABLE...     (parent tables before child tables)
"""

import hashlib
import json
import sys
from datetime import datetime

import pandas as pd
import psycopg2
from psycopg2 import sql


RANGES = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


def describe(cursor, table):
    """The file's columns of a table with their types, and the key columns."""
    cursor.execute(
        "SELECT column_name, sql_type, in_key FROM ntsb_source_columns()"
        " WHERE table_name = lower(%s) AND NOT derived", (table,))
    rows = cursor.fetchall()
    return {name: kind for name, kind, _ in rows}, [name for name, _, key in rows if key]


def parse_timestamp(text):
    for pattern in ("%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            pass
    return None


def convert(text, kind):
    """Converts a value to the type of its column, or to None if that is impossible."""
    if not isinstance(text, str) or not text.strip():
        return None
    text = text.strip()
    if kind in ("real", "double precision"):
        try:
            return float(text)
        except ValueError:
            return None
    if kind in RANGES:
        try:
            value = int(float(text))
        except (ValueError, OverflowError):
            return None
        return value if abs(value) < RANGES[kind] else None
    if kind == "date" or kind.startswith("timestamp"):
        return parse_timestamp(text)
    if kind == "boolean":
        return text in ("1", "T", "Y")
    return None if text.upper() in ("UNK", "UNKNOWN") else text


def find_problems(row):
    """Checks that such scripts typically have: coordinates, dates, ages, sums of injuries."""
    problems = []
    latitude, longitude = row.get("dec_latitude"), row.get("dec_longitude")
    if latitude is not None and not -90 <= latitude <= 90:
        problems.append("latitude")
    if longitude is not None and not -180 <= longitude <= 180:
        problems.append("longitude")
    date = row.get("ev_date")
    if date is not None and not 1962 <= date.year <= datetime.now().year:
        problems.append("ev_date")
    age = row.get("crew_age")
    if age is not None and not 10 <= age <= 95:
        problems.append("crew_age")
    total = row.get("inj_tot_t")
    parts = [row.get(f"inj_tot_{part}") or 0 for part in "fsmn"]
    if total is not None and total not in (sum(parts), sum(parts[:3])):
        problems.append("inj_tot_t")
    return problems


# The parent of each table, and how many key columns refer to it. Tables not listed are children of aircraft.
PARENTS = {"events": (None, 0), "NTSB_Admin": ("events", 1), "dt_events": ("events", 1),
           "aircraft": ("events", 1), "flight_time": ("Flight_Crew", 3), "dt_Flight_Crew": ("Flight_Crew", 3)}


class Table:
    """Statements for one table."""

    def __init__(self, cursor, name, header):
        self.kinds, self.key = describe(cursor, name)
        self.columns = [column for column in header if column in self.kinds]
        if name == "events":
            self.kinds = {**self.kinds, "ev_year": "smallint", "coord_source": "text"}
            self.columns = list(dict.fromkeys([*self.columns, "ev_year", "coord_source"]))
        target = sql.Identifier("ntsb", name.lower())
        key_conditions = [sql.SQL("{} = %s").format(sql.Identifier(column)) for column in self.key]
        self.look_up = sql.SQL("SELECT content_hash FROM {} WHERE {}").format(
            target, sql.SQL(" AND ").join(key_conditions)).as_string(cursor)
        self.insert = sql.SQL(
            "INSERT INTO {} ({}, content_hash, hash_version, first_batch, last_batch)"
            " VALUES ({}, %s, 1, 1, 1)"
        ).format(target, sql.SQL(", ").join(map(sql.Identifier, self.columns)),
                 sql.SQL(", ").join([sql.Placeholder()] * len(self.columns))).as_string(cursor)


def load(cursor, folder, name, stored):
    """Loads one table. stored: the keys of the rows loaded so far, by table."""
    frame = pd.read_csv(f"{folder}/{name}.csv", dtype=str, keep_default_na=False)
    frame.columns = [column.lower() for column in frame.columns]
    table = Table(cursor, name, list(frame.columns))
    parent, parent_columns = PARENTS.get(name, ("aircraft", 2))
    keys, loaded = stored.setdefault(name, set()), 0
    for _, source in frame.iterrows():
        row = {column: convert(source.get(column), table.kinds[column]) for column in table.columns}
        key = tuple(row[column] for column in table.key)
        if find_problems(row) or None in key:
            continue
        if parent and key[:parent_columns] not in stored[parent]:
            continue
        digest = hashlib.sha256(json.dumps(row, sort_keys=True, default=str).encode()).digest()
        cursor.execute(table.look_up, key)
        if cursor.fetchone() is not None:
            continue
        if name == "events":
            row["coord_source"] = "dec" if row.get("dec_latitude") is not None else "none"
            row["ev_year"] = row["ev_date"].year if row["ev_date"] else int(row["ev_id"][:4])
            cursor.execute("INSERT INTO ntsb.event_key (ev_id, ev_year, lchg_batch)"
                           " VALUES (%s, %s, 1)", (row["ev_id"], row["ev_year"]))
        cursor.execute(table.insert, [row[column] for column in table.columns] + [digest])
        keys.add(key)
        loaded += 1
    return loaded


def main():
    dsn, folder, tables = sys.argv[1], sys.argv[2], sys.argv[3:]
    stored = {}
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        for table in tables:
            print(table, load(cursor, folder, table, stored))


main()
