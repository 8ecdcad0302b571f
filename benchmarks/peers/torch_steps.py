"""The training steps of benchmarks/steps.ts in PyTorch: reads "NAME THREADS SECONDS" lines, answers with steps a second.

python3 -m venv env; env/bin/pip install torch; benchmarks/peers/compare.ts runs it.
"""
import sys
import time

import torch
from torch import nn


def affines(sizes, hidden):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.extend(hidden(sizes[i + 1]))
    return nn.Sequential(*layers)


def conv(c, n, pad=1):
    return [nn.Conv2d(c, n, 3, padding=pad), nn.ReLU()]


def deep():
    return nn.Sequential(
        *conv(1, 16), *conv(16, 16), nn.MaxPool2d(2),
        *conv(16, 32), *conv(32, 32, 2), nn.MaxPool2d(2),
        *conv(32, 64), *conv(64, 64), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 16, 50), nn.ReLU(), nn.Dropout(0.5), nn.Linear(50, 10), nn.Dropout(0.5),
    )


STEPS = {
    "two": ((784,), lambda: affines([784, 50, 10], lambda n: [nn.ReLU()]), "sgd"),
    "five": (
        (784,),
        lambda: affines([784, 100, 100, 100, 100, 100, 10], lambda n: [nn.BatchNorm1d(n), nn.ReLU(), nn.Dropout(0.2)]),
        "adam",
    ),
    "simple": (
        (1, 28, 28),
        lambda: nn.Sequential(
            nn.Conv2d(1, 30, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4320, 100), nn.ReLU(), nn.Linear(100, 10)
        ),
        "adam",
    ),
    "deep": ((1, 28, 28), deep, "adam"),
}
made = {}


def step_of(name):
    if name not in made:
        shape, network, rule = STEPS[name]
        net = network()
        x, t = torch.rand(100, *shape), torch.arange(100) % 10
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1) if rule == "sgd" else torch.optim.Adam(net.parameters(), lr=0.001)
        loss_of = nn.CrossEntropyLoss()

        def step():
            optimizer.zero_grad()
            loss = loss_of(net(x), t)
            loss.backward()
            optimizer.step()
            return loss.item()

        for _ in range(3):
            step()
        made[name] = step
    return made[name]


print(f"PyTorch {torch.__version__}", flush=True)
for line in sys.stdin:
    name, threads, seconds = line.split()
    torch.set_num_threads(int(threads))
    step, count = step_of(name), 0
    start = time.perf_counter()
    while time.perf_counter() - start < float(seconds):
        step()
        count += 1
    print(count / (time.perf_counter() - start), flush=True)
