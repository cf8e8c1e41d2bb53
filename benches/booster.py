"""A model trained on random rows and stored in the registry, for benchmarks of predictions."""

import json

import numpy
import psycopg2
import xgboost

CLASSES = ["NONE", "MINR", "SERS", "FATL"]
RANDOM = numpy.random.default_rng(20240229)
INSERT = """
    INSERT INTO ntsb.model (name, version, target, feature_set, algorithm, stage, parameters, metrics, features,
        columns, classes, encoding, calibration, decide_at, rounds, trained_from, validated_from, tested_from,
        tested_to, rows_trained, rows_validated, rows_tested, data_digest, artifact, artifact_digest)
    SELECT 'bench', 1, 'severity', 'pre_event', 'xgboost', 'Production', '{}', '{}', %s, %s, %s, %s,
        '{"temperature": 1.1}', 0.6, 200, '1982-01-01', '2011-01-01', '2012-01-01', '2013-01-01', 1, 1, 1, '', a, sha256(a)
    FROM (SELECT %s::bytea) b (a)"""


def list_numeric_features(cursor):
    cursor.execute("SELECT name FROM ntsb.feature WHERE kind IN ('number', 'derived') ORDER BY position")
    return [row[0] for row in cursor.fetchall()]


def random_values(rows, columns):
    values = RANDOM.normal(size=(rows, columns)).astype("f4")
    values[RANDOM.random(values.shape) < 0.15] = numpy.nan
    return values


def train(columns):
    """Trains a severity model whose labels depend on the first four columns."""
    values = random_values(10_000, columns)
    known = numpy.nan_to_num(values)
    score = known[:, 0] + known[:, 1] * known[:, 2] + numpy.abs(known[:, 3]) + RANDOM.normal(size=len(known))
    labels = numpy.digitize(score, numpy.quantile(score, [0.55, 0.69, 0.8]))
    parameters = dict(objective="multi:softprob", num_class=4, max_depth=6, eta=0.1, tree_method="hist", nthread=1)
    return xgboost.train(parameters, xgboost.DMatrix(values, label=labels), 200)


def register(cursor, booster, features):
    """Stores the model in ntsb.model in stage Production."""
    encoding = {"told": [], "learned": [{"number": {"feature": f}} for f in features]}
    artifact = psycopg2.Binary(bytes(booster.save_raw("ubj")))
    cursor.execute(INSERT, (features, features, CLASSES, json.dumps(encoding), artifact))
