"""Writes association_rules.json: rules that mlxtend finds in synthetic events.

usage: pip install mlxtend && python3 association_rules.py
"""

import json
from pathlib import Path

import numpy
import pandas
from mlxtend.frequent_patterns import association_rules, fpgrowth

rng = numpy.random.default_rng(30)


def generate_event():
    """Items of one event: some are correlated, most are random, some events have none."""
    items = set(rng.choice(12, rng.integers(0, 5), p=[.2, .18, .15, .12, .1, .08, .06, .05, .03, .01, .01, .01]).tolist())
    if 1 in items and rng.random() < 0.7:
        items |= {20, 21}
    if 3 in items and rng.random() < 0.4:
        items.add(22)
    return sorted(items)


events = [generate_event() for _ in range(500)]
table = pandas.DataFrame([{item: item in items for item in range(23)} for items in events]).astype(bool)


def find_rules(support, confidence, max_items):
    item_sets = fpgrowth(table, min_support=support, use_colnames=True, max_len=max_items)
    found = association_rules(item_sets, num_itemsets=len(events), metric="confidence", min_threshold=confidence)
    return [{"antecedent": sorted(rule.antecedents), "consequent": sorted(rule.consequents),
             "count": round(rule.support * len(events)), "support": rule.support, "confidence": rule.confidence,
             "lift": rule.lift, "leverage": rule.leverage} for rule in found.itertuples()]


settings = [(0.05, 0.3, 3), (0.02, 0.6, 4), (0.1, 0.0, 2), (0.004, 0.9, 5)]
results = [{"support": s, "confidence": c, "longest": n, "rules": find_rules(s, c, n)} for s, c, n in settings]
text = json.dumps({"events": events, "asked": results})
Path(__file__).with_suffix(".json").write_text(text.replace('{"', '\n{"') + "\n", encoding="utf-8")
