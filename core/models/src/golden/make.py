#!/usr/bin/env python3
"""Regenerates answers.json: metrics and calibrations by scikit-learn and SciPy for synthetic predictions.

Usage, with the packages in a folder outside the repository:
    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install scikit-learn==1.4.2 numpy==1.26.4 scipy==1.11.4
    /tmp/golden/bin/python make.py
"""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression

random = np.random.default_rng(20240229)


def synthetic_predictions(rows, classes, decimals):
    logits = random.normal(size=(rows, classes)) * 1.5
    labels = np.array([random.choice(classes, p=row) for row in np.exp(logits / 2) / np.exp(logits / 2).sum(1)[:, None]])
    p = np.exp(logits) / np.exp(logits).sum(1)[:, None]
    # Rounded, so that some are equal. The last one makes the sum 1.
    p = np.round(p, decimals)
    p[:, -1] = np.round(1 - p[:, :-1].sum(1), decimals)
    return np.abs(p), labels


def scale_temperature(p, t):
    logs = np.log(np.clip(p, 1e-15, None)) / t
    q = np.exp(logs - logs.max(1)[:, None])
    return q / q.sum(1)[:, None]


def fit_shift(p, labels):
    """Slope, and offsets of all classes but the first, each with the regularisation of one row."""
    logs = np.log(np.clip(p, 1e-15, None))

    def loss(v):
        z = logs * v[0] + np.r_[0, v[1:]]
        z = z - z.max(1)[:, None]
        z = z - np.log(np.exp(z).sum(1))[:, None]
        return -z[np.arange(len(z)), labels].sum() + ((v - np.r_[1, np.zeros(len(v) - 1)]) ** 2).sum() / 2

    return minimize(loss, np.r_[1, np.zeros(p.shape[1] - 1)], method="BFGS", options={"gtol": 1e-7}).x


def calibrate_isotonic(p, labels):
    classes = p.shape[1]
    lowest = 1 / (len(labels) + 2)
    columns = []
    for c in range(classes):
        line = IsotonicRegression(out_of_bounds="clip").fit(p[:, c], labels == c)
        line.y_thresholds_ = np.clip(line.y_thresholds_, lowest, 1 - lowest)
        line._build_f(line.X_thresholds_, line.y_thresholds_)
        columns.append(line.predict(p[:, c]))
    if classes == 2:
        columns[0] = 1 - columns[1]
    q = np.stack(columns, 1)
    return q / q.sum(1)[:, None]


def case(rows, classes, decimals):
    p, labels = synthetic_predictions(rows, classes, decimals)
    predicted = p.argmax(1)
    best = minimize_scalar(
        lambda t: metrics.log_loss(labels, scale_temperature(p, t), labels=range(classes)), bounds=(0.05, 20), method="bounded",
        options={"xatol": 1e-9},
    )
    second = labels == 1
    return {
        "classes": classes,
        "probabilities": p.ravel().tolist(),
        "labels": labels.tolist(),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "macro_f1": metrics.f1_score(labels, predicted, average="macro"),
        "weighted_f1": metrics.f1_score(labels, predicted, average="weighted"),
        "auc": metrics.roc_auc_score(second, p[:, 1]) if classes == 2
        else np.mean([metrics.roc_auc_score(labels == c, p[:, c]) for c in range(classes)]),
        "log_loss": metrics.log_loss(labels, p, labels=range(classes)),
        "brier": metrics.brier_score_loss(second, p[:, 1]) if classes == 2
        else float(((p - np.eye(classes)[labels]) ** 2).sum(1).mean()),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
        "temperature": best.x,
        "shifted": fit_shift(p, labels).tolist(),
        "isotonic": calibrate_isotonic(p, labels).ravel().tolist(),
    }


cases = [case(300, 2, 2), case(200, 4, 3), case(60, 3, 1)]
text = json.dumps(cases).replace('{"classes"', '\n{"classes"') + "\n"
(pathlib.Path(__file__).parent / "answers.json").write_text(text)
