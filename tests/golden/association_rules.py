"""Writes association_rules.json anew: what mlxtend finds in made-up events.

usage: pip install mlxtend && python3 association_rules.py
"""

import json
from pathlib import Path

import numpy
import pandas
from mlxtend.frequent_patterns import association_rules, fpgrowth

dice = numpy.random.default_rng(30)


def event():
    """Items of one event: some come in company, most by chance, some events have none."""
    items = set(dice.choice(12, dice.integers(0, 5), p=[.2, .18, .15, .12, .1, .08, .06, .05, .03, .01, .01, .01]).tolist())
    if 1 in items and dice.random() < 0.7:
        items |= {20, 21}
    if 3 in items and dice.random() < 0.4:
        items.add(22)
    return sorted(items)


events = [event() for _ in range(500)]
table = pandas.DataFrame([{item: item in items for item in range(23)} for items in events]).astype(bool)


def rules(support, confidence, longest):
    sets = fpgrowth(table, min_support=support, use_colnames=True, max_len=longest)
    found = association_rules(sets, num_itemsets=len(events), metric="confidence", min_threshold=confidence)
    return [{"antecedent": sorted(rule.antecedents), "consequent": sorted(rule.consequents),
             "count": round(rule.support * len(events)), "support": rule.support, "confidence": rule.confidence,
             "lift": rule.lift, "leverage": rule.leverage} for rule in found.itertuples()]


wanted = [(0.05, 0.3, 3), (0.02, 0.6, 4), (0.1, 0.0, 2), (0.004, 0.9, 5)]
asked = [{"support": s, "confidence": c, "longest": n, "rules": rules(s, c, n)} for s, c, n in wanted]
text = json.dumps({"events": events, "asked": asked})
Path(__file__).with_suffix(".json").write_text(text.replace('{"', '\n{"') + "\n", encoding="utf-8")
