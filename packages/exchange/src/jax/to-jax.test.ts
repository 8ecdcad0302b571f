import {
  add,
  constant,
  defineOp,
  gather,
  log,
  matmul,
  mean,
  mul,
  neg,
  randomBernoulli,
  relu,
  reshape,
  scope,
  softmax,
  sub,
  sum,
  tanh,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { loadProgramState, programState, trace } from "@adjoint/compiler";
import { decodeSafetensors } from "@adjoint/data";
import { Momentum } from "@adjoint/optim";
import { kernels, rng, type Tensor, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { runInJax } from "../testing/jax.ts";
import { pythonPath } from "../testing/python.ts";
import { toJax } from "./to-jax.ts";

/** A network of two layers with dropout, its optimizer, and a step of both. */
function small() {
  const generator = rng(3);
  const draw = (...shape: number[]): Tensor => generator.normal(shape, { std: 0.5 });
  const params = {
    "affine1.w": variable(draw(3, 4), { name: "affine1.w" }),
    "affine1.b": variable(zeros([4]), { name: "affine1.b" }),
    "affine2.w": variable(draw(4, 2), { name: "affine2.w" }),
  };
  const optimizer = new Momentum(params, { lr: 0.1 });
  const mask = rng(9);
  const loss = (x: Variable, t: Variable): Variable => {
    const hidden = scope("affine1", () => add(matmul(x, params["affine1.w"]), params["affine1.b"]));
    const kept = scope("dropout1", () => mul(relu(hidden), randomBernoulli(mask, [2, 4], 0.5)));
    const scores = scope("affine2", () => matmul(kept, params["affine2.w"]));
    return scope("loss", () => neg(mean(log(gather(softmax(scores), reshape(t, [2, 1]), { axis: 1 })))));
  };
  const step = (x: Variable, t: Variable): Variable => {
    optimizer.zeroGrad();
    const y = loss(x, t);
    y.backward();
    optimizer.step();
    return y;
  };
  return { params, optimizer, mask, step };
}

const x = constant(
  tensor([
    [1, 2, 3],
    [0, -1, 1],
  ]),
  { name: "x" },
);
const t = constant(tensor([1, 0], { dtype: "int32" }), { name: "t" });

/** The functions of a file: not its header, nor the loop, which is the same in all. */
const functionsOf = (source: string): string =>
  source.slice(source.search(/^def /m), source.indexOf("INPUTS = ")).trimEnd();

describe("toJax", () => {
  it("writes a step as a person would", () => {
    const { source } = toJax(trace(small().step, x, t), { name: "A small network" });
    expect(functionsOf(source)).toMatchInlineSnapshot(`
      "def scatter_add(x, indices, updates, axis):
          """x, with updates added along an axis at the places that indices of their shape name."""
          places = list(jnp.indices(indices.shape, sparse=True))
          places[axis] = indices
          return x.at[tuple(places)].add(updates)


      def philox(key, counter):
          """Philox4x32-10: four random words below 2**32 for each counter (Salmon et al. 2011)."""
          word = 2**32 - 1
          c0, c1, c2, c3 = counter & word, counter >> 32, jnp.zeros_like(counter), jnp.zeros_like(counter)
          k0, k1 = key & word, key >> 32
          for _ in range(10):
              p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57
              c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & word, (p0 >> 32) ^ c3 ^ k1, p0 & word
              k0, k1 = (k0 + 0x9E3779B9) & word, (k1 + 0xBB67AE85) & word
          return c0, c1, c2, c3


      def random_words(generator, shape):
          """Four words for each number of a draw. A generator is a key and the counter of the next number."""
          key, counter = generator.astype(jnp.uint64)
          return philox(key, counter + jnp.arange(math.prod(shape), dtype=jnp.uint64).reshape(shape))


      def unit(high, low):
          """A number in [0, 1) of 53 bits from two words."""
          return ((high << 21) | (low >> 11)).astype(jnp.float64) * 2.0**-53


      def random_bernoulli(generator, shape, p, dtype):
          """1 with probability p, else 0: the same draw as Adjoint's."""
          high, low, _, _ = random_words(generator, shape)
          return (unit(high, low) < p).astype(dtype)


      def update(p, grad, v, rate):
          """The new values of a parameter and of its v."""
          new_v = v * 0.9 - grad * rate
          return p + new_v, new_v


      def step(state, x, t):
          """One training step of A small network: what it returns, and the next state."""
          # affine1
          affine1 = x @ state["affine1.w"] + state["affine1.b"]

          # dropout1
          dropout1_relu = jax.nn.relu(affine1)
          dropout1_mask = random_bernoulli(state["generator 0"], (2, 4), 0.5, jnp.float32)
          dropout1 = dropout1_relu * dropout1_mask

          # affine2
          affine2 = dropout1 @ state["affine2.w"]

          # loss
          loss_probabilities = jax.nn.softmax(affine2)
          loss_picked = jnp.take_along_axis(loss_probabilities, t[:, None], axis=1)
          loss = -jnp.mean(jnp.log(loss_picked))

          # loss, backward
          d_loss_probabilities = scatter_add(
              jnp.zeros((2, 2), jnp.float32), t[:, None], -0.5 / loss_picked, axis=1
          )
          chosen = jnp.where(loss_probabilities > 0.5, d_loss_probabilities, 0)
          difference = d_loss_probabilities - jnp.sum(chosen, axis=1, keepdims=True)
          difference_2 = difference - jnp.sum(loss_probabilities * difference, axis=1, keepdims=True)
          d_affine2 = loss_probabilities * difference_2

          # affine2, backward
          d_dropout1 = d_affine2 @ state["affine2.w"].T
          d_affine2_w = dropout1.T @ d_affine2

          # dropout1, backward
          d_affine1 = jnp.where(dropout1_relu > 0, d_dropout1 * dropout1_mask, 0)

          # affine1, backward
          d_affine1_b = jnp.sum(d_affine1, axis=0)
          d_affine1_w = x.T @ d_affine1

          # update
          rate = state["lr"].astype(jnp.float32)
          generator_0 = state["generator 0"] + jnp.array([0, 8], jnp.float64)
          iteration = state["iteration"] + 1

          grads = {
              "affine1.w": d_affine1_w,
              "affine1.b": d_affine1_b,
              "affine2.w": d_affine2_w,
          }
          new = {}
          for name, grad in grads.items():
              new[name], new[f"{name}.v"] = update(state[name], grad, state[f"{name}.v"], rate)
          return loss, {**state, **new, "generator 0": generator_0, "iteration": iteration}"
    `);
  });

  it("writes what changes nothing as a function of inputs and parameters, with requirements and data in its header", () => {
    const w = variable([[1], [2], [3]], { name: "w" });
    const { source, weights } = toJax(
      trace((y: Variable) => tanh(matmul(y, w)), x),
      { name: "Predictor", file: "predictor.py" },
    );
    expect(source.slice(0, source.indexOf("def read("))).toMatchInlineSnapshot(`
      "# /// script
      # requires-python = ">=3.10"
      # dependencies = ["jax", "numpy", "safetensors"]
      # ///
      """Predictor: a network in JAX. Written by Adjoint.

          python predictor.py --data data.safetensors --out results.safetensors
          python predictor.py --data data.safetensors --out results.safetensors --mesh data=8
          python predictor.py --help

      The data are a file with x, float32 [samples, 3]. A batch has 2 samples.
      """
      import argparse
      import os
      from pathlib import Path

      import jax
      import jax.numpy as jnp
      import numpy as np
      from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
      from safetensors import safe_open
      from safetensors.numpy import save_file


      def predict(state, x):
          """Predictor: what it computes from its inputs and parameters."""
          y = jnp.tanh(x @ state["w"])
          return y


      INPUTS = {
          "x": ((2, 3), "float32"),
      }
      BATCHED = ["x"]  # inputs with a sample in each row
      BATCH = 2
      WEIGHTS = "predictor.safetensors"


      "
    `);
    expect(Object.keys(decodeSafetensors(weights).tensors)).toEqual(["w"]);
  });

  it("has the states by Adjoint's names, as they are now, and the metadata", () => {
    const { params, optimizer, step } = small();
    const program = trace(step, x, t);
    params["affine1.b"].assign([1, 2, 3, 4]);
    optimizer.lr = 0.25;
    const { tensors, metadata } = decodeSafetensors(toJax(program, { metadata: { of: "a test" } }).weights);
    expect(Object.keys(tensors).sort()).toEqual([
      "affine1.b",
      "affine1.b.v",
      "affine1.w",
      "affine1.w.v",
      "affine2.w",
      "affine2.w.v",
      "generator 0",
      "iteration",
      "lr",
    ]);
    expect([tensors["affine1.b"].toArray(), tensors.lr.item()]).toEqual([[1, 2, 3, 4], 0.25]);
    expect(metadata).toEqual({ of: "a test" });
  });

  it("names what it cannot write", () => {
    const twice = defineOp({
      name: "twice",
      infer: ([y]) => y,
      forward: ([y]) => kernels.mul(y, 2),
      backward: [({ grad }) => mul(grad, 2)],
    });
    expect(messageOf(() => toJax(trace((y: Variable) => twice(twice(y)), x)))).toMatchInlineSnapshot(
      `"toJax: the program has ops of your own, whose kernels are JavaScript and whose definitions have no composition: "twice" (2 nodes). Say what they are in Adjoint's ops: defineOp({ …, composed: ([x]) => … })."`,
    );
    const { step } = small();
    const program = { ...trace(step, x, t) };
    expect(messageOf(() => toJax(program))).toMatchInlineSnapshot(
      `"toJax: the program is bound to no Variables, as one is that was read or put together. Pass what trace(fn, …) returned, or the program of a compiled function."`,
    );
    expect(messageOf(() => toJax(program, { state: {} }))).toMatchInlineSnapshot(
      `"toJax: there are no values for affine1.w, affine1.b, generator 0, affine2.w, iteration, lr, affine1.w.v, affine1.b.v, affine2.w.v. Pass a tensor for each state: the names are those of stateNames(program)."`,
    );
  });

  it("lets no name end a comment or a string", () => {
    const name = 'a"""\nimport os\\';
    const w = variable([1, 2, 3], { name });
    const program = trace((y: Variable) => scope(name, () => tanh(mul(y, w))), x);
    const { source } = toJax(program, { name, file: name });
    expect(source.split("\n").filter((line) => line.startsWith("import os"))).toEqual(["import os"]);
  });
});

describe.skipIf(pythonPath === null)("programs in JAX", () => {
  it("compute states that Adjoint goes on from, to the same numbers", async () => {
    const [own, other] = [small(), small()];
    const program = trace(other.step, x, t);
    const w = variable([2, 3], { name: "w" });
    const squares = trace(
      (y: Variable) => {
        w.zeroGrad();
        const z = sum(mul(sub(y, w), sub(y, w)));
        z.backward();
        return z;
      },
      constant([1, 1]),
    );
    const [stepped, derived] = await runInJax([
      { program: toJax(program), inputs: [x.value, t.value] },
      { program: toJax(squares), inputs: [tensor([1, 1])] },
    ]);
    const loss = own.step(x, t);
    // A dozen operations, each within 2⁻²³.
    expect(Math.abs(Number(stepped.outputs[0].item()) - loss.item())).toBeLessThan(2 ** -19);
    loadProgramState(program, stepped.state);
    for (const [name, p] of Object.entries(own.params)) {
      const given = kernels.copy(other.params[name as "affine1.w"].value).data;
      kernels.copy(p.value).data.forEach((value, i) => {
        expect(Math.abs(Number(value) - Number(given[i]))).toBeLessThan(2 ** -19);
      });
    }
    expect([other.optimizer.iteration, other.mask.state]).toEqual([1, own.mask.state]);
    // Gradients that nothing uses up are what the program is for.
    expect([derived.outputs[0].item(), derived.state["w.grad"].toArray()]).toEqual([5, [2, 4]]);
    expect(Object.keys(programState(program)).length).toBeGreaterThan(8);
  });
});
