"""The dwave-samplers side of simulated annealing's times: the same model, temperatures, reads and sweeps, one thread.

    dwave_annealing.py MODEL.json READS SWEEPS SEED
      -> {"seconds": wall, "cpuSeconds": of the processor, "energies": of the reads, "version": ...}

MODEL.json: {"spins": N, "from": [...], "to": [...], "weight": [...], "beta": [hot, cold]} with E = -sum weight s s; dimod's E = +sum J s s.
The times are those of `sample`, without making the model.
"""

import json
import sys
import time

import dimod
import dwave.samplers

path, reads, sweeps, seed = sys.argv[1], *map(int, sys.argv[2:])
with open(path) as file:
    model = json.load(file)
pairs = zip(model["from"], model["to"], model["weight"])
linear = {i: 0.0 for i in range(model["spins"])}
bqm = dimod.BinaryQuadraticModel(linear, {(i, j): -w for i, j, w in pairs}, 0.0, "SPIN")
sampler = dwave.samplers.SimulatedAnnealingSampler()
options = {"beta_range": model["beta"], "beta_schedule_type": "geometric", "num_sweeps_per_beta": 1}
sampler.sample(bqm, num_reads=1, num_sweeps=10, seed=seed, **options)

start, cpu = time.perf_counter(), time.process_time()
found = sampler.sample(bqm, num_reads=reads, num_sweeps=sweeps, seed=seed, **options)
seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
print(
    json.dumps(
        {
            "seconds": seconds,
            "cpuSeconds": cpu_seconds,
            "energies": [float(e) for e in found.record.energy],
            "version": f"dwave-samplers {dwave.samplers.__version__}",
        }
    )
)
