"""Writes the data sets in data/ from scikit-learn's copies of three UCI sets. Two runs write the same bytes.

    apt-get install python3-sklearn
    /usr/bin/python3 scripts/make-datasets.py
"""

import gzip
import io
from pathlib import Path

from sklearn.datasets import load_breast_cancer, load_digits, load_wine

OUT = Path(__file__).parent.parent / "data"


def number(value):
    """The shortest text that reads back as the same float64."""
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text


def write(name, dataset, feature_names, class_names):
    lines = [",".join([*feature_names, "class"])]
    for row, label in zip(dataset.data, dataset.target):
        lines.append(",".join([*map(number, row), str(class_names[label])]))
    buffer = io.BytesIO()
    # Without name and time in its header, the compressed file depends on the data alone.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    (OUT / name).write_bytes(buffer.getvalue())
    print(f"{name}: {len(lines) - 1} rows, {len(feature_names)} features, {len(buffer.getvalue())} bytes")


def main():
    OUT.mkdir(exist_ok=True)
    digits = load_digits()
    write("digits.csv.gz", digits, digits.feature_names, digits.target_names)
    wine = load_wine()
    write("wine.csv.gz", wine, wine.feature_names, wine.target_names)
    cancer = load_breast_cancer()
    write("breast-cancer.csv.gz", cancer, cancer.feature_names, cancer.target_names)


main()
