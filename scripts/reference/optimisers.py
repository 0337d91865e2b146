"""Stored numbers of optimisers, learning-rate schedules and gradient clipping. Writes optimisers.json."""

import torch
import torch.nn.functional as F
from torch.optim import lr_scheduler

from recording import LAYERS_FOLDER, array, arrays, draw, number, write

NOTE = (
    "optimisers: parameters after each of 10 steps (row t = after step t + 1), float64. Functions: 'rosenbrock' is "
    "f(x) = sum over i = 0..2 of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 in four dimensions; 'logistic' is the mean binary "
    "cross-entropy of logits features @ weight + bias against labels, with parameters weight [3] and bias [1]. One L-BFGS "
    "step is one call of step(closure) with its own inner iterations. schedules: row t is the rate used by step t, base rate "
    "0.1. clipping: clip_grad_norm_ divides by (norm + 1e-6) and never enlarges."
)
START = [-1.2, 1.0, -0.5, 0.8]
SGD, ADAM, ADAMW, RMS = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop

PLANS = [
    ("sgd", SGD, dict(lr=1.0)),
    ("sgd momentum", SGD, dict(lr=1.0, momentum=0.9)),
    ("sgd nesterov", SGD, dict(lr=1.0, momentum=0.9, nesterov=True)),
    ("sgd momentum, weight decay", SGD, dict(lr=1.0, momentum=0.9, weight_decay=0.05)),
    ("sgd momentum, dampening", SGD, dict(lr=1.0, momentum=0.9, dampening=0.3)),
    ("adam", ADAM, dict(lr=0.05, betas=(0.9, 0.999), eps=1e-8)),
    ("adam other betas and eps", ADAM, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-3)),
    ("adam weight decay", ADAM, dict(lr=0.05, weight_decay=0.05)),
    ("adam amsgrad", ADAM, dict(lr=0.05, betas=(0.9, 0.6), amsgrad=True)),
    ("adamW", ADAMW, dict(lr=0.05, weight_decay=0.05)),
    ("adamW default decay", ADAMW, dict(lr=0.05, weight_decay=0.01)),
    ("rmsprop", RMS, dict(lr=0.02, alpha=0.99, eps=1e-8)),
    ("rmsprop momentum", RMS, dict(lr=0.01, alpha=0.9, momentum=0.9)),
    ("rmsprop centered", RMS, dict(lr=0.02, alpha=0.9, centered=True)),
    ("rmsprop momentum, centered, weight decay", RMS, dict(lr=0.01, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.05)),
    ("lbfgs strong wolfe", torch.optim.LBFGS, dict(lr=1.0, max_iter=4, history_size=5, line_search_fn="strong_wolfe")),
    ("lbfgs one iteration, strong wolfe", torch.optim.LBFGS, dict(lr=1.0, max_iter=1, history_size=5, line_search_fn="strong_wolfe")),
    ("lbfgs without line search", torch.optim.LBFGS, dict(lr=0.1, max_iter=4, history_size=5, line_search_fn=None)),
]


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def trajectory(name, kind, settings, function, parameters, loss):
    """Ten steps of one optimiser; parameters and the loss before each step."""
    for parameter in parameters.values():
        parameter.requires_grad_(True)
    optimiser = kind(list(parameters.values()), **settings)

    def closure():
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value

    start, losses, rows = arrays(parameters), [], {key: [] for key in parameters}
    for _ in range(10):
        losses.append(number(optimiser.step(closure).item()))
        for key, parameter in parameters.items():
            rows[key].append(parameter.detach().clone())
    after = {key: array(torch.stack(value)) for key, value in rows.items()}
    return {"name": f"{name} on {function}", "function": function, "settings": settings, "start": start, "losses": losses, "after": after}


