"""The hj_reachability side of the reachability solver's times: Air3D as a backward reachable tube of 2.8 s, without compiling.

    jax_reachability.py NX NY NPSI ACCURACY THREADS
      -> {"seconds": wall, "cpuSeconds": of the processor, "mean": of the values, "inside": points not above 0, "version"}
"""

import json
import os
import sys
import time
from importlib.metadata import version

*shape, accuracy, threads = sys.argv[1:]
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(threads)])
os.environ["JAX_PLATFORMS"] = "cpu"

import hj_reachability as hj  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

domain = hj.sets.Box(np.array([-6.0, -10.0, 0.0]), np.array([20.0, 10.0, 2 * np.pi]))
grid = hj.Grid.from_lattice_parameters_and_boundary_conditions(domain, tuple(map(int, shape)), periodic_dims=2)
target = jnp.linalg.norm(grid.states[..., :2], axis=-1) - 5
settings = hj.SolverSettings.with_accuracy(
    accuracy.replace("-", "_"), hamiltonian_postprocessor=hj.solver.backwards_reachable_tube
)
dynamics = hj.systems.Air3d()
solve = lambda t: hj.step(settings, dynamics, grid, 0.0, target, t, progress_bar=False).block_until_ready()
solve(-0.01)

started, cpu = time.perf_counter(), time.process_time()
values = np.asarray(solve(-2.8))
seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
print(
    json.dumps(
        {
            "seconds": seconds,
            "cpuSeconds": cpu,
            "mean": float(values.mean()),
            "inside": int((values <= 0).sum()),
            "version": f"hj_reachability {version('hj_reachability')}, jax {version('jax')}",
        }
    )
)
