"""Writes pytorch.json in src/fixtures with PyTorch, release 2.13, on the CPU in float64.

Run: pip install torch, then python packages/optim/scripts/pytorch-optimizers.py

"optimizers" has ten updates of each optimizer of PyTorch with options, of two parameters whose gradients are x/10 and
2y + y^3; "clipping" what clip_grad_norm_ and clip_grad_value_ make of gradients; "schedules" the rates of each schedule
over 24 steps, of a base rate of 1; "average" ten values of an exponential moving average of parameters.
"""

import json
import math
from pathlib import Path

import torch
from torch import optim
from torch.optim import lr_scheduler as schedules
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def values(x):
    return {"shape": list(x.shape), "data": x.detach().flatten().tolist()}


def parameters():
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(3, generator=generator).requires_grad_()
    y = torch.randn(2, 2, generator=generator).requires_grad_()
    return x, y


def set_gradients(x, y):
    x.grad = x.detach() / 10
    y.grad = 2 * y.detach() + y.detach() ** 3


def updates(name, options, ours, groups=None, clip=None):
    x, y = parameters()
    given = [{"params": [x]}, {"params": [y], **groups[0]}] if groups else [x, y]
    optimizer = getattr(optim, name)(given, **options)
    start = {"x": values(x), "y": values(y)}
    trajectory = []
    for _ in range(10):
        set_gradients(x, y)
        if clip:
            torch.nn.utils.clip_grad_norm_([x, y], clip)
        optimizer.step()
        trajectory.append({"x": values(x), "y": values(y)})
    call = ", ".join([name, *(f"{k}={v}" for k, v in options.items())])
    return {"torch": call, "start": start, "trajectory": trajectory, **ours}


def ours(optimizer, options, **rest):
    return {"optimizer": optimizer, "options": {**options, **rest}}


optimizers = [
    updates("SGD", {"lr": 0.1, "weight_decay": 0.2}, ours("sgd", {"lr": 0.1, "weightDecay": 0.2})),
    updates(
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.2},
        ours("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.2}),
    ),
    # The velocity of the book's momentum has the rate within, which is the same while the rate stays.
    updates(
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.2},
        ours("momentum", {"lr": 0.1, "momentum": 0.9, "weightDecay": 0.2}),
    ),
    updates(
        "Adagrad", {"lr": 0.1, "eps": 1e-7, "weight_decay": 0.2}, ours("adagrad", {"lr": 0.1, "weightDecay": 0.2})
    ),
    updates(
        "RMSprop",
        {"lr": 0.1, "alpha": 0.9, "eps": 1e-7, "weight_decay": 0.2},
        ours("rmsprop", {"lr": 0.1, "decayRate": 0.9, "weightDecay": 0.2}),
    ),
    updates("AdamW", {}, ours("adamw", {})),
    updates(
        "AdamW",
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.5},
        ours("adamw", {"lr": 0.1, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weightDecay": 0.5}),
    ),
    updates(
        "AdamW",
        {"lr": 0.1},
        ours("adamw", {"lr": 0.1}, groups=[{"parameters": "y", "lr": 0.02, "weightDecay": 0, "beta1": 0.5}]),
        groups=[{"lr": 0.02, "weight_decay": 0.0, "betas": (0.5, 0.999)}],
    ),
    updates("AdamW", {"lr": 0.1}, ours("adamw", {"lr": 0.1}, clip={"norm": 0.5}), clip=0.5),
    updates("Adam", {"lr": 0.1}, ours("adamw", {"lr": 0.1, "weightDecay": 0})),
    updates("RAdam", {"lr": 0.1}, ours("radam", {"lr": 0.1})),
    # From the fifth update on it divides by mean squares.
    updates(
        "RAdam",
        {"lr": 0.1, "betas": (0.7, 0.9), "weight_decay": 0.2},
        ours("radam", {"lr": 0.1, "beta1": 0.7, "beta2": 0.9, "weightDecay": 0.2}),
    ),
    updates("RAdam", {"lr": 0.1, "betas": (0.7, 0.5)}, ours("radam", {"lr": 0.1, "beta1": 0.7, "beta2": 0.5})),
]


def clipping(limit, order=None):
    x, y = parameters()
    set_gradients(x, y)
    before = {"x": values(x.grad), "y": values(y.grad)}
    norm = None
    if order is None:
        torch.nn.utils.clip_grad_value_([x, y], limit)
    else:
        norm = torch.nn.utils.clip_grad_norm_([x, y], limit, norm_type=order).item()
    after = {"x": values(x.grad), "y": values(y.grad)}
    return {"limit": limit, "order": "Infinity" if order == math.inf else order, "norm": norm, "before": before, "after": after}


