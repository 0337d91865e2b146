"""cleanlab 2.9.0's thresholds, joints, filters and scores -> src/instruments/labels/confident-learning/reference/cleanlab.json.

Needs `pip install cleanlab==2.9.0`. Sorting is made stable, as the tests' own is: NumPy's default order of equal numbers is arbitrary.
"""
import json
import pathlib
import warnings

import numpy as np

argsort = np.argsort
np.argsort = lambda a, *args, **kwargs: argsort(a, *args, **{**kwargs, "kind": "stable"})

import cleanlab
from cleanlab import count, dataset, filter as filters, rank

warnings.filterwarnings("ignore")
names = [
    "prune_by_noise_rate", "prune_by_class", "both", "confident_learning", "predicted_neq_given", "low_self_confidence",
    "low_normalized_margin",
]
scores = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]


def generated(seed, rows, classes, noise, sharpness, decimals=4, absent=(), concentrated=False):
    """Labels flipped from true classes and probabilities that lean to the true class, in few decimals: ties come about."""
    rng = np.random.default_rng(seed)
    present = [k for k in range(classes) if k not in absent]
    truth = rng.choice(present, rows)
    flips = rng.random(rows) < noise
    other = np.array([rng.choice([k for k in present if k != y]) for y in truth])
    if concentrated:
        other = np.array([present[(present.index(y) + 1) % len(present)] for y in truth])
    labels = np.where(flips, other, truth)
    logits = rng.normal(size=(rows, classes)) + sharpness * np.eye(classes)[truth]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    p = np.round(p, decimals)
    p[np.arange(rows), p.argmax(1)] += 1 - p.sum(1)
    return labels, np.round(p, decimals + 2)


def ids(mask):
    return np.flatnonzero(mask).tolist()


def case(name, labels, p, members=None):
    labels, p = np.asarray(labels), np.asarray(p, dtype=np.float64)
    raw = count.compute_confident_joint(labels, p, calibrate=False)
    calibrated = count.compute_confident_joint(labels, p, calibrate=True)
    joint = count.estimate_joint(labels, p, confident_joint=calibrated)
    py, noise, inverse = count.estimate_latent(calibrated, labels)
    quality = dataset.rank_classes_by_label_quality(joint=joint, num_examples=len(labels)).sort_values("Class Index")
    overlap = dataset.find_overlapping_classes(joint=joint, num_examples=len(labels))
    both = {
        "name": name,
        "labels": labels.tolist(),
        "probabilities": p.tolist(),
        "thresholds": count.get_confident_thresholds(labels, p).tolist(),
        "counts": raw.tolist(),
        "calibrated": calibrated.tolist(),
        "prior": py.tolist(),
        "transition": noise.T.tolist(),
        "inverse": inverse.T.tolist(),
        "filters": {n: ids(filters.find_label_issues(labels, p, filter_by=n, n_jobs=1)) for n in names},
        "half": {n: ids(filters.find_label_issues(labels, p, filter_by=n, n_jobs=1, frac_noise=0.5, min_examples_per_class=3))
                 for n in names[:3]},
        "scores": {n: rank.get_label_quality_scores(labels, p, method=n).tolist() for n in scores},
        "adjusted": {n: rank.get_label_quality_scores(labels, p, method=n, adjust_pred_probs=True).tolist() for n in scores[:2]},
        "quality": quality[["Label Issues", "Inverse Label Issues", "Label Noise", "Inverse Label Noise"]].values.tolist(),
        "overlap": [r for r in overlap.values.tolist() if r[3] > 0],
    }
    if members is not None:
        both["members"] = [np.asarray(m).tolist() for m in members]
        both["ensemble"] = {
            w: rank.get_label_quality_ensemble_scores(labels, [p, *members], weight_ensemble_members_by=w, verbose=False).tolist()
            for w in ["uniform", "accuracy", "log_loss_search"]
        }
    return both


def hundred_classes():
    """400 rows made by a generator of whole numbers that any language repeats: only what cleanlab finds is stored."""
    rows, classes, state = 400, 100, 7

    def draw():
        nonlocal state
        state = (1664525 * state + 1013904223) % 2**32
        return (state >> 8) / 2**24

    p, labels = np.zeros((rows, classes)), np.zeros(rows, dtype=int)
    for i in range(rows):
        truth = i % classes
        labels[i] = (truth + 1 + int(draw() * 99)) % classes if draw() < 0.3 else truth
        weights = [draw() ** 2 for _ in range(classes)]
        weights = [w * w for w in weights]
        weights[truth] += 4 * draw()
        total = 0.0
        for w in weights:
            total += w
        p[i] = [w / total for w in weights]
    return labels, p


def without_inputs(made):
    kept = ["thresholds", "filters", "half", "scores"]
    cells = [[int(i), int(j), int(made["calibrated"][i][j])] for i, j in zip(*np.nonzero(made["calibrated"]))]
    return {"name": "a hundred classes", **{k: made[k] for k in kept}, "cells": cells}


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


textbook = (
    [0, 0, 0, 1, 1, 1, 2, 2, 2],
    [[.9, .05, .05], [.8, .1, .1], [.1, .85, .05], [.1, .8, .1], [.2, .7, .1], [.05, .1, .85], [.1, .1, .8], [.3, .1, .6], [.7, .2, .1]],
)
ties = (
    [0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2],
    [[.5, .5, 0], [.4, .4, .2], [.25, .5, .25], [.25, .5, .25], [.5, .5, 0], [.5, .25, .25], [.5, .25, .25], [0, 1, 0], [.25, .5, .25],
     [.5, .25, .25], [0, .5, .5], [.25, .25, .5]],
)
l4, p4 = generated(3, 60, 4, .3, 2.5)
cases = [
    case("the textbook's nine rows", *textbook),
    case("equal probabilities and several classes above their thresholds", *ties),
    case("two classes", *generated(1, 60, 2, .3, 2)),
    case("four classes by three models", l4, p4, [generated(3, 60, 4, .3, 1.5)[1], np.full((60, 4), .25)]),
    case("absent classes and a class of one row", np.append(generated(4, 50, 5, .25, 2, absent=(1, 3))[0], 3),
         np.vstack([generated(4, 50, 5, .25, 2, absent=(1, 3))[1], [.2, .2, .2, .2, .2]])),
    case("pair noise", *generated(5, 80, 5, .4, 3, concentrated=True)),
    case("probabilities in two decimals", *generated(6, 90, 4, .35, 1, decimals=2)),
]
path = pathlib.Path(__file__).parents[2] / "src/instruments/labels/confident-learning/reference/cleanlab.json"
note = f"cleanlab {cleanlab.__version__}, NumPy {np.__version__}, stable sorting; scripts/reference/confident_learning.py"
lines = ",\n".join(json.dumps(rounded(c), separators=(",", ":")) for c in [*cases, without_inputs(case("", *hundred_classes()))])
path.write_text('{"note":' + json.dumps(note) + ',"cases":[\n' + lines + "\n]}\n")
print(path, path.stat().st_size)
