#!/usr/bin/env python3
"""Regenerates the models of one version of XGBoost and its results for rows.

Usage, once per version, with the packages in a folder outside the repository:
    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install xgboost==3.2.0
    /tmp/golden/bin/python make.py
"""

import json
import pathlib

import numpy as np
import xgboost

here = pathlib.Path(__file__).parent
version = xgboost.__version__
random = np.random.default_rng(20240229)
TYPES = ["float", "float", "c", "float"]


def random_rows(count, categories=7):
    values = random.normal(size=(count, len(TYPES))).astype("f4")
    values[:, 2] = random.integers(0, categories, count)
    values[random.random(values.shape) < 0.15] = np.nan
    return values


def matrix(values, label=None):
    return xgboost.DMatrix(values, label=label, feature_types=TYPES, enable_categorical=True, nthread=1)


def to_lists(array):
    """Returns the shortest decimal numbers with the same single-precision values, and None for NaN."""
    return [[None if np.isnan(v) else float(str(np.float32(v))) for v in row] for row in array.reshape(len(array), -1)]


def case(name, classes, **parameters):
    values = random_rows(400)
    signal = np.nan_to_num(values[:, 0] / 2 + (values[:, 2] % 3 == 1) * 2 - (values[:, 2] > 4))
    label = np.digitize(signal, np.quantile(signal, np.linspace(0, 1, classes + 1)[1:-1]))
    if classes > 2:
        parameters["num_class"] = classes
    booster = xgboost.train(
        dict(tree_method="hist", nthread=1, seed=7, max_depth=3, **parameters), matrix(values, label), 3
    )
    scored = random_rows(12, 9)
    cases = []
    for extension in ["json", "ubj"]:
        model = f"{version}_{name}.{extension}"
        booster.save_model(here / model)
        margins = booster.predict(matrix(scored), output_margin=True)
        cases.append({"model": model, "rows": to_lists(scored), "margins": to_lists(margins)})
    return cases


new = [
    *case("two", 2, objective="binary:logistic", max_cat_to_onehot=1),
    *case("three", 3, objective="multi:softprob", max_cat_to_onehot=1),
    *case("one_hot", 2, objective="binary:logistic", max_cat_to_onehot=50),
]
file = here / "cases.json"
others = [c for c in json.loads(file.read_text()) if not c["model"].startswith(version)] if file.exists() else []
cases = sorted(others + new, key=lambda c: c["model"])
file.write_text(json.dumps(cases).replace('{"model"', '\n{"model"') + "\n")
