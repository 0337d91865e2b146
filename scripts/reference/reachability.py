"""Reference numbers of the reachability solver, made by hj_reachability 0.7.0 on JAX in float64.

    python3 -m venv v && v/bin/pip install hj_reachability==0.7.0 "jax[cpu]"
    v/bin/python scripts/reference/reachability.py   # src/instruments/control/reachability/reference/hj-reachability.json

Values that are kept in part are every 37th, row-major, with ten significant digits.
"""

import json
from pathlib import Path

import jax

jax.config.update("jax_enable_x64", True)
import hj_reachability as hj
import jax.numpy as jnp
import numpy as np
from hj_reachability import boundary_conditions as bc
from hj_reachability.finite_differences import upwind_first

OUT = Path(__file__).resolve().parents[2] / "src/instruments/control/reachability/reference/hj-reachability.json"
SCHEMES = {
    "first-order": upwind_first.first_order,
    "eno2": upwind_first.ENO2,
    "eno3": upwind_first.ENO3,
    "weno3": upwind_first.WENO3,
    "weno5": upwind_first.WENO5,
}


def digits(x):
    return [float(f"{v:.10g}") for v in np.asarray(x).ravel()]


def summary(values):
    values = np.asarray(values)
    return {
        "mean": float(f"{values.mean():.12g}"),
        "min": float(f"{values.min():.12g}"),
        "max": float(f"{values.max():.12g}"),
        "inside": int((values <= 0).sum()),
        "every37th": digits(values.ravel()[::37]),
    }


def derivatives():
    rng = np.random.default_rng(7)
    values = np.round(np.cumsum(rng.normal(size=14)), 4)
    rules = {"periodic": bc.periodic, "linear": bc.extrapolate, "away-from-zero": bc.extrapolate_away_from_zero}
    cases = []
    for scheme, f in SCHEMES.items():
        for rule, boundary in rules.items():
            left, right = f(jnp.array(values), 0.25, boundary)
            cases.append({"scheme": scheme, "boundary": rule, "left": digits(left), "right": digits(right)})
    return {"values": digits(values), "spacing": 0.25, "cases": cases}


def air3d_grid(shape):
    domain = hj.sets.Box(np.array([-6.0, -10.0, 0.0]), np.array([20.0, 10.0, 2 * np.pi]))
    return hj.Grid.from_lattice_parameters_and_boundary_conditions(domain, shape, periodic_dims=2)


def air3d():
    grid = air3d_grid((11, 10, 10))
    target = jnp.linalg.norm(grid.states[..., :2], axis=-1) - 5
    cases = []
    for accuracy in ("low", "medium", "high", "very_high"):
        for tube in (False, True):
            post = hj.solver.backwards_reachable_tube if tube else hj.solver.identity
            settings = hj.SolverSettings.with_accuracy(accuracy, hamiltonian_postprocessor=post)
            values = hj.step(settings, hj.systems.Air3d(), grid, 0.0, target, -0.5, progress_bar=False)
            cases.append({"scheme": accuracy.replace("_", "-"), "tube": tube, **summary(values)})
    return cases


class Swimmer(hj.ControlAndDisturbanceAffineDynamics):
    """x' = -y + ux + dx, y' = x + uy + dy/2 with u in a ball and d in a box away from 0; time runs forward."""

    def __init__(self):
        control = hj.sets.Ball(jnp.array([0.1, -0.2]), 0.7)
        disturbance = hj.sets.Box(jnp.array([-0.3, -0.1]), jnp.array([0.2, 0.4]))
        super().__init__("min", "max", control, disturbance)

    def open_loop_dynamics(self, state, time):
        return jnp.array([-state[1], state[0]]) * (1 + time)

    def control_jacobian(self, state, time):
        return jnp.eye(2)

    def disturbance_jacobian(self, state, time):
        return jnp.array([[1.0, 0.0], [0.0, 0.5]])

    def partial_max_magnitudes(self, state, time, value, grad_value_box):
        """The tight bound |f + G c| + |G| r, which the library leaves loose for sets away from 0."""
        f = self.open_loop_dynamics(state, time) + jnp.array([0.1 - 0.05, -0.2 + 0.075])
        return jnp.abs(f) + 0.7 + jnp.array([0.25, 0.125])


def swimmer():
    domain = hj.sets.Box(np.array([-2.0, -2.0]), np.array([2.0, 2.0]))
    grid = hj.Grid.from_lattice_parameters_and_boundary_conditions(domain, (33, 29))
    target = jnp.linalg.norm(grid.states - jnp.array([0.5, 0.0]), axis=-1) - 0.6
    obstacle = 0.4 - jnp.linalg.norm(grid.states + jnp.array([0.6, 0.3]), axis=-1)
    settings = hj.SolverSettings.with_accuracy("very_high", value_postprocessor=hj.solver.static_obstacle(obstacle))
    forward = hj.step(settings, Swimmer(), grid, 0.0, target, 0.4, progress_bar=False)
    backward = hj.step(settings, Swimmer(), grid, 0.4, target, 0.0, progress_bar=False)
    states = [[0.31, -0.42], [-1.99, 1.5], [1.2, 0.05], [0.0, 0.0]]
    gradient = grid.grad_values(backward, upwind_first.WENO5)
    return {
        "forward": summary(forward),
        "backward": summary(backward),
        "states": states,
        "interpolated": digits([grid.interpolate(backward, jnp.array(s)) for s in states]),
        "gradients": [digits(grid.interpolate(gradient, jnp.array(s))) for s in states],
    }


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    content = {"library": "hj_reachability 0.7.0", "derivatives": derivatives(), "air3d": air3d(), "swimmer": swimmer()}
    OUT.write_text(json.dumps(content, indent=1) + "\n")
