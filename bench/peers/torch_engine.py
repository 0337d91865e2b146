"""The PyTorch side of the engine's speed table: a process that reads one JSON command per line and answers with one.

    {"workload": "mlp-adam", "steps": 20, "threads": 2}
      -> {"workload", "variant", "threads", "medianMs", "minMs", "times", "loss", "peakRssMb"}
    {"workload": "resnet20", "steps": 10, "memory": true}   the same in a fresh process, so that peakRssMb is its own
    {"list": true}                                          -> {"workloads": [...], "torch": "1.13.1", ...}
    {"quit": true}                                          ends; so does the end of the input

A first use builds the workload, warms every variant up and keeps the fastest; add "variant" to ask for one by name. Steps are
full training steps: zero_grad, forward, loss, backward, update, reading the loss. An error is answered as {"error": "..."}.

Debian's PyTorch calls OpenBLAS with its own pool of threads, which torch.set_num_threads does not reach: the number is given
to OpenBLAS at start (ORRERY_PEER_THREADS, default 2), and its pool and OpenMP's must not fight for the cores by spinning:
OMP_WAIT_POLICY=passive is set here unless the caller chose otherwise.
"""

import json
import os
import subprocess
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", os.environ.get("ORRERY_PEER_THREADS", "2"))
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch  # noqa: E402

from torch_workloads import WORKLOADS  # noqa: E402

WARM_UP_STEPS, TRIAL_STEPS = 3, 5
prepared = {}


def milliseconds(step):
    start = time.perf_counter()
    loss = step()
    return (time.perf_counter() - start) * 1000, loss


def peak_rss_mb():
    """This process's own high-water mark; getrusage would report the parent's if that was larger."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def build(workload, variant):
    """The step function of one variant, warmed up; the same initial weights each time."""
    torch.manual_seed(0)
    step = WORKLOADS[workload][variant]()
    warm = [milliseconds(step)[0] for _ in range(WARM_UP_STEPS + TRIAL_STEPS)]
    return min(warm[WARM_UP_STEPS:]), variant, step


def prepare(workload, variant, threads):
    """The asked or the fastest variant, built once for a number of threads."""
    key = (workload, variant, threads)
    if key not in prepared:
        names = [variant] if variant else list(WORKLOADS[workload])
        prepared[key] = min((build(workload, name) for name in names), key=lambda built: built[0])
    return prepared[key][1:]


def measure(command):
    threads = command.get("threads", 2)
    torch.set_num_threads(threads)
    variant, step = prepare(command["workload"], command.get("variant"), threads)
    runs = [milliseconds(step) for _ in range(command.get("steps", 20))]
    times = [elapsed for elapsed, _ in runs]
    ordered = sorted(times)
    return {
        "workload": command["workload"],
        "variant": variant,
        "threads": threads,
        "medianMs": (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2,
        "minMs": ordered[0],
        "times": times,
        "loss": runs[-1][1],
        "peakRssMb": peak_rss_mb(),
    }


def measure_apart(command):
    """`measure` in a fresh process; without a variant the plain one, so that no other inflates the peak."""
    first = next(iter(WORKLOADS[command["workload"]]))
    alone = {"variant": first, **command, "memory": False}
    child = subprocess.run([sys.executable, __file__], input=json.dumps(alone), capture_output=True, text=True, check=True)
    return json.loads(child.stdout)


def listing():
    variants = {name: list(kinds) for name, kinds in WORKLOADS.items()}
    policy = {key: os.environ.get(key) for key in ("OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY")}
    return {"workloads": list(WORKLOADS), "variants": variants, "torch": torch.__version__, "environment": policy}


def answer(command):
    if command.get("list"):
        return listing()
    if command.get("workload") not in WORKLOADS:
        raise ValueError(f"workload: expected one of {', '.join(WORKLOADS)}; got {command.get('workload')!r}")
    return measure_apart(command) if command.get("memory") else measure(command)


def main():
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            command = json.loads(line)
            if command.get("quit"):
                return
            reply = answer(command)
        except Exception as error:  # one bad command must not end the other side's run
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
