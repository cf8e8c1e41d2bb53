"""Reads exports with pyarrow and DuckDB and prints what they contain.

usage: read_back.py FOLDER…   each with a manifest.json, or: read_back.py FILE.parquet…

Prints one JSON object: for each path and engine, the number of rows and a digest of them, and the types in
pyarrow. Different values never have the same text in the digest.
"""

import datetime
import hashlib
import json
import struct
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet


def format_value(value, sql_type):
    if value is None:
        return "\\N"
    if sql_type == "real":
        return struct.pack(">f", value).hex()
    if sql_type == "double precision":
        return struct.pack(">d", value).hex()
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        if value.tzinfo:
            value = value.astimezone(datetime.timezone.utc)
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


def digest(rows, sql_types):
    lines = ("|".join(format_value(v, k) for v, k in zip(row, sql_types, strict=True)) for row in rows)
    return hashlib.sha256("\n".join(sorted(lines, key=str.encode)).encode()).hexdigest()


def read_with_pyarrow(files, sql_types):
    rows = []
    for file in files:
        opened = parquet.ParquetFile(file)
        # pyarrow 18 cannot read columns of a file without rows.
        if opened.metadata.num_rows == 0:
            continue
        columns = [column.to_pylist() for column in opened.read().columns]
        rows.extend(zip(*columns))
    return {"rows": len(rows), "sha256": digest(rows, sql_types)}


def read_with_duckdb(files, sql_types):
    if not files:
        return {"rows": 0, "sha256": digest([], sql_types)}
    connection = duckdb.connect()
    rows = connection.read_parquet([str(f) for f in files], hive_partitioning=False).fetchall()
    return {"rows": len(rows), "sha256": digest(rows, sql_types)}


def describe(files):
    if not files:
        return {}
    opened = parquet.ParquetFile(files[0])
    types = {field.name: str(field.type) for field in opened.schema_arrow}
    geo = (opened.metadata.metadata or {}).get(b"geo")
    return {"types": types, "geo": json.loads(geo) if geo else None}


def main(paths):
    results = {}
    for path in map(Path, paths):
        if path.is_dir():
            manifest = json.loads((path / "manifest.json").read_text())
            files = [path / file["path"] for file in manifest["files"]]
            sql_types = [column["sql_type"] for column in manifest["columns"]]
        else:
            files = [path]
            fields = parquet.ParquetFile(path).schema_arrow
            sql_types = [field.metadata[b"sql_type"].decode() for field in fields]
        results[str(path)] = {"pyarrow": read_with_pyarrow(files, sql_types), "duckdb": read_with_duckdb(files, sql_types),
                             **describe(files)}
    print(json.dumps(results))


main(sys.argv[1:])
