"""Synthetic NTSB files for the benchmarks."""

import csv
from pathlib import Path

from measure import NTSB, run

WEEKLY = {"new": 19, "changed": 81}


def generate(folder, events, *options):
    run(NTSB, "generate", "--events", events, "--seed", 1, "--out", folder, *options)
    return folder


def count_rows(folder):
    total = 0
    for path in Path(folder).glob("*.csv"):
        with open(path, newline="", encoding="utf-8") as file:
            total += sum(1 for _ in csv.reader(file)) - 1
    return total


def read_ids(folder):
    with open(Path(folder) / "events.csv", newline="", encoding="utf-8") as file:
        return [row["ev_id"] for row in csv.DictReader(file)]


def write_weekly(full, larger, folder):
    """Writes a weekly file: the last events of full, with another city and a later date, and the
    first events of larger that full lacks."""
    folder.mkdir()
    changed = set(read_ids(full)[-WEEKLY["changed"]:])
    chosen = changed | set(read_ids(larger)[-WEEKLY["new"]:])
    for path in Path(larger).glob("*.csv"):
        with open(path, newline="", encoding="utf-8") as file, \
                open(folder / path.name, "w", newline="", encoding="utf-8") as out:
            reader = csv.DictReader(file)
            writer = csv.DictWriter(out, reader.fieldnames, lineterminator="\n")
            writer.writeheader()
            for row in reader:
                if row.get("ev_id") is not None and row["ev_id"] not in chosen:
                    continue
                if path.stem == "events" and row["ev_id"] in changed:
                    row |= {"ev_city": "Corrected", "lchg_date": "2026-06-30 12:00:00"}
                writer.writerow(row)
    return folder
