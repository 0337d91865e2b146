"""How the reference numbers are drawn, differentiated and written down.

Everything runs in float64 on inputs with four decimals, so that the JSON holds the inputs exactly and the results to
nine significant digits. Arrays are `{"shape": [...], "data": [...]}`, row-major; booleans and integers add `"dtype"`.
"""

import json
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
LAYERS_FOLDER = ROOT / "src" / "nn" / "reference"

LCG_NOTE = (
    "state' = (1664525 * state + 1013904223) mod 2^32, starting at state = seed; element i is drawn from the state after "
    "i + 1 steps: u = floor(state / 256) / 2^23 - 1, in [-1, 1). A filled array is float32(offset + scale * u), computed "
    "in float64 and rounded once; elements run row-major."
)


def lcg(seed, count):
    """The first `count` values u in [-1, 1) of the generator in `LCG_NOTE`, as float64."""
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(count, 1664525, dtype=np.uint32), dtype=np.uint32)
        before = np.concatenate([np.ones(1, dtype=np.uint32), powers[:-1]])
        sums = np.cumsum(before, dtype=np.uint32) if count else before[:0]
        states = powers * np.uint32(seed) + sums * np.uint32(1013904223)
    return (states >> np.uint32(8)).astype(np.float64) / 2**23 - 1


def filled(shape, seed, scale=1.0, offset=0.0, dtype=torch.float32):
    """A tensor filled by `LCG_NOTE`; values are float32 whatever `dtype` holds them."""
    values = (offset + scale * lcg(seed, int(np.prod(shape)))).astype(np.float32)
    return torch.from_numpy(values).reshape(tuple(shape)).to(dtype)


def draw(*shape, scale=1.0):
    """Normal float64 numbers with four decimals, from torch's seeded generator."""
    return torch.round(torch.randn(shape, dtype=torch.float64) * scale * 1e4) / 1e4


def redraw_parameters(module, scale=0.4):
    """Converts a module to float64 and replaces its parameters by numbers with four decimals."""
    module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(draw(*parameter.shape, scale=scale))
    return module


def number(value):
    """A float with nine significant digits; integers stay integers."""
    rounded = float(f"{value:.9g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e9 else rounded


def array(tensor):
    """The JSON form of a tensor."""
    tensor = tensor.detach()
    record = {"shape": list(tensor.shape)}
    if tensor.dtype == torch.bool:
        return {**record, "dtype": "bool", "data": tensor.reshape(-1).int().tolist()}
    if not tensor.dtype.is_floating_point:
        return {**record, "dtype": "int64", "data": tensor.reshape(-1).tolist()}
    return {**record, "data": [number(value) for value in tensor.reshape(-1).double().tolist()]}


def arrays(tensors):
    return {name: array(tensor) for name, tensor in tensors.items()}


def case(name, forward, inputs, parameters=None, settings=None):
    """Runs `forward(**inputs)` and records outputs and the gradients of sum over outputs of sum(output * weight)."""
    parameters = dict(parameters or {})
    for tensor in inputs.values():
        if tensor.dtype.is_floating_point:
            tensor.requires_grad_(True)
    outputs = forward(**inputs)
    if torch.is_tensor(outputs):
        outputs = {"output": outputs}
    weights = {key: draw(*value.shape) for key, value in outputs.items()}
    total = sum((value * weights[key]).sum() for key, value in outputs.items())
    wanted = {key: value for key, value in {**inputs, **parameters}.items() if value.requires_grad}
    found = torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
    gradients = {key: value for key, value in zip(wanted, found) if value is not None}
    return {
        "name": name,
        "settings": settings or {},
        "inputs": arrays(inputs),
        "parameters": arrays(parameters),
        "outputs": arrays(outputs),
        "outputWeights": arrays(weights),
        "gradients": arrays(gradients),
    }


def write(path, note, body):
    """Writes one JSON file, one case per line, and says how large it is."""
    lines = [f'{json.dumps(key)}: {entry(value)}' for key, value in {"note": note, "madeBy": maker(), **body}.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1024:.0f} kB")


def entry(value):
    compact = {"separators": (",", ":"), "allow_nan": False}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(json.dumps(item, **compact) for item in value) + "\n]"
    return json.dumps(value, **compact)


def maker():
    return f"PyTorch {torch.__version__}, scripts/reference"
