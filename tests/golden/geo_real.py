#!/usr/bin/env python3
"""Prints scikit-learn's clusters of the real points, for geo_real.tsv.

usage: geo_real.py DBNAME     (a database into which Pre2008.zip and avall.zip were loaded)

The digest covers one line per point, ordered by ev_id: ev_id, cluster (-1: none), core (1 or 0). It does
not reveal the locations. Needs numpy, scikit-learn and psycopg2.
"""
import hashlib
import sys

import numpy
import psycopg2
from sklearn.cluster import DBSCAN

POINTS = """SELECT ev_id, lat, lon FROM ntsb.events WHERE withdrawn_batch IS NULL AND lat IS NOT NULL
            ORDER BY ev_id COLLATE "C" """


def main(database):
    with psycopg2.connect(f"dbname={database}").cursor() as cursor:
        cursor.execute(POINTS)
        ids, lats, lons = zip(*cursor.fetchall())
    points = numpy.radians(numpy.column_stack([lats, lons]))
    print("points", "eps_km", "min_points", "clusters", "noise", "sha256", sep="\t")
    for eps, min_points in [(10, 10), (25, 10), (50, 10)]:
        found = DBSCAN(eps=eps / 6371.0088, min_samples=min_points, metric="haversine", algorithm="ball_tree").fit(points)
        core = numpy.zeros(len(points), dtype=int)
        core[found.core_sample_indices_] = 1
        lines = "".join(f"{i} {label} {c}\n" for i, label, c in zip(ids, found.labels_, core))
        print(len(points), eps, min_points, found.labels_.max() + 1, (found.labels_ == -1).sum(),
              hashlib.sha256(lines.encode()).hexdigest(), sep="\t", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