def trajectories(features, labels):
    cases = []
    for name, kind, settings in PLANS:
        # Rosenbrock's slopes reach hundreds: plain gradient steps need a thousandth of the rate
        steep = {**settings, "lr": 0.0005} if kind is SGD else settings
        x = torch.tensor(START, dtype=torch.float64)
        cases.append(trajectory(name, kind, steep, "rosenbrock", {"x": x}, lambda: rosenbrock(x)))
        weight, bias = torch.tensor([0.3, -0.2, 0.1], dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
        logistic = lambda: F.binary_cross_entropy_with_logits(features @ weight + bias, labels)
        cases.append(trajectory(name, kind, settings, "logistic", {"weight": weight, "bias": bias}, logistic))
    return cases


def schedule(name, make, steps, settings, formula):
    optimiser = SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    plan, rates = make(optimiser), []
    for _ in range(steps):
        rates.append(number(optimiser.param_groups[0]["lr"]))
        optimiser.step()
        plan.step()
    return {"name": name, "settings": settings, "formula": formula, "rates": rates}


def warmup_cosine(optimiser):
    ramp = lr_scheduler.LinearLR(optimiser, start_factor=0.2, end_factor=1.0, total_iters=4)
    wave = lr_scheduler.CosineAnnealingLR(optimiser, T_max=16, eta_min=0.001)
    return lr_scheduler.SequentialLR(optimiser, [ramp, wave], milestones=[4])


def schedules():
    return [
        schedule("constant", lambda o: lr_scheduler.LambdaLR(o, lambda t: 1.0), 5, {}, "0.1"),
        schedule("step", lambda o: lr_scheduler.StepLR(o, 5, 0.5), 20, {"every": 5, "factor": 0.5}, "0.1 * 0.5^floor(t / 5)"),
        schedule("multistep", lambda o: lr_scheduler.MultiStepLR(o, [4, 9, 15], 0.1), 20, {"milestones": [4, 9, 15], "factor": 0.1},
                 "0.1 * 0.1^(number of milestones <= t)"),
        schedule("cosine", lambda o: lr_scheduler.CosineAnnealingLR(o, 20, 0.001), 21, {"steps": 20, "final": 0.001},
                 "0.001 + 0.099 * (1 + cos(pi t / 20)) / 2"),
        schedule("linear", lambda o: lr_scheduler.LinearLR(o, 1.0, 0.1, 10), 15, {"from": 1.0, "to": 0.1, "steps": 10},
                 "0.1 * (1 - 0.9 * min(t, 10) / 10)"),
        schedule("warm-up and cosine", warmup_cosine, 21, {"warmUpSteps": 4, "warmUpFrom": 0.2, "steps": 16, "final": 0.001},
                 "t < 4: 0.1 * (0.2 + 0.8 t / 4); else 0.001 + 0.099 * (1 + cos(pi (t - 4) / 16)) / 2"),
    ]


def clipping():
    cases = []
    for limit in (1.0, 100.0):
        before = {"a": draw(2, 3), "b": draw(4)}
        holders = [torch.zeros_like(value, requires_grad=True) for value in before.values()]
        for holder, value in zip(holders, before.values()):
            holder.grad = value.clone()
        norm = torch.nn.utils.clip_grad_norm_(holders, limit)
        after = dict(zip(before, (holder.grad for holder in holders)))
        cases.append({"name": f"limit {limit:g}", "limit": limit, "norm": number(norm.item()), "before": arrays(before), "after": arrays(after)})
    return cases


if __name__ == "__main__":
    torch.manual_seed(3)
    features = draw(12, 3)
    # four labels are wrong on purpose: no plane separates them, so the minimum is finite
    labels = (features @ torch.tensor([1.0, -2.0, 0.5]).double() > 0).double()
    labels[:4] = 1 - labels[:4]
    data = {"features": array(features), "labels": array(labels)}
    body = {"logisticData": data, "optimisers": trajectories(features, labels), "schedules": schedules(), "clipping": clipping()}
    write(LAYERS_FOLDER / "optimisers.json", NOTE, body)
