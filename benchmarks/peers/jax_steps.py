"""The training steps of benchmarks/steps.ts in JAX, compiled by jit: reads "NAME THREADS SECONDS" lines, answers with steps
a second. JAX uses all cores.

python3 -m venv env; env/bin/pip install jax; benchmarks/peers/compare.ts runs it.
"""
import os
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
from jax import lax

normal = jax.random.normal


def affine(n, m):
    def init(key):
        return {"w": 0.01 * normal(key, (n, m)), "b": jnp.zeros(m)}

    return init, lambda p, x, key: x.reshape(x.shape[0], -1) @ p["w"] + p["b"]


def conv(c, n, size, pad):
    def init(key):
        return {"w": 0.1 * normal(key, (size, size, c, n)), "b": jnp.zeros(n)}

    def apply(p, x, key):
        pads = ((pad, pad), (pad, pad))
        return lax.conv_general_dilated(x, p["w"], (1, 1), pads, dimension_numbers=("NHWC", "HWIO", "NHWC")) + p["b"]

    return init, apply


def batch_norm(n):
    def init(key):
        return {"gamma": jnp.ones(n), "beta": jnp.zeros(n)}

    def apply(p, x, key):
        mean, variance = x.mean(0), x.var(0)
        return p["gamma"] * (x - mean) / jnp.sqrt(variance + 1e-5) + p["beta"]

    return init, apply


def no_parameters(apply):
    return (lambda key: {}), (lambda p, x, key: apply(x, key))


relu = no_parameters(lambda x, key: jax.nn.relu(x))
pool = no_parameters(lambda x, key: lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID"))


def dropout(ratio):
    return no_parameters(lambda x, key: jnp.where(jax.random.bernoulli(key, 1 - ratio, x.shape), x / (1 - ratio), 0))


def hidden(n):
    return [batch_norm(n), relu, dropout(0.2)]


STEPS = {
    "two": ((784,), [affine(784, 50), relu, affine(50, 10)], "sgd"),
    "five": (
        (784,),
        [layer for i in range(5) for layer in [affine(100 if i else 784, 100), *hidden(100)]] + [affine(100, 10)],
        "adam",
    ),
    "simple": ((28, 28, 1), [conv(1, 30, 5, 0), relu, pool, affine(4320, 100), relu, affine(100, 10)], "adam"),
    "deep": (
        (28, 28, 1),
        [
            *[conv(1, 16, 3, 1), relu, conv(16, 16, 3, 1), relu, pool],
            *[conv(16, 32, 3, 1), relu, conv(32, 32, 3, 2), relu, pool],
            *[conv(32, 64, 3, 1), relu, conv(64, 64, 3, 1), relu, pool],
            *[affine(1024, 50), relu, dropout(0.5), affine(50, 10), dropout(0.5)],
        ],
        "adam",
    ),
}
made = {}


def sgd(p, g, slots, count):
    return jax.tree.map(lambda p, g: p - 0.1 * g, p, g), slots


def adam(p, g, slots, count):
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, slots[0], g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, slots[1], g)
    rate = 0.001 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    return jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), p, m, v), (m, v)


def step_of(name):
    if name not in made:
        shape, layers, rule = STEPS[name]
        keys = jax.random.split(jax.random.key(0), len(layers))
        params = [init(key) for (init, _), key in zip(layers, keys)]
        x, t = jax.random.uniform(jax.random.key(1), (100, *shape)), jnp.arange(100) % 10

        def loss_of(params, key):
            y = x_of[0]
            for (_, apply), p, k in zip(layers, params, jax.random.split(key, len(layers))):
                y = apply(p, y, k)
            return -jax.nn.log_softmax(y)[jnp.arange(100), t_of[0]].mean()

        x_of, t_of = [x], [t]
        zeros = jax.tree.map(jnp.zeros_like, params)

        @jax.jit
        def update(params, slots, count, key, x, t):
            x_of[0], t_of[0] = x, t
            key, own = jax.random.split(key)
            loss, g = jax.value_and_grad(loss_of)(params, own)
            params, slots = {"sgd": sgd, "adam": adam}[rule](params, g, slots, count)
            return params, slots, count + 1, key, loss

        state = [params, (zeros, zeros), jnp.float32(1), jax.random.key(2)]

        def step():
            *state[:], loss = update(*state, x, t)
            return float(loss)

        for _ in range(3):
            step()
        made[name] = step
    return made[name]


print(f"JAX {jax.__version__}", flush=True)
for line in sys.stdin:
    name, _, seconds = line.split()
    step, count = step_of(name), 0
    start = time.perf_counter()
    while time.perf_counter() - start < float(seconds):
        step()
        count += 1
    print(count / (time.perf_counter() - start), flush=True)