def rates(make, name, options):
    """Rates for the updates number 0, 1, … as schedules of ours give them as factors."""
    x, _ = parameters()
    optimizer = optim.SGD([x], lr=1.0)
    schedule = make(optimizer)
    factors = []
    for _ in range(24):
        factors.append(optimizer.param_groups[0]["lr"])
        x.grad = torch.zeros_like(x)
        optimizer.step()
        schedule.step()
    return {"schedule": name, "options": options, "factors": factors}


def plateau(options, **theirs):
    x, _ = parameters()
    optimizer = optim.SGD([x], lr=1.0)
    schedule = schedules.ReduceLROnPlateau(optimizer, **theirs)
    measures = [5, 4, 4.1, 3.9996, 4.2, 4, 4.3, 4.1, 3, 3.5, 3.2, 3.1, 3.05, 3.2, 3.3, 2.9, 2.95, 3, 3, 3, 3, 3, 3, 3]
    factors = []
    for measure in measures:
        schedule.step(measure)
        factors.append(optimizer.param_groups[0]["lr"])
    return {"options": options, "measures": measures, "factors": factors}


def sequential(o):
    first = schedules.LinearLR(o, start_factor=0.1, end_factor=1.0, total_iters=6)
    then = schedules.CosineAnnealingLR(o, T_max=18)
    return schedules.SequentialLR(o, [first, then], milestones=[6])


linear = schedules.LinearLR
one_cycle = schedules.OneCycleLR
schedule_rates = [
    rates(lambda o: schedules.StepLR(o, 5, gamma=0.5), "step", {"every": 5, "factor": 0.5}),
    rates(lambda o: schedules.MultiStepLR(o, [3, 10, 11], gamma=0.1), "step", {"at": [3, 10, 11], "factor": 0.1}),
    rates(lambda o: schedules.ExponentialLR(o, 0.9), "exponential", {"factor": 0.9}),
    rates(lambda o: schedules.CosineAnnealingLR(o, 24), "cosine", {"steps": 24}),
    rates(lambda o: schedules.CosineAnnealingLR(o, 24, eta_min=0.1), "cosine", {"steps": 24, "least": 0.1}),
    rates(lambda o: schedules.CosineAnnealingWarmRestarts(o, 5, T_mult=2), "cosine", {"steps": 5, "restarts": 2}),
    rates(lambda o: schedules.CosineAnnealingWarmRestarts(o, 7), "cosine", {"steps": 7, "restarts": 1}),
    rates(lambda o: linear(o, 1.0, 0.2, 10), "linear", {"steps": 10, "to": 0.2}),
    rates(lambda o: schedules.PolynomialLR(o, 12, power=2.0), "polynomial", {"steps": 12, "power": 2}),
    rates(lambda o: linear(o, 0.25, 1.0, 8), "warmup", {"steps": 8, "from": 0.25}),
    rates(sequential, "warmup", {"steps": 6, "from": 0.1, "followedBy": {"schedule": "cosine", "steps": 18}}),
    rates(lambda o: one_cycle(o, 1.0, total_steps=25), "oneCycle", {"steps": 25}),
    rates(
        lambda o: one_cycle(o, 1.0, total_steps=25, pct_start=0.4, div_factor=10, final_div_factor=100, anneal_strategy="linear"),
        "oneCycle",
        {"steps": 25, "warmup": 0.4, "from": 0.1, "to": 0.001, "shape": "linear"},
    ),
]
plateaus = [
    plateau({"patience": 2}, patience=2),
    plateau({"factor": 0.5, "patience": 1, "cooldown": 2, "least": 0.1}, factor=0.5, patience=1, cooldown=2, min_lr=0.1),
    plateau(
        {"mode": "max", "patience": 3, "threshold": 0.2, "thresholdMode": "absolute"},
        mode="max",
        patience=3,
        threshold=0.2,
        threshold_mode="abs",
    ),
]


def average(decay):
    x, y = parameters()
    model = torch.nn.ParameterList([x, y])
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))
    averaged.update_parameters(model)  # the first call copies
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    trajectory = []
    for _ in range(10):
        set_gradients(*model)
        optimizer.step()
        averaged.update_parameters(model)
        trajectory.append(dict(zip("xy", map(values, averaged.module.parameters()))))
    return {"decay": decay, "trajectory": trajectory}


start = dict(zip("xy", map(values, parameters())))
fixture = {
    "madeBy": f"packages/optim/scripts/pytorch-optimizers.py with PyTorch {torch.__version__}",
    "start": start,
    "optimizers": optimizers,
    "clipping": [clipping(1, 2), clipping(100, 2), clipping(1, 1), clipping(0.5, math.inf), clipping(0.3)],
    "schedules": schedule_rates,
    "plateau": plateaus,
    "average": average(0.9),
}
path = Path(__file__).parent.parent / "src" / "fixtures" / "pytorch.json"
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
