"""Writes timeseries.json: results of SciPy, pymannkendall, ruptures and statsmodels for synthetic series.

usage: pip install scipy pymannkendall ruptures statsmodels && python3 timeseries.py
"""

import json
import math
import warnings
from pathlib import Path

import numpy
import pandas
import pymannkendall
import ruptures
from scipy import stats
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.seasonal import STL, seasonal_decompose

warnings.simplefilter("ignore")
SEASONS = {"month": 12, "quarter": 4, "year": 1, "day": 7}
MAX_BUCKETS = {"month": 240, "quarter": 80, "year": 60, "day": 1096}


def generate_series(bucket, length, level, slope, swing, seed):
    """Poisson counts around a line, with a yearly or weekly season of amplitude swing."""
    rng = numpy.random.default_rng(seed)
    steps = numpy.arange(length)
    season = 1 + swing * numpy.sin(2 * math.pi * steps / SEASONS[bucket])
    return rng.poisson(numpy.maximum(level + slope * steps, 0.5) * season).astype(float)


def list_series():
    yield "rising years", "year", generate_series("year", 40, 200, 3, 0, 1)
    yield "falling years", "year", generate_series("year", 63, 3500, -30, 0, 2)
    yield "flat years with ties", "year", generate_series("year", 30, 3, 0, 0, 3)
    yield "few years", "year", generate_series("year", 10, 20, 1, 0, 4)
    yield "months", "month", generate_series("month", 180, 160, -0.2, 0.35, 5)
    yield "long months", "month", generate_series("month", 500, 250, -0.25, 0.4, 6)
    yield "rare months", "month", generate_series("month", 96, 2, 0, 0.5, 7)
    yield "quarters", "quarter", generate_series("quarter", 60, 90, 0.5, 0.2, 8)
    yield "days", "day", generate_series("day", 200, 6, -0.01, 0.3, 9)
    yield "a step", "month", numpy.concatenate(
        [generate_series("month", 60, 100, 0, 0, 10), generate_series("month", 60, 60, 0, 0, 11)])
    yield "years with steps", "year", numpy.concatenate(
        [generate_series("year", 15, 300, 0, 0, 12), generate_series("year", 9, 180, 0, 0, 13),
         generate_series("year", 16, 240, 0, 0, 14)])


def measure_trend(values, season):
    steps = numpy.arange(len(values))
    if season == 1:
        test = pymannkendall.original_test(values)
        sen = stats.theilslopes(values, steps, 0.95)
        bounds = [sen.low_slope, sen.high_slope]
    else:
        test, bounds = pymannkendall.seasonal_test(values, period=season), None
    line = stats.linregress(steps, values)
    half_width = stats.t.ppf(0.975, len(values) - 2) * line.stderr
    return {"s": test.s, "variance": test.var_s, "z": test.z, "p": test.p, "tau": test.Tau, "slope": test.slope,
            "bounds": bounds,
            "line": [line.slope, line.slope - half_width, line.slope + half_width, line.pvalue]}


def find_splits(values, season):
    """Change points by dynamic programming and by PELT, on every position."""
    shortest = max(season, 3)
    penalty = (numpy.diff(values) ** 2).mean() * math.log(len(values))
    found = ruptures.Dynp(model="l2", min_size=shortest, jump=1).fit(values)
    # The number of splits with the lowest penalised cost, each with optimal positions.
    best = min(range(0, min(12, len(values) // shortest - 1) + 1), key=lambda k: cost(found, values, k) + penalty * k)
    pelt = ruptures.Pelt(model="l2", min_size=shortest, jump=1).fit(values).predict(pen=penalty)[:-1]
    return {"shortest": shortest, "penalty": penalty, "dynamic": split_positions(found, values, best), "pelt": pelt}


def split_positions(found, values, count):
    return found.predict(n_bkps=count)[:-1] if count else []


def cost(found, values, count):
    edges = [0, *split_positions(found, values, count), len(values)]
    return sum(((values[a:b] - values[a:b].mean()) ** 2).sum() for a, b in zip(edges, edges[1:]))


def stl_jump(length):
    return math.ceil(length / 10)


def next_odd(length):
    return length + 1 - length % 2


def decompose(values, season):
    smoother = 10 * len(values) + 1
    trend = next_odd(math.ceil(1.5 * season / (1 - 1.5 / smoother)))
    low = next_odd(season + 1)
    return STL(values, period=season, seasonal=smoother, trend=trend, low_pass=low, seasonal_deg=0,
               seasonal_jump=stl_jump(smoother), trend_jump=stl_jump(trend), low_pass_jump=stl_jump(low)
               ).fit(inner_iter=2, outer_iter=0)


def measure_season(values, season):
    parts = decompose(values, season)
    strength = max(0, 1 - numpy.var(parts.resid) / numpy.var(parts.resid + parts.seasonal))
    ratio = seasonal_decompose(values, model="multiplicative", period=season).seasonal[:season] if min(values) > 0 else None
    return {"strength": strength, "indices": None if ratio is None else list(ratio)}


def forecast(values, bucket, horizon):
    """The same forecast as the extension's, by statsmodels."""
    season = SEASONS[bucket]
    scaled = 2 * numpy.sqrt(values[-MAX_BUCKETS[bucket]:] + 0.375)
    swing = decompose(scaled, season).seasonal if season > 1 else numpy.zeros(len(scaled))
    model = ETSModel(pandas.Series(scaled - swing), error="add", trend="add", damped_trend=True)
    model = model.fit(disp=False, maxiter=5000)
    predicted = model.get_prediction(start=len(scaled), end=len(scaled) + horizon - 1, method="exact")
    bounds = predicted.pred_int(alpha=0.05)
    cycle = numpy.array([swing[len(scaled) - season + k % season] for k in range(horizon)])
    mean = numpy.asarray(predicted.predicted_mean)
    bounds = numpy.asarray(bounds)

    def to_counts(y):
        return list(numpy.maximum(numpy.maximum(y + cycle, 0) ** 2 / 4 - 0.375, 0))

    return {"value": to_counts(mean), "lower": to_counts(bounds[:, 0]), "upper": to_counts(bounds[:, 1])}


def measure_naive_forecast(values, bucket, horizon, origins):
    """sMAPE and MASE of the seasonal naive forecast over rolling origins."""
    season, percent_errors, scaled_errors = SEASONS[bucket], [], []
    for k in range(origins):
        origin = len(values) - horizon - k * math.ceil(horizon / 4)
        if origin < max(2 * season, 10):
            break
        before = values[:origin]
        scale = abs(before[season:] - before[:-season]).mean()
        for step in range(horizon):
            actual, predicted = values[origin + step], before[origin - season + step % season]
            error = abs(actual - predicted)
            percent_errors.append(200 * error / (actual + predicted) if actual + predicted else 0)
            scaled_errors.append(error / scale)
    return {"compared": len(percent_errors), "smape": numpy.mean(percent_errors), "mase": numpy.mean(scaled_errors)}


cases = []
for name, bucket, values in list_series():
    season = SEASONS[bucket]
    case = {"name": name, "bucket": bucket, "values": [int(v) for v in values], "trend": measure_trend(values, season),
            "splits": find_splits(values, season)}
    if season > 1:
        case["season"] = measure_season(values, season)
    if len(values) >= 30:
        horizon = 3 if bucket == "year" else 12
        case["ahead"] = forecast(values, bucket, horizon)
        case["naive"] = measure_naive_forecast(values, bucket, horizon, 5)
    cases.append(case)

text = json.dumps({"cases": cases}, indent=1, default=float)
Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")
