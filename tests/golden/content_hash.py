#!/usr/bin/env python3
"""Writes content_hash.jsonl: rows with their digests as computed by Python.

Each line is {"text": the row as JSON, "sha256": the digest}. The text is the input of
ntsb_content_hash. The digest is SHA-256 of json.dumps(json.loads(text), sort_keys=True).
"""
import hashlib
import json
import pathlib
import random

EDGE_CASES = [
    {},
    {"a": None},
    {"b": 1, "a": 2, "B": 3, "é": 4, "Z": 5, "\U0001F6E9": 6, "\uffee": 7},
    {"ev_id": "20080211X00175", "dec_latitude": 49.216634, "dec_longitude": -122.68387},
    {"text": 'quote " backslash \\ slash / newline \n return \r tab \t back \b form \f'},
    {"text": "control \u0001\u001e\u007f del, nbsp \u00a0, curly \u201cquotes\u201d, lost \ufffd"},
    {"text": "plane \U0001F6E9 beyond the BMP \U0001F1FA\U0001F1F8"},
    {"floats": [0.1, 0.5, 1.5, -2.25, 1e-4, 1e-5, 1.5e-7, 123456789.125, 0.30000000000000004]},
    {"floats": [1234567890123456.5, 29.92, 5e-324, 2.2250738585072014e-308, -97.641387]},
    {"whole floats keep their point": [1.0, -3.0, 100000.0, 1234567890123456.0]},
    {"integers": [0, 1, -1, 32767, 2147483648, 9007199254740993, 12345678901234567890123]},
    {"booleans": [True, False, None]},
    {"nested": {"z": [1, [2, {"y": None, "x": "deep"}]], "a": {}}, "empty": [], "": ""},
    {"NONE": "NONE", "leading zeros": "0206304044", "blank": " "},
]


def generate_row(rng):
    alphabet = "aZ09 _-\"\\\n\u00e9\u2019\u6f22\U0001F681\u007f"

    def random_text():
        return "".join(rng.choice(alphabet) for _ in range(rng.randrange(8)))

    def random_value(depth):
        kind = rng.randrange(7 if depth else 5)
        if kind == 0:
            return None
        if kind == 1:
            return rng.choice([True, False])
        if kind == 2:
            return rng.randrange(-10**rng.randrange(1, 20), 10**rng.randrange(1, 20))
        if kind == 3:
            # Below 1e16: for larger numbers, PostgreSQL's JSON does not distinguish floats from integers.
            return rng.choice([-1, 1]) * rng.random() * 10.0 ** rng.randrange(-12, 15)
        if kind == 4:
            return random_text()
        if kind == 5:
            return [random_value(depth - 1) for _ in range(rng.randrange(4))]
        return {random_text(): random_value(depth - 1) for _ in range(rng.randrange(4))}

    return {random_text(): random_value(3) for _ in range(rng.randrange(1, 9))}


def main():
    rng = random.Random(1962)
    rows = EDGE_CASES + [generate_row(rng) for _ in range(200)]
    with open(pathlib.Path(__file__).with_suffix(".jsonl"), "w", encoding="ascii") as out:
        for row in rows:
            text = json.dumps(row)
            canonical = json.dumps(json.loads(text), sort_keys=True)
            digest = hashlib.sha256(canonical.encode()).hexdigest()
            out.write(json.dumps({"text": text, "sha256": digest}) + "\n")


if __name__ == "__main__":
    main()
