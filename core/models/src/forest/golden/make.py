#!/usr/bin/env python3
"""Regenerates cases.json and its models: results of XGBoost for rows with missing values and categories.

Usage, with the packages in a folder outside the repository:
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


def random_rows(count, categories=(9, 40)):
    values = random.normal(size=(count, len(TYPES))).astype("f4")
    values[:, 2] = random.integers(0, categories[0], count)
    values[:, 4] = random.integers(0, categories[1], count)
    values[:, 5] = random.integers(-3, 4, count)
    values[random.random(values.shape) < 0.15] = np.nan
    return values


def random_labels(values, classes):
    signal = np.nan_to_num(values[:, 0] + (values[:, 2] % 3 == 1) * 2 - (values[:, 4] % 7 < 2) + values[:, 5] / 3)
    edges = np.quantile(signal, np.linspace(0, 1, classes + 1)[1:-1])
    return np.digitize(signal + random.normal(size=len(values)) / 2, edges)


def matrix(values, **more):
    names = [f"f{i}" for i in range(len(TYPES))]
    return xgboost.DMatrix(values, feature_types=TYPES, feature_names=names, enable_categorical=True, nthread=1, **more)


def to_lists(array):
    """Returns the shortest decimal numbers with the same single-precision values, and None for NaN."""
    return [[None if np.isnan(v) else float(str(np.float32(v))) for v in row] for row in array.reshape(len(array), -1)]


def case(name, rounds, classes, **parameters):
    values = random_rows(1500)
    booster = xgboost.train(
        dict(tree_method="hist", nthread=1, seed=7, **parameters), matrix(values, label=random_labels(values, classes)), rounds
    )
    booster.save_model(here / f"{name}.ubj")
    # Categories that are not in the training rows, too large, negative and fractional.
    scored = np.vstack([random_rows(24, (12, 60)), np.full((1, len(TYPES)), np.nan, "f4")])
    scored[:4, 4] = [1e6, 16777216.0, -1.0, 3.75]
    scored[:, 2][3] = -0.5
    return {
        "model": f"{name}.ubj",
        "rows": to_lists(scored),
        "margins": to_lists(booster.predict(matrix(scored), output_margin=True)),
        "probabilities": to_lists(booster.predict(matrix(scored))),
        "contributions": to_lists(booster.predict(matrix(scored), pred_contribs=True)),
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
