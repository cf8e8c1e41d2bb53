#!/usr/bin/env python3
"""Writes cases.json and its models anew: what XGBoost itself says of rows with missing values and categories.

Usage, with a folder outside of the repository for the packages:
    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install xgboost==1.7.6 numpy==1.26.4
    /tmp/golden/bin/python make.py
"""

import json
import pathlib

import numpy as np
import xgboost

here = pathlib.Path(__file__).parent
random = np.random.default_rng(20240229)
TYPES = ["float", "float", "c", "float", "c", "int"]


def rows(count, categories=(9, 40)):
    values = random.normal(size=(count, len(TYPES))).astype("f4")
    values[:, 2] = random.integers(0, categories[0], count)
    values[:, 4] = random.integers(0, categories[1], count)
    values[:, 5] = random.integers(-3, 4, count)
    values[random.random(values.shape) < 0.15] = np.nan
    return values


def labels(values, classes):
    drift = np.nan_to_num(values[:, 0] + (values[:, 2] % 3 == 1) * 2 - (values[:, 4] % 7 < 2) + values[:, 5] / 3)
    edges = np.quantile(drift, np.linspace(0, 1, classes + 1)[1:-1])
    return np.digitize(drift + random.normal(size=len(values)) / 2, edges)


def matrix(values, **more):
    names = [f"f{i}" for i in range(len(TYPES))]
    return xgboost.DMatrix(values, feature_types=TYPES, feature_names=names, enable_categorical=True, nthread=1, **more)


def listed(array):
    """Shortest numbers that give the same single-precision values; null for a missing one."""
    return [[None if np.isnan(v) else float(str(np.float32(v))) for v in row] for row in array.reshape(len(array), -1)]


def case(name, rounds, classes, **parameters):
    values = rows(1500)
    booster = xgboost.train(
        dict(tree_method="hist", nthread=1, seed=7, **parameters), matrix(values, label=labels(values, classes)), rounds
    )
    booster.save_model(here / f"{name}.ubj")
    # Categories that training never saw, beyond the largest, negative and with a fraction.
    shown = np.vstack([rows(24, (12, 60)), np.full((1, len(TYPES)), np.nan, "f4")])
    shown[:4, 4] = [1e6, 16777216.0, -1.0, 3.75]
    shown[:, 2][3] = -0.5
    return {
        "model": f"{name}.ubj",
        "rows": listed(shown),
        "margins": listed(booster.predict(matrix(shown), output_margin=True)),
        "probabilities": listed(booster.predict(matrix(shown))),
        "contributions": listed(booster.predict(matrix(shown), pred_contribs=True)),
        "gain": booster.get_score(importance_type="gain"),
        "cover": booster.get_score(importance_type="cover"),
        "splits": booster.get_score(importance_type="weight"),
    }


cases = [
    case("four_classes", 6, 4, objective="multi:softprob", num_class=4, max_depth=4, max_cat_to_onehot=10),
    case("two_classes", 12, 2, objective="binary:logistic", base_score=0.3, max_depth=5, max_cat_to_onehot=1),
    case("forests", 2, 3, objective="multi:softprob", num_class=3, max_depth=3, num_parallel_tree=3, subsample=0.5),
    case("leafwise", 5, 2, objective="binary:logistic", grow_policy="lossguide", max_leaves=24, max_depth=0),
    case("no_tree", 0, 3, objective="multi:softprob", num_class=3),
]
(here / "cases.json").write_text(json.dumps(cases, indent=None).replace('{"model"', '\n{"model"') + "\n")
