#!/usr/bin/env python3
"""Regenerates answers.json: results of SciPy for pairs of windows.

Usage, with the packages in a folder outside the repository:
    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install scipy==1.11.4 numpy==1.26.4
    /tmp/golden/bin/python make.py
"""

import json
import pathlib

import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, ks_2samp

random = np.random.default_rng(20240229)


def psi(counts):
    p, q = (counts + 0.5) / (counts.sum(1, keepdims=True) + 0.5 * counts.shape[1])
    return float(((q - p) * np.log(q / p)).sum())


def divergences(counts):
    p, q = counts / counts.sum(1, keepdims=True)
    return {"psi": psi(counts), "jensen_shannon": float(jensenshannon(p, q, 2)) ** 2}


def number_case(reference, current):
    edges = np.unique(np.sort(reference)[np.arange(1, 10) * len(reference) // 10])
    edges = np.concatenate([[-np.inf], edges, [np.inf]])
    # The bin of missing values is empty in both windows.
    count = lambda v: np.concatenate([[0], np.histogram(v, edges)[0]])
    result = ks_2samp(reference, current, method="asymp")
    return {
        "reference": reference.tolist(), "current": current.tolist(),
        "statistic": result.statistic, "p_value": result.pvalue,
        **divergences(np.array([count(reference), count(current)])),
    }


def code_case(reference, current):
    codes = sorted(set(reference) | set(current))
    counts = np.array([[list(w).count(c) for c in codes] for w in (reference, current)])
    result = chi2_contingency(counts, correction=False)
    return {
        "reference": list(map(str, reference)), "current": list(map(str, current)),
        "statistic": result.statistic, "p_value": result.pvalue, **divergences(counts),
    }


random_codes = lambda n, p: random.choice(["AIR", "HELI", "GLI", "BALL"], n, p=p).tolist()
cases = {
    "numbers": [
        number_case(random.normal(size=200).round(4), random.normal(size=150).round(4)),
        number_case(random.normal(size=200).round(4), random.normal(0.4, 1.2, size=90).round(4)),
        number_case(random.integers(0, 6, 120).astype(float), random.integers(1, 7, 100).astype(float)),
    ],
    "codes": [
        code_case(random_codes(300, [0.6, 0.2, 0.1, 0.1]), random_codes(200, [0.6, 0.2, 0.1, 0.1])),
        code_case(random_codes(200, [0.6, 0.2, 0.1, 0.1]), random_codes(200, [0.4, 0.2, 0.2, 0.2])),
    ],
}
(pathlib.Path(__file__).parent / "answers.json").write_text(json.dumps(cases) + "\n")
