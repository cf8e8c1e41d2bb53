#!/usr/bin/env python3
"""Writes answers.json anew: what SciPy says of pairs of windows.

Usage, with a folder outside of the repository for the packages:
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


def sizes(counts):
    p, q = counts / counts.sum(1, keepdims=True)
    return {"psi": psi(counts), "jensen_shannon": float(jensenshannon(p, q, 2)) ** 2}


def numbers(reference, current):
    edges = np.unique(np.sort(reference)[np.arange(1, 10) * len(reference) // 10])
    edges = np.concatenate([[-np.inf], edges, [np.inf]])
    # No value is missing: that bin is empty in both.
    count = lambda v: np.concatenate([[0], np.histogram(v, edges)[0]])
    said = ks_2samp(reference, current, method="asymp")
    return {
        "reference": reference.tolist(), "current": current.tolist(),
        "statistic": said.statistic, "p_value": said.pvalue, **sizes(np.array([count(reference), count(current)])),
    }


def codes(reference, current):
    kinds = sorted(set(reference) | set(current))
    counts = np.array([[list(w).count(k) for k in kinds] for w in (reference, current)])
    said = chi2_contingency(counts, correction=False)
    return {
        "reference": list(map(str, reference)), "current": list(map(str, current)),
        "statistic": said.statistic, "p_value": said.pvalue, **sizes(counts),
    }


pick = lambda n, p: random.choice(["AIR", "HELI", "GLI", "BALL"], n, p=p).tolist()
cases = {
    "numbers": [
        numbers(random.normal(size=200).round(4), random.normal(size=150).round(4)),
        numbers(random.normal(size=200).round(4), random.normal(0.4, 1.2, size=90).round(4)),
        numbers(random.integers(0, 6, 120).astype(float), random.integers(1, 7, 100).astype(float)),
    ],
    "codes": [
        codes(pick(300, [0.6, 0.2, 0.1, 0.1]), pick(200, [0.6, 0.2, 0.1, 0.1])),
        codes(pick(200, [0.6, 0.2, 0.1, 0.1]), pick(200, [0.4, 0.2, 0.2, 0.2])),
    ],
}
(pathlib.Path(__file__).parent / "answers.json").write_text(json.dumps(cases) + "\n")
