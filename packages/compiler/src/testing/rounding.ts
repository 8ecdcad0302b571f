/**
 * How far rounding may take the results of a program: it is run several times, each time with every number that an op gives
 * changed by a random amount within its last place. What then differs is what rounding decides.
 *
 * Source: D. Parker, Monte Carlo Arithmetic (1997).
 */
import type { OpDefinition } from "@adjoint/autograd";
import { isFloat, kernels, type RandomGenerator, Tensor } from "@adjoint/tensor";
import type { Program } from "../program.ts";

/** Ops that add up. */
const sums = new Set(["sum", "matmul", "scatterAdd", "col2im", "softmax", "logSoftmax", "norm"]);

/** Ops whose results round to 1 or −1 where they come close: such a number is no exact integer. */
const saturating = new Set(["tanh", "sigmoid", "erf", "erfc", "exp", "softmax", "normalCdf"]);

/** So many numbers δ from −1 to 1. */
type Noise = (length: number) => ArrayLike<number>;

/** The results of a program, outputs first, then the next states, with every number changed within a few ulp. */
function noisyRun(
  { graph, inputs, outputs, states }: Program,
  given: readonly Tensor[],
  before: readonly (Tensor | null)[],
  noise: Noise,
): Tensor[] {
  const values: Tensor[] = [];
  const leaves = new Map<number, Tensor>(inputs.map((id, i) => [id, given[i]]));
  states.forEach(({ node }, i) => {
    if (node !== null) leaves.set(node, before[i] as Tensor);
  });
  for (const node of graph.nodes) {
    if (node.op === null) {
      values.push((leaves.get(node.id) ?? node.value) as Tensor);
      continue;
    }
    const op = graph.definitionOf(node) as OpDefinition<never>;
    // Sums are rounded many times on their way: as if their terms were.
    const operands = node.inputs.map((id) => (sums.has(op.name) ? noisy(values[id], noise) : values[id]));
    const exact = op.forward(operands, node.attributes as never);
    values.push(node.op.startsWith("random") ? exact : noisy(exact, noise, saturating.has(op.name)));
  }
  return [...outputs, ...states.flatMap(({ next }) => next ?? [])].map((id) => values[id]);
}

/** Each number times 1 + δ, |δ| ≤ 2 units in the last place; integers are exact, but those that functions round to. */
function noisy(x: Tensor, noise: Noise, withIntegers = false): Tensor {
  if (!isFloat(x.dtype)) return x;
  const { data, shape } = kernels.copy(x);
  const unit = x.dtype === "float32" ? 2 ** -22 : 2 ** -51;
  const by = noise(data.length);
  // Keys and counters of generators are among the integers.
  for (let i = 0; i < data.length; i++) if (withIntegers || !Number.isInteger(data[i])) data[i] *= 1 + unit * by[i];
  return new Tensor(data, shape);
}

/** For each result, how far rounding may take any of its numbers from another run: what was seen, with some room. */
export function roundingOf(
  program: Program,
  given: readonly Tensor[],
  before: readonly (Tensor | null)[],
  rng: RandomGenerator,
): number[] {
  const random: Noise = (length) => rng.uniform([length], { low: -1, high: 1, dtype: "float64" }).data;
  // One run towards 0 and one away from it: a step that rounding decides is seen without luck where nothing else moves it.
  const noises: Noise[] = [-1, 1].map((by) => (length) => new Float64Array(length).fill(by));
  const runs = [...noises, random, random, random, random].map((noise) => noisyRun(program, given, before, noise));
  return runs[0].map((_, k) => {
    const [first, ...others] = runs.map((results) => kernels.copy(results[k]).data);
    const eps = runs[0][k].dtype === "float32" ? 2 ** -23 : 2 ** -52;
    let spread = 0;
    for (let i = 0; i < first.length; i++) {
      for (const other of others) {
        if (Object.is(other[i], first[i])) continue;
        const difference = Math.abs(Number(other[i]) - Number(first[i]));
        // Where it decides what is NaN or infinite, anything may come out.
        spread = Math.max(spread, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
      }
      if (Number.isFinite(first[i])) spread = Math.max(spread, eps * Math.abs(Number(first[i])));
    }
    return 64 * spread;
  });
}
