"""CROWDLAB by cleanlab 2.9.0 and Dawid-Skene by crowd-kit 1.4.2 -> src/instruments/labels/audit/reference/annotators.json.

Needs `pip install cleanlab==2.9.0 crowd-kit==1.4.2`. Random draws for ties that nothing else decides are made the lowest class.
"""
import json
import pathlib
import warnings

import numpy as np
import pandas as pd
from cleanlab import multiannotator
from crowdkit.aggregation import DawidSkene

warnings.filterwarnings("ignore")
np.random.choice = lambda values, *_: min(values)


def generated(seed, rows, classes, qualities, present, decimals=3):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, rows)
    table = np.full((rows, len(qualities)), np.nan)
    for a, quality in enumerate(qualities):
        wrong = (truth + rng.integers(1, classes, rows)) % classes
        label = np.where(rng.random(rows) < quality, truth, wrong)
        table[:, a] = np.where(rng.random(rows) < present, label, np.nan)
    empty = np.isnan(table).all(1)
    table[empty, 0] = truth[empty]
    logits = rng.normal(size=(rows, classes)) + 1.5 * np.eye(classes)[truth]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    p = np.round(p, decimals)
    p[np.arange(rows), p.argmax(1)] += 1 - p.sum(1)
    return table, np.round(p, decimals + 2)


def case(name, table, p):
    found = multiannotator.get_label_quality_multiannotator(table, p, verbose=False, return_weights=True)
    quality, stats = found["label_quality"], found["annotator_stats"].sort_index()
    rows, workers = np.nonzero(~np.isnan(table))
    long = pd.DataFrame({"task": rows, "worker": workers, "label": table[rows, workers].astype(int)})
    model = DawidSkene(n_iter=20, tol=-np.inf).fit(long)
    return {
        "name": name,
        "columns": [[None if np.isnan(v) else int(v) for v in column] for column in table.T],
        "probabilities": p.tolist(),
        "vote": multiannotator.get_majority_vote_label(table, p, verbose=False).tolist(),
        "plainVote": multiannotator.get_majority_vote_label(table, verbose=False).tolist(),
        "consensus": quality["consensus_label"].tolist(),
        "quality": quality["consensus_quality_score"].tolist(),
        "agreement": quality["annotator_agreement"].tolist(),
        "modelWeight": float(found["model_weight"]),
        "weights": found["annotator_weight"].tolist(),
        "annotators": stats[["annotator_quality", "agreement_with_consensus", "worst_class", "num_examples_labeled"]].values.tolist(),
        "dawidSkene": model.probas_.reindex(range(len(table)))[sorted(model.probas_.columns)].values.tolist(),
    }


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


cases = [
    case("three annotators, few labels missing", *generated(1, 40, 3, [0.9, 0.7, 0.5], 0.8)),
    case("five annotators, most labels missing", *generated(2, 50, 4, [0.95, 0.8, 0.8, 0.6, 0.3], 0.45)),
    case("two classes and a spammer", *generated(3, 40, 2, [0.9, 0.85, 0.5], 0.9, decimals=1)),
]
path = pathlib.Path(__file__).parents[2] / "src/instruments/labels/audit/reference/annotators.json"
lines = ",\n".join(json.dumps(rounded(c), separators=(",", ":")) for c in cases)
note = "cleanlab 2.9.0, crowd-kit 1.4.2; scripts/reference/annotators.py"
path.write_text('{"note":' + json.dumps(note) + ',"cases":[\n' + lines + "\n]}\n")
print(path.stat().st_size)
