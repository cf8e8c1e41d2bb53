"""Writes time_series.json anew: what SciPy, pymannkendall, ruptures and statsmodels say of made-up series.

usage: pip install scipy pymannkendall ruptures statsmodels && python3 time_series.py
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
MEMORY = {"month": 240, "quarter": 80, "year": 60, "day": 1096}


def made(bucket, length, level, slope, swing, seed):
    """Poisson counts about a line with a yearly or weekly swing."""
    dice = numpy.random.default_rng(seed)
    steps = numpy.arange(length)
    season = 1 + swing * numpy.sin(2 * math.pi * steps / SEASONS[bucket])
    return dice.poisson(numpy.maximum(level + slope * steps, 0.5) * season).astype(float)


def series():
    yield "rising years", "year", made("year", 40, 200, 3, 0, 1)
    yield "falling years", "year", made("year", 63, 3500, -30, 0, 2)
    yield "flat years with ties", "year", made("year", 30, 3, 0, 0, 3)
    yield "few years", "year", made("year", 10, 20, 1, 0, 4)
    yield "months", "month", made("month", 180, 160, -0.2, 0.35, 5)
    yield "long months", "month", made("month", 500, 250, -0.25, 0.4, 6)
    yield "rare months", "month", made("month", 96, 2, 0, 0.5, 7)
    yield "quarters", "quarter", made("quarter", 60, 90, 0.5, 0.2, 8)
    yield "days", "day", made("day", 200, 6, -0.01, 0.3, 9)
    yield "a step", "month", numpy.concatenate([made("month", 60, 100, 0, 0, 10), made("month", 60, 60, 0, 0, 11)])
    yield "years with steps", "year", numpy.concatenate(
        [made("year", 15, 300, 0, 0, 12), made("year", 9, 180, 0, 0, 13), made("year", 16, 240, 0, 0, 14)])


def trend(values, season):
    steps = numpy.arange(len(values))
    if season == 1:
        test = pymannkendall.original_test(values)
        sen = stats.theilslopes(values, steps, 0.95)
        bounds = [sen.low_slope, sen.high_slope]
    else:
        test, bounds = pymannkendall.seasonal_test(values, period=season), None
    line = stats.linregress(steps, values)
    reach = stats.t.ppf(0.975, len(values) - 2) * line.stderr
    return {"s": test.s, "variance": test.var_s, "z": test.z, "p": test.p, "tau": test.Tau, "slope": test.slope,
            "bounds": bounds,
            "line": [line.slope, line.slope - reach, line.slope + reach, line.pvalue]}


def splits(values, season):
    """Where PELT begins a new level; with no pruning by a coarse grid."""
    shortest = max(season, 3)
    penalty = (numpy.diff(values) ** 2).mean() * math.log(len(values))
    found = ruptures.Dynp(model="l2", min_size=shortest, jump=1).fit(values)
    # The best number of splits under the penalty, each split as good as it can be.
    best = min(range(0, min(12, len(values) // shortest - 1) + 1), key=lambda k: cost(found, values, k) + penalty * k)
    pelt = ruptures.Pelt(model="l2", min_size=shortest, jump=1).fit(values).predict(pen=penalty)[:-1]
    return {"shortest": shortest, "penalty": penalty, "dynamic": starts(found, values, best), "pelt": pelt}


def starts(found, values, count):
    return found.predict(n_bkps=count)[:-1] if count else []


def cost(found, values, count):
    edges = [0, *starts(found, values, count), len(values)]
    return sum(((values[a:b] - values[a:b].mean()) ** 2).sum() for a, b in zip(edges, edges[1:]))


def jump(length):
    return math.ceil(length / 10)


def odd(length):
    return length + 1 - length % 2


def taken_apart(values, season):
    smoother = 10 * len(values) + 1
    trend = odd(math.ceil(1.5 * season / (1 - 1.5 / smoother)))
    low = odd(season + 1)
    return STL(values, period=season, seasonal=smoother, trend=trend, low_pass=low, seasonal_deg=0,
               seasonal_jump=jump(smoother), trend_jump=jump(trend), low_pass_jump=jump(low)
               ).fit(inner_iter=2, outer_iter=0)


def season_of(values, season):
    parts = taken_apart(values, season)
    strength = max(0, 1 - numpy.var(parts.resid) / numpy.var(parts.resid + parts.seasonal))
    ratio = seasonal_decompose(values, model="multiplicative", period=season).seasonal[:season] if min(values) > 0 else None
    return {"strength": strength, "indices": None if ratio is None else list(ratio)}


def ahead(values, bucket, horizon):
    """The forecast as the extension makes it, by statsmodels."""
    season = SEASONS[bucket]
    scaled = 2 * numpy.sqrt(values[-MEMORY[bucket]:] + 0.375)
    swing = taken_apart(scaled, season).seasonal if season > 1 else numpy.zeros(len(scaled))
    model = ETSModel(pandas.Series(scaled - swing), error="add", trend="add", damped_trend=True).fit(disp=False, maxiter=5000)
    predicted = model.get_prediction(start=len(scaled), end=len(scaled) + horizon - 1, method="exact")
    bounds = predicted.pred_int(alpha=0.05)
    cycle = numpy.array([swing[len(scaled) - season + k % season] for k in range(horizon)])
    back = lambda y: list(numpy.maximum(numpy.maximum(y + cycle, 0) ** 2 / 4 - 0.375, 0))
    mean = numpy.asarray(predicted.predicted_mean)
    bounds = numpy.asarray(bounds)
    return {"value": back(mean), "lower": back(bounds[:, 0]), "upper": back(bounds[:, 1])}


def naive(values, bucket, horizon, origins):
    """sMAPE and MASE of the seasonal naive forecast over rolling origins."""
    season, percent, scaled = SEASONS[bucket], [], []
    for k in range(origins):
        origin = len(values) - horizon - k * math.ceil(horizon / 4)
        if origin < max(2 * season, 10):
            break
        before = values[:origin]
        scale = abs(before[season:] - before[:-season]).mean()
        for step in range(horizon):
            came, said = values[origin + step], before[origin - season + step % season]
            percent.append(200 * abs(came - said) / (came + said) if came + said else 0)
            scaled.append(abs(came - said) / scale)
    return {"compared": len(percent), "smape": numpy.mean(percent), "mase": numpy.mean(scaled)}


cases = []
for name, bucket, values in series():
    season = SEASONS[bucket]
    case = {"name": name, "bucket": bucket, "values": [int(v) for v in values], "trend": trend(values, season),
            "splits": splits(values, season)}
    if season > 1:
        case["season"] = season_of(values, season)
    if len(values) >= 30:
        horizon = 3 if bucket == "year" else 12
        case["ahead"] = ahead(values, bucket, horizon)
        case["naive"] = naive(values, bucket, horizon, 5)
    cases.append(case)

text = json.dumps({"cases": cases}, indent=1, default=float)
Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")
