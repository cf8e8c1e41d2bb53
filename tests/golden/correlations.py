"""Writes correlations.json: SciPy's coefficients for pairs of synthetic columns, over rows that have both.

usage: pip install scipy && python3 correlations.py
"""

import itertools
import json
import math
from pathlib import Path

import numpy
from scipy import stats

ROWS = 400
rng = numpy.random.default_rng(20)


def drop_values(values, share):
    return [None if dropped else value for value, dropped in zip(values, rng.random(len(values)) < share)]


age = rng.normal(50, 15, ROWS).round()
hours = numpy.exp(rng.normal(6, 1.5, ROWS) + (age - 50) / 30).round(1)
killed = rng.poisson(0.4, ROWS)
weather = numpy.where(rng.random(ROWS) < 0.2 + 0.1 * (killed > 0), "IMC", "VMC")
state = rng.choice(["AK", "CA", "FL", "TX", "WA", "CO"], ROWS, p=[.3, .25, .2, .15, .07, .03])
phase = numpy.where(weather == "IMC", rng.choice(["Enroute", "Approach"], ROWS),
                    rng.choice(["Landing", "Takeoff", "Enroute"], ROWS))
COLUMNS = {
    "age": drop_values(age.tolist(), 0.1), "hours": drop_values(hours.tolist(), 0.3), "killed": killed.tolist(),
    "twice_age": [None if a is None else 2 * a + 1 for a in drop_values(age.tolist(), 0.2)],
    "constant": [7.0] * ROWS, "hardly": [1.0, 2.0] + [None] * (ROWS - 2),
    "weather": drop_values(weather.tolist(), 0.05), "state": drop_values(state.tolist(), 0.02), "phase": phase.tolist(),
    "one": ["x"] * ROWS,
}


def is_numeric(column):
    return not any(isinstance(value, str) for value in column)


def measure(method, first, second):
    rows = [(a, b) for a, b in zip(COLUMNS[first], COLUMNS[second]) if a is not None and b is not None]
    x, y = zip(*rows)
    is_defined = len(rows) >= 3 and len(set(x)) > 1 and len(set(y)) > 1
    found = calculate(method, x, y) if is_defined else (None, None)
    values = [None if value is None or math.isnan(value) else float(value) for value in found]
    return {"first": first, "second": second, "method": method, "coefficient": values[0], "p": values[1], "rows": len(rows)}


def calculate(method, x, y):
    if method == "pearson":
        return stats.pearsonr(x, y)
    if method == "spearman":
        return stats.spearmanr(x, y)
    if method == "cramers_v":
        table = stats.contingency.crosstab(x, y).count
        return stats.contingency.association(table, "cramer"), stats.chi2_contingency(table, correction=False).pvalue
    values, codes = (x, y) if isinstance(y[0], str) else (y, x)
    values, codes = numpy.array(values), numpy.array(codes)
    groups = [values[codes == code] for code in sorted(set(codes))]
    between = sum(len(group) * (group.mean() - values.mean()) ** 2 for group in groups)
    return math.sqrt(between / ((values - values.mean()) ** 2).sum()), stats.f_oneway(*groups).pvalue


def measure_pairs():
    for first, second in itertools.combinations(COLUMNS, 2):
        numbers = is_numeric(COLUMNS[first]) + is_numeric(COLUMNS[second])
        for method in {2: ["pearson", "spearman"], 1: ["eta"], 0: ["cramers_v"]}[numbers]:
            yield measure(method, first, second)


text = json.dumps({"columns": [{"name": n, "values": v} for n, v in COLUMNS.items()], "pairs": list(measure_pairs())})
Path(__file__).with_suffix(".json").write_text(text.replace('{"', '\n{"') + "\n", encoding="utf-8")
