"""Made-up files for the benches."""

import csv
from pathlib import Path

from measure import NTSB, run

WEEKLY = {"new": 19, "known": 81}


def generate(folder, events, *options):
    run(NTSB, "generate", "--events", events, "--seed", 1, "--out", folder, *options)
    return folder


def rows_of(folder):
    total = 0
    for path in Path(folder).glob("*.csv"):
        with open(path, newline="", encoding="utf-8") as file:
            total += sum(1 for _ in csv.reader(file)) - 1
    return total


def ids(folder):
    with open(Path(folder) / "events.csv", newline="", encoding="utf-8") as file:
        return [row["ev_id"] for row in csv.DictReader(file)]


def weekly(full, larger, folder):
    """The last events of a set, dated later and with another city, and the first ones that it
    lacks, as a file of their own."""
    folder.mkdir()
    known = set(ids(full)[-WEEKLY["known"]:])
    chosen = known | set(ids(larger)[-WEEKLY["new"]:])
    for path in Path(larger).glob("*.csv"):
        with open(path, newline="", encoding="utf-8") as file, \
                open(folder / path.name, "w", newline="", encoding="utf-8") as out:
            reader = csv.DictReader(file)
            writer = csv.DictWriter(out, reader.fieldnames, lineterminator="\n")
            writer.writeheader()
            for row in reader:
                if row.get("ev_id", None) is not None and row["ev_id"] not in chosen:
                    continue
                if path.stem == "events" and row["ev_id"] in known:
                    row |= {"ev_city": "Corrected", "lchg_date": "2026-06-30 12:00:00"}
                writer.writerow(row)
    return folder
