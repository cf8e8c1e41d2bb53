"""Reads exports as pyarrow and DuckDB read them, and says what they hold.

usage: read_back.py FOLDER…   each with a manifest.json, or: read_back.py FILE.parquet…

One JSON object: for each path and engine the number of rows and a digest over them, in which each value
is written so that two values look alike only if they are the same; and the types that pyarrow gives them.
"""

import datetime
import hashlib
import json
import struct
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet


def written(value, kind):
    if value is None:
        return "\\N"
    if kind == "real":
        return struct.pack(">f", value).hex()
    if kind == "double precision":
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


def digest(rows, kinds):
    lines = ("|".join(written(v, k) for v, k in zip(row, kinds, strict=True)) for row in rows)
    return hashlib.sha256("\n".join(sorted(lines, key=str.encode)).encode()).hexdigest()


def by_pyarrow(files, kinds):
    rows = []
    for file in files:
        opened = parquet.ParquetFile(file)
        # pyarrow 18 reads a file without rows as a data set alone.
        if opened.metadata.num_rows == 0:
            continue
        columns = [column.to_pylist() for column in opened.read().columns]
        rows.extend(zip(*columns))
    return {"rows": len(rows), "sha256": digest(rows, kinds)}


def by_duckdb(files, kinds):
    if not files:
        return {"rows": 0, "sha256": digest([], kinds)}
    connection = duckdb.connect()
    rows = connection.read_parquet([str(f) for f in files], hive_partitioning=False).fetchall()
    return {"rows": len(rows), "sha256": digest(rows, kinds)}


def described(files):
    if not files:
        return {}
    opened = parquet.ParquetFile(files[0])
    told = {field.name: str(field.type) for field in opened.schema_arrow}
    geo = (opened.metadata.metadata or {}).get(b"geo")
    return {"types": told, "geo": json.loads(geo) if geo else None}


def main(paths):
    answer = {}
    for path in map(Path, paths):
        if path.is_dir():
            manifest = json.loads((path / "manifest.json").read_text())
            files = [path / file["path"] for file in manifest["files"]]
            kinds = [column["sql_type"] for column in manifest["columns"]]
        else:
            files = [path]
            fields = parquet.ParquetFile(path).schema_arrow
            kinds = [field.metadata[b"sql_type"].decode() for field in fields]
        answer[str(path)] = {"pyarrow": by_pyarrow(files, kinds), "duckdb": by_duckdb(files, kinds),
                             **described(files)}
    print(json.dumps(answer))


main(sys.argv[1:])
