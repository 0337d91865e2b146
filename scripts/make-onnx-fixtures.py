"""Writes the two small models whose bytes the tests of the ONNX codec compare with ours.

    python3 -m venv .venv && .venv/bin/pip install onnx==1.23.2
    .venv/bin/python scripts/make-onnx-fixtures.py src/engine/onnx/reference
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def dense() -> onnx.ModelProto:
    """y = x w + b with a symbolic batch, an attribute of each scalar and list type on a node of another domain."""
    weight = numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(3, 2) / 4, "w")
    bias = numpy_helper.from_array(np.array([-1.5, 0.25], dtype=np.float32), "b")
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["h"], name="product"),
        helper.make_node("Add", ["h", "b"], ["y"]),
        helper.make_node(
            "Mixed", ["y", ""], ["z"], domain="org.example", alpha=0.5, axis=-1, end=2**63 - 1,
            mode="linéaire", pads=[0, 1, -1, 300], scales=[1.0, 0.1], words=["a", "", "β"],
        ),
    ]
    graph = helper.make_graph(
        nodes, "dense",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, [None, 0, 200])],
        [weight, bias],
        value_info=[helper.make_tensor_value_info("h", TensorProto.FLOAT, None)],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("org.example", 1)]
    model = helper.make_model(graph, producer_name="fixture", opset_imports=opsets, ir_version=10, model_version=3)
    helper.set_model_props(model, {"key": "value", "π": "3.14159"})
    return model


def branches() -> onnx.ModelProto:
    """A node with two subgraphs, a tensor attribute, an int4 and a scalar initializer."""

    def branch(name: str, value: int) -> onnx.GraphProto:
        constant = numpy_helper.from_array(np.array([value, -value], dtype=np.int64), "")
        node = helper.make_node("Constant", [], [name], value=constant)
        return helper.make_graph([node], name, [], [helper.make_tensor_value_info(name, TensorProto.INT64, [2])])

    packed = helper.make_tensor("q", TensorProto.INT4, [3], bytes([0x8F, 0x07]), raw=True)
    flag = numpy_helper.from_array(np.array(True), "flag")
    node = helper.make_node("If", ["flag"], ["y"], then_branch=branch("one", 1), else_branch=branch("big", 2**40))
    graph = helper.make_graph(
        [node], "branches", [], [helper.make_tensor_value_info("y", TensorProto.INT64, [2])], [packed, flag]
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def typed() -> onnx.ModelProto:
    """Initializers in typed fields instead of raw_data, for reading only."""
    cases = {
        "float": (TensorProto.FLOAT, [1.5, -2.25]), "double": (TensorProto.DOUBLE, [0.1]),
        "int64": (TensorProto.INT64, [2**63 - 1, -1]), "int32": (TensorProto.INT32, [-5, 2**31 - 1]),
        "int8": (TensorProto.INT8, [-128, 127]), "uint8": (TensorProto.UINT8, [255]),
        "int16": (TensorProto.INT16, [-300]), "uint16": (TensorProto.UINT16, [65535]),
        "uint32": (TensorProto.UINT32, [2**32 - 1]), "bool": (TensorProto.BOOL, [True, False, True]),
        "float16": (TensorProto.FLOAT16, [0.5, -65504.0, 6e-8]), "bfloat16": (TensorProto.BFLOAT16, [1.0, -3.140625]),
        "int4": (TensorProto.INT4, [-8, 7, -1]), "uint4": (TensorProto.UINT4, [15, 1]),
    }
    tensors = [helper.make_tensor(name, kind, [len(values)], values) for name, (kind, values) in cases.items()]
    tensors.append(helper.make_tensor("string", TensorProto.STRING, [2], ["a", "é"]))
    return helper.make_model(helper.make_graph([], "typed", [], [], tensors), ir_version=10)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in (dense, branches, typed):
        (folder / f"{make.__name__}.onnx").write_bytes(make().SerializeToString(deterministic=True))
