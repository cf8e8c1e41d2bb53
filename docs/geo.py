#!/usr/bin/env python3
"""Draws docs/geo.svg from the synthetic sample.

Run ./dev demo, set PGHOST, PGPORT and PGUSER to that database, and run geo.py. Needs only psql.
"""
import json
import math
import pathlib
import subprocess

WEST, EAST, SOUTH, NORTH = -126, -66, 24, 50
WIDTH, PARALLELS = 900, (29.5, 45.5)
POINTS = """SELECT json_agg(json_build_array(e.lat, e.lon, c.cluster_id IS NOT NULL,
                (e.ev_highest_injury = 'FATL') IS TRUE))
            FROM ntsb_cluster_accidents(60, 8) c JOIN ntsb.events e USING (ev_id)
            WHERE e.lat BETWEEN 24 AND 50 AND e.lon BETWEEN -126 AND -66"""
HULLS = """SELECT json_agg(ST_AsGeoJSON(hull, 3)::json -> 'coordinates' -> 0)
           FROM ntsb_cluster_summary(60, 8) WHERE GeometryType(hull) = 'POLYGON'
           AND lat BETWEEN 24 AND 50 AND lon BETWEEN -126 AND -66"""


def query_json(sql):
    out = subprocess.run(["psql", "-XqAtc", sql], check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def project_albers(lat, lon):
    """Albers equal-area projection, so that densities can be compared."""
    south, north = (math.radians(p) for p in PARALLELS)
    n = (math.sin(south) + math.sin(north)) / 2
    c = math.cos(south) ** 2 + 2 * n * math.sin(south)
    rho = math.sqrt(c - 2 * n * math.sin(math.radians(lat))) / n
    theta = n * math.radians(lon + 96)
    return rho * math.sin(theta), rho * math.cos(theta)


def main():
    left, right = project_albers(SOUTH, WEST)[0], project_albers(SOUTH, EAST)[0]
    top, bottom = project_albers(NORTH, WEST)[1], project_albers(SOUTH, -96)[1]
    scale = WIDTH / (right - left)

    def format_point(lat, lon):
        x, y = project_albers(lat, lon)
        return f"{(x - left) * scale:.0f} {(y - top) * scale + 8:.0f}"

    def format_path(points, close=""):
        return "M" + "L".join(format_point(lat, lon) for lat, lon in points) + close

    points, hulls = query_json(POINTS), query_json(HULLS)
    grid = [format_path((lat, lon) for lon in range(WEST, EAST + 1, 3)) for lat in range(25, 51, 5)]
    grid += [format_path((lat, lon) for lat in range(SOUTH, NORTH + 1, 2)) for lon in range(-125, -65, 10)]
    layers = [
        ("fill='none' stroke='#dde3e8' stroke-width='1'", grid),
        ("fill='#f4a582' fill-opacity='.35' stroke='#d6604d' stroke-width='1'",
         [format_path(((lat, lon) for lon, lat in hull), "z") for hull in hulls]),
        ("stroke='#9aa7b1' stroke-width='3'", [f"M{format_point(p[0], p[1])}h0" for p in points if not p[2]]),
        ("stroke='#2b5c8a' stroke-width='3.5'", [f"M{format_point(p[0], p[1])}h0" for p in points if p[2] and not p[3]]),
        ("stroke='#b2182b' stroke-width='4.5'", [f"M{format_point(p[0], p[1])}h0" for p in points if p[3]]),
    ]
    height = round((bottom - top) * scale) + 16
    with open(pathlib.Path(__file__).with_suffix(".svg"), "w", encoding="ascii") as out:
        out.write(f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}'>\n"
                  "<title>Clusters of synthetic accidents</title>\n"
                  f"<rect width='{WIDTH}' height='{height}' fill='#fff'/>\n")
        for style, paths in layers:
            out.write(f"<path stroke-linecap='round' {style} d='{''.join(paths)}'/>\n")
        out.write("</svg>\n")


if __name__ == "__main__":
    main()
