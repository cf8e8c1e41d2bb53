#!/usr/bin/env python3
"""Writes geo_points.tsv and geo_answers.json: synthetic points, and results of reference implementations.

Needs numpy, scipy, scikit-learn, libpysal and esda; their versions are stored with the results. The points
include dense groups, the antimeridian, both poles, isolated points and many duplicates.
"""
import json
import pathlib
import warnings

import esda
import libpysal
import numpy
import scipy
import sklearn
from sklearn.cluster import DBSCAN
from sklearn.neighbors import KernelDensity

R = 6371.0088
K = 8
HERE = pathlib.Path(__file__).parent
CLUSTERINGS = [(10, 5), (25, 3), (50, 4), (200, 10), (1000, 30), (3000, 2), (0.001, 2), (10, 1)]


def generate_points(rng):
    centres = [(40, -100, 0.3), (61, -150, 0.5), (10, 179.95, 0.2), (-20, -179.9, 0.4), (89.9, 0, 0.3),
               (-89.95, 40, 0.1), (0, 0, 0.2), (34, -118, 0.05)]
    points = []
    for lat, lon, spread in centres:
        for dlat, dlon in rng.normal(0, spread, (55, 2)):
            points.append((lat + dlat, lon + dlon / max(numpy.cos(numpy.radians(lat)), 0.01)))
    points += [(numpy.degrees(numpy.arcsin(u)), v) for u, v in
               zip(rng.uniform(-1, 1, 60), rng.uniform(-180, 180, 60))]
    points += [(90.0, 0.0), (90.0, 120.0), (-90.0, 7.0), (12.0, 180.0), (12.0, -180.0), (0.0, 0.0)]
    points = [(lat if abs(lat) <= 90 else numpy.sign(lat) * 180 - lat, (lon + 180) % 360 - 180)
              for lat, lon in points]
    points += [points[i] for i in rng.integers(0, len(points), 90)] + [points[3]] * 15
    return numpy.round(numpy.array(points)[rng.permutation(len(points))], 6)


def find_neighbours(points):
    """The K nearest neighbours of each point except itself; the first in the list if equally distant."""
    lat, lon = numpy.radians(points).T
    vectors = numpy.column_stack([numpy.cos(lat) * numpy.cos(lon), numpy.cos(lat) * numpy.sin(lon), numpy.sin(lat)])
    lists = {}
    for i, vector in enumerate(vectors):
        a, b, c = ((vectors - vector) ** 2).T
        order = numpy.lexsort((numpy.arange(len(vectors)), a + b + c))
        lists[i] = [int(j) for j in order if j != i][:K]
    return lists


def haversine_km(points, place):
    lat, lon = numpy.radians(points).T
    plat, plon = numpy.radians(place)
    h = numpy.sin((lat - plat) / 2) ** 2 + numpy.cos(lat) * numpy.cos(plat) * numpy.sin((lon - plon) / 2) ** 2
    return 2 * R * numpy.arcsin(numpy.sqrt(numpy.minimum(h, 1)))


def cluster_points(points):
    for eps, min_points in CLUSTERINGS:
        found = DBSCAN(eps=eps / R, min_samples=min_points, metric="haversine", algorithm="ball_tree").fit(
            numpy.radians(points))
        yield {"eps_km": eps, "min_points": min_points, "labels": found.labels_.tolist(),
               "cores": found.core_sample_indices_.tolist()}


def measure_association(y, lists, exact):
    weights = libpysal.weights.W(lists, silence_warnings=True)
    moran = esda.Moran(y, weights, permutations=0)
    numpy.random.seed(1)
    local = esda.Moran_Local(y, weights, permutations=9999, seed=1)
    star = esda.G_Local(y, libpysal.weights.W(lists, silence_warnings=True), transform="B", star=True, permutations=0)
    z = numpy.asarray(star.Zs, dtype=float)
    p = 2 * scipy.stats.norm.sf(abs(z))
    p_local = local.p_sim
    if exact:  # the neighbours of a point are drawn from the other points without replacement
        ones, observed = int(y.sum()), numpy.array([y[lists[i]].sum() for i in range(len(y))])
        drawn = scipy.stats.hypergeom(len(y) - 1, (ones - y).astype(int), K)
        # PySAL counts ties on one side only, so a value shared by half of the points would look rare.
        p_local = numpy.minimum(drawn.sf(observed - 1), drawn.cdf(observed))
    return {"i": moran.I, "expected": moran.EI, "variance": moran.VI_rand, "z": moran.z_rand, "p": moran.p_rand,
            "local_i": local.Is.tolist(), "quadrant": local.q.tolist(), "local_p": p_local.tolist(),
            "gi_z": z.tolist(), "gi_p": p.tolist(),
            "gi_q": scipy.stats.false_discovery_control(p, method="bh").tolist()}


def measure_densities(points):
    """Densities at a few locations by the formulas. scikit-learn's Gaussian differs by a constant factor."""
    places, h = [(40.25, -99.75), (10.25, 179.75), (89.75, 0.25), (0.25, 0.25)], 120.0
    gaussian, quartic = [], []
    for place in places:
        d = haversine_km(points, place)
        gaussian.append(float((numpy.exp(-0.5 * (d / h) ** 2)[d <= 4 * h]).sum() / (2 * numpy.pi * h * h)))
        quartic.append(float((3 / (numpy.pi * h * h) * (1 - (d / h) ** 2)[d < h] ** 2).sum()))
    tree = KernelDensity(bandwidth=h / R, metric="haversine", kernel="gaussian").fit(numpy.radians(points))
    factor = gaussian / numpy.exp(tree.score_samples(numpy.radians(places)))
    assert numpy.ptp(factor) / factor.mean() < 1e-3, factor
    return {"bandwidth_km": h, "places": places, "gaussian": gaussian, "quartic": quartic}


def main():
    warnings.simplefilter("ignore")
    rng = numpy.random.default_rng(1962)
    points = generate_points(rng)
    lists = find_neighbours(points)
    near = numpy.isin(numpy.round(points[:, 0] / 10), [4, 6, 3])
    fatal = (rng.uniform(size=len(points)) < numpy.where(near, 0.45, 0.15)).astype(float)
    amount = numpy.round(rng.gamma(2, 3, len(points)) + 5 * near, 3)
    with open(HERE / "geo_points.tsv", "w", encoding="ascii") as out:
        for (lat, lon), is_fatal, value in zip(points, fatal, amount):
            out.write(f"{lat}\t{lon}\t{int(is_fatal)}\t{value}\n")
    results = {
        "made_with": {m.__name__: m.__version__ for m in (numpy, scipy, sklearn, libpysal, esda)},
        "clusterings": list(cluster_points(points)),
        "neighbours": [lists[i] for i in range(len(points))],
        "fatal": measure_association(fatal, lists, True),
        "amount": measure_association(amount, lists, False),
        "density": measure_densities(points),
    }
    with open(HERE / "geo_answers.json", "w", encoding="ascii") as out:
        json.dump(json.loads(json.dumps(results), parse_float=lambda x: float(f"{float(x):.12g}")), out,
                  separators=(",", ":"))
        out.write("\n")


if __name__ == "__main__":
    main()
