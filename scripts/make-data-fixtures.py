"""Writes the files in src/data/fixtures with the reference implementation of each format.

    pip install numpy==2.4.6 pyarrow==26.0.1 safetensors==0.8.0
    python scripts/make-data-fixtures.py
"""

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

OUT = Path(__file__).parent.parent / "src" / "data" / "fixtures"
OUT.mkdir(exist_ok=True)

numbers = {"b1": [True, False, True, False, False, True]}
for kind in ["i1", "i2", "i4", "i8"]:
    numbers[kind] = [-3, 0, 1, 2, 3, 100]
for kind in ["u1", "u2", "u4", "u8"]:
    numbers[kind] = [0, 1, 2, 3, 100, 200]
for kind in ["f2", "f4", "f8"]:
    numbers[kind] = [-1.5, 0.0, 0.25, 3.0, 65504.0, float("inf")]

arrays = {}
for kind, values in numbers.items():
    for order, prefix in (("<", "little"), (">", "big")):
        arrays[f"{prefix}_{kind}"] = np.array(values).astype(order + kind).reshape(2, 3)
arrays["halves"] = np.array([2.0**-24, 2.0**-14, 1 / 3, np.nan, -np.inf, -0.0], dtype="<f2")
arrays["fortran"] = np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4))
arrays["scalar"] = np.array(2.5)
arrays["empty"] = np.zeros((0, 3), dtype="<i4")
arrays["names"] = np.array(["cat", "dog", "Ångström", "😀"])
arrays["bytes"] = np.array([b"ab", b"c"])
arrays["huge"] = np.array([2**63], dtype="<u8")
arrays["complex"] = np.array([1 + 2j])
arrays["record"] = np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")])
np.savez_compressed(OUT / "numpy.npz", **arrays)

save_file(
    {
        "weight": np.arange(6, dtype="<f4").reshape(2, 3),
        "bias": np.array([0.5, -0.5, 1.0], dtype="<f4"),
        "step": np.array(7, dtype="<i8"),
        "mask": np.array([True, False, True]),
        "double": np.array([1 / 3]),
        "codes": np.array([1, 2, 255], dtype="u1"),
    },
    OUT / "plain.safetensors",
    metadata={"format": "np"},
)
save_file(
    {"half": np.array([0.5, -2.0], dtype="<f2"), "short": np.array([-5, 6], dtype="<i2"), "wide": np.array([2**32 - 1], dtype="<u4")},
    OUT / "widened.safetensors",
)

rows = 5
table = pa.table(
    {
        "id": pa.array(range(rows), pa.int64()),
        "width": pa.array([0.5, None, 1.5, 2.0, 2.5], pa.float64()),
        "small": pa.array([1, 2, 3, 4, 5], pa.int8()),
        "species": pa.array(["setosa", "virginica", None, "setosa", "Å, \"quoted\""]),
        "category": pa.array(["a", "b", "a", "b", "a"]).dictionary_encode(),
        "flag": pa.array([True, False, None, True, False]),
        "serial": pa.array([2**60 + i for i in range(rows)], pa.int64()),
        "when": pa.array([datetime(2024, 1, 1 + i, tzinfo=timezone.utc) for i in range(rows)], pa.timestamp("ms", tz="UTC")),
        "embedding": pa.array([[i, i + 0.5, -i] for i in range(rows)], pa.list_(pa.float32())),
    }
)
for codec in ["none", "snappy", "gzip", "zstd"]:
    pq.write_table(table, OUT / f"{codec}.parquet", compression=codec, row_group_size=2)

ragged = pa.table(
    {
        "e": pa.array([[1.0, 2.0], [3.0], [4.0, 5.0]], pa.list_(pa.float32())),
        "nested": pa.array([{"x": 1}, {"x": 2}, {"x": 3}]),
    }
)
pq.write_table(ragged, OUT / "ragged.parquet")
for path in OUT.iterdir():
    path.chmod(0o644)
