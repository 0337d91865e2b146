"""cleanlab 2.9.0's outlier scores and data values -> src/instruments/labels/audit/reference/neighbors.json.

Needs `pip install cleanlab==2.9.0`.
"""
import json
import pathlib

import numpy as np
from cleanlab.data_valuation import data_shapley_knn
from cleanlab.outlier import OutOfDistribution

rng = np.random.default_rng(0)
centres = rng.normal(size=(3, 6)) * 3
labels = rng.integers(0, 3, 50)
features = np.round(centres[labels] + rng.normal(size=(50, 6)), 3)
labels = np.where(rng.random(50) < 0.2, (labels + 1) % 3, labels)
k = 5
made = {
    "note": "cleanlab 2.9.0; scripts/reference/neighbors.py",
    "k": k,
    "features": features.tolist(),
    "labels": labels.tolist(),
    "outlierScores": OutOfDistribution({"k": k}).fit_score(features=features, verbose=False).tolist(),
    "dataValues": data_shapley_knn(labels, features=features, k=k).tolist(),
}
path = pathlib.Path(__file__).parents[2] / "src/instruments/labels/audit/reference/neighbors.json"
path.write_text(json.dumps(made, separators=(",", ":")) + "\n")
