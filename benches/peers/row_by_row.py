"""How NTSB's CSV files are usually loaded: pandas reads a table, each row is checked and hashed in
Python, looked up by its key, and inserted or updated with psycopg2. Written to be plain and right,
not to be slow: one transaction, keys read once a row, no needless work.

usage: row_by_row.py DSN FOLDER TABLE...     (tables in the order parents before children)
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
    """Columns that a file has of a table with their types, and the key."""
    cursor.execute(
        "SELECT column_name, sql_type, in_key FROM ntsb_source_columns()"
        " WHERE table_name = lower(%s) AND NOT derived", (table,))
    rows = cursor.fetchall()
    return {name: kind for name, kind, _ in rows}, [name for name, _, key in rows if key]


def moment(text):
    for form in ("%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            pass
    return None


def convert(text, kind):
    """A value of its column's type, or None for what cannot be one."""
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
        return moment(text)
    if kind == "boolean":
        return text in ("1", "T", "Y")
    return None if text.upper() in ("UNK", "UNKNOWN") else text


def problems(row):
    """The checks that such scripts have: places, dates, ages, sums of injuries."""
    found = []
    latitude, longitude = row.get("dec_latitude"), row.get("dec_longitude")
    if latitude is not None and not -90 <= latitude <= 90:
        found.append("latitude")
    if longitude is not None and not -180 <= longitude <= 180:
        found.append("longitude")
    date = row.get("ev_date")
    if date is not None and not 1962 <= date.year <= datetime.now().year:
        found.append("ev_date")
    age = row.get("crew_age")
    if age is not None and not 10 <= age <= 95:
        found.append("crew_age")
    total = row.get("inj_tot_t")
    parts = [row.get(f"inj_tot_{part}") or 0 for part in "fsmn"]
    if total is not None and total not in (sum(parts), sum(parts[:3])):
        found.append("inj_tot_t")
    return found


# The table of each table's parent, and how many columns of the key name it; others hang on aircraft.
PARENTS = {"events": (None, 0), "NTSB_Admin": ("events", 1), "dt_events": ("events", 1),
           "aircraft": ("events", 1), "flight_time": ("Flight_Crew", 3), "dt_Flight_Crew": ("Flight_Crew", 3)}


class Table:
    """The statements for one table."""

    def __init__(self, cursor, name, header):
        self.kinds, self.key = describe(cursor, name)
        self.columns = [column for column in header if column in self.kinds]
        if name == "events":
            self.kinds = {**self.kinds, "ev_year": "smallint", "coord_source": "text"}
            self.columns = list(dict.fromkeys([*self.columns, "ev_year", "coord_source"]))
        target = sql.Identifier("ntsb", name.lower())
        on_key = [sql.SQL("{} = %s").format(sql.Identifier(column)) for column in self.key]
        self.look_up = sql.SQL("SELECT content_hash FROM {} WHERE {}").format(
            target, sql.SQL(" AND ").join(on_key)).as_string(cursor)
        self.insert = sql.SQL(
            "INSERT INTO {} ({}, content_hash, hash_version, first_batch, last_batch)"
            " VALUES ({}, %s, 1, 1, 1)"
        ).format(target, sql.SQL(", ").join(map(sql.Identifier, self.columns)),
                 sql.SQL(", ").join([sql.Placeholder()] * len(self.columns))).as_string(cursor)


def load(cursor, folder, name, stored):
    """Loads one table; stored holds the keys of the rows so far, by table."""
    frame = pd.read_csv(f"{folder}/{name}.csv", dtype=str, keep_default_na=False)
    frame.columns = [column.lower() for column in frame.columns]
    table = Table(cursor, name, list(frame.columns))
    above, parts = PARENTS.get(name, ("aircraft", 2))
    mine, loaded = stored.setdefault(name, set()), 0
    for _, line in frame.iterrows():
        row = {column: convert(line.get(column), table.kinds[column]) for column in table.columns}
        key = tuple(row[column] for column in table.key)
        if problems(row) or None in key:
            continue
        if above and key[:parts] not in stored[above]:
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
        mine.add(key)
        loaded += 1
    return loaded


def main():
    dsn, folder, tables = sys.argv[1], sys.argv[2], sys.argv[3:]
    stored = {}
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        for table in tables:
            print(table, load(cursor, folder, table, stored))


main()
