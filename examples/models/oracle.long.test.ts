/**
 * Every engine as the oracle of the others: each op, random functions, and each model of this folder, predicting and in
 * training, run eagerly, compiled by every engine, and in JAX. Results and next states have to agree within what rounding may do.
 */
import {
  Adam,
  AdjointError,
  build,
  compile,
  constant,
  kernels,
  type Model,
  type PrimitiveName,
  type Program,
  primitives,
  programState,
  randomSamples,
  rng,
  stateNames,
  Tensor,
  toJax,
  trace,
  type Variable,
} from "adjoint";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trainingStep } from "../../packages/adjoint/src/training/step-graph.ts";
import { apply } from "../../packages/autograd/src/core/apply.ts";
import { argumentsOf, functionOf, recipes, worldOf } from "../../packages/compiler/src/testing/random-functions.ts";
import { roundingOf } from "../../packages/compiler/src/testing/rounding.ts";
import { type Case, runInJax } from "../../packages/exchange/src/testing/jax.ts";
import { pythonPath } from "../../packages/exchange/src/testing/python.ts";
import { samples } from "../../packages/gradcheck/src/testing/samples.ts";
import { modelNames, readSpec, reduced, reductions } from "./read-spec.ts";

/** A function with all that it reads and changes, made anew for each engine. */
interface Subject {
  readonly name: string;
  readonly make: () => { readonly fn: (...xs: readonly Variable[]) => unknown; readonly args: readonly Variable[] };
}

/** What one engine gives: results, then next states; or why it refuses. */
type Given = readonly Tensor[] | string;

interface Compared {
  readonly name: string;
  readonly bounds: readonly number[];
  readonly jax: Case | string;
  /** Whether each result of JAX is an output, or the state of a name. */
  readonly changed: readonly string[];
  readonly given: Readonly<Record<string, Given>>;
}

const flat = (y: unknown): Variable[] =>
  Array.isArray(y)
    ? y.flatMap(flat)
    : "value" in (y as object)
      ? [y as Variable]
      : Object.values(y as object).flatMap(flat);

const changedStates = (program: Program): string[] =>
  stateNames(program).filter((_, i) => program.states[i].next !== null);

/** Runs a subject by every engine of this process, and writes it for JAX. */
function compared({ name, make }: Subject, seed: number): Compared {
  const { fn, args } = make();
  const program = trace(fn as () => unknown, ...(args as []));
  const before = programState(program);
  const names = stateNames(program);
  const values = args.map(({ value }) => value);
  const states = names.map((state) => before[state] ?? null);
  const bounds = roundingOf(program, values, states, rng(seed));
  const changed = changedStates(program);
  const runs = ["eager", "reference", "wasm", "onnxruntime"] as const;
  const given = runs.map((engine): [string, Given] => {
    const own = make();
    // States have the same order in each world.
    const traced = trace(own.fn as () => unknown, ...(own.args as []));
    try {
      const run = engine === "eager" ? own.fn : compile(own.fn as () => unknown, { engine });
      const outputs = flat((run as typeof own.fn)(...own.args)).map(({ value }) => kernels.copy(value));
      const after = programState(traced);
      return [engine, [...outputs, ...changed.map((state) => kernels.copy(after[state]))]];
    } catch (error) {
      if (!(error instanceof AdjointError)) throw error;
      return [engine, error.message];
    }
  });
  let jax: Case | string;
  try {
    jax = { program: toJax(program), inputs: values };
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    jax = error.message;
  }
  return { name, bounds, jax, changed, given: Object.fromEntries(given) };
}

/** The largest difference of two tensors; infinite where one of both is no number. */
function apart(a: Tensor, b: Tensor): number {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY;
  const [x, y] = [kernels.copy(a).data, kernels.copy(b).data];
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    if (Object.is(x[i], y[i]) || x[i] === y[i]) continue;
    const distance = Math.abs(Number(x[i]) - Number(y[i]));
    most = Math.max(most, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  return most;
}

/** Runs subjects everywhere: what differs beyond its bound, and what was refused. */
async function differences(
  subjects: readonly Subject[],
): Promise<{ readonly wrong: string[]; readonly refused: string[] }> {
  const all = subjects.map((subject, i) => compared(subject, i));
  const cases = pythonPath === null ? [] : all.flatMap(({ jax }) => (typeof jax === "string" ? [] : [jax]));
  const results = cases.length === 0 ? [] : await runInJax(cases);
  const inJax = new Map(cases.map((one, i) => [one, results[i]] as const));
  const [wrong, refused]: [string[], string[]] = [[], []];
  for (const { name, bounds, jax, changed, given } of all) {
    const expected = given.eager as readonly Tensor[];
    const see = (engine: string, found: readonly (Tensor | undefined)[]): void => {
      expected.forEach((value, i) => {
        const y = found[i];
        // Gradients that the step uses up are none of the states that JAX returns.
        if (y === undefined) return;
        const distance = apart(y, value);
        if (!(distance <= bounds[i]))
          wrong.push(`${name} by ${engine}: result ${i} is ${distance} away, bound ${bounds[i]}`);
      });
    };
    for (const [engine, found] of Object.entries(given)) {
      if (typeof found === "string") refused.push(`${name} by ${engine}: ${found}`);
      else see(engine, found);
    }
    if (typeof jax === "string") refused.push(`${name} by jax: ${jax}`);
    const computed = typeof jax === "string" ? undefined : inJax.get(jax);
    if (computed?.outputs.length === 0) wrong.push(`${name} by jax: it gives nothing`);
    if (computed !== undefined) see("jax", [...computed.outputs, ...changed.map((state) => computed.state[state])]);
  }
  return { wrong, refused };
}

const ops: readonly Subject[] = (Object.keys(samples) as PrimitiveName[]).flatMap((name) =>
  fc
    .sample(samples[name] as fc.Arbitrary<{ inputs: Tensor[]; attributes: object }>, { numRuns: 4, seed: 5 })
    .map(({ inputs, attributes }, k) => ({
      name: `${name} ${k}`,
      make: () => ({
        fn: (...xs) => apply(primitives[name] as never, xs, attributes as never),
        args: inputs.map((x, i) =>
          constant(x.dtype === "float64" && k % 2 === 0 ? kernels.cast(x, "float32") : x, { name: `x${i}` }),
        ),
      }),
    })),
);

const functions: readonly Subject[] = fc.sample(recipes(), { numRuns: 80, seed: 3 }).map((recipe) => ({
  name: JSON.stringify(recipe),
  make: () => ({
    fn: functionOf(recipe, worldOf(recipe)) as (...xs: readonly Variable[]) => unknown,
    args: argumentsOf(recipe, 0),
  }),
}));

const made = (name: string): Model => build(reduced(readSpec(name), reductions[name]), { seed: 1 });

const models: readonly Subject[] = modelNames.flatMap((name) => [
  {
    name: `${name}, predicting`,
    make: () => {
      const net = made(name);
      const { x } = randomSamples(net, 3, 1);
      const batch = x instanceof Tensor ? { [net.inputs[0].name]: x } : (x as Record<string, Tensor>);
      const inputs = Object.keys(batch);
      return {
        fn: (...xs) => Object.values(net.outputs(Object.fromEntries(inputs.map((input, i) => [input, xs[i]])))),
        args: inputs.map((input) => constant(batch[input], { name: input })),
      };
    },
  },
  {
    name: `${name}, in training`,
    make: () => {
      const net = made(name);
      const { x, t } = randomSamples(net, 4, 2) as { readonly x: Tensor; readonly t: Tensor };
      return {
        fn: trainingStep(net, new Adam(net.params, { lr: 0.005 })),
        args: [constant(x, { name: "x" }), constant(t, { name: "t" })],
      };
    },
  },
]);

/** Ops that an engine has not, or not in float64: docs/onnx.md lists them. */
const lacking = /by onnxruntime: .*(has no form in ONNX|have no form in ONNX)/s;

it("notices what differs by a ten thousandth", async () => {
  let calls = 0;
  // The first two are the traced one and the eager one.
  const off = {
    name: "off",
    make: () => {
      const factor = calls++ < 2 ? 1 : 1.0001;
      return { fn: (x: Variable) => x.tanh().mul(factor), args: [constant(rng(1).normal([9]), { name: "x" })] };
    },
  };
  const { wrong } = await differences([off as Subject]);
  expect(wrong.map((text) => text.slice(0, text.indexOf(":")))).toEqual([
    "off by reference",
    "off by wasm",
    "off by onnxruntime",
  ]);
});

describe("eager, compiled, ONNX Runtime and JAX agree", () => {
  it.each([
    ["on every op", ops],
    ["on random functions with effects", functions],
    ["on every model, predicting and in training", models],
  ] as const)(
    "%s",
    async (_, subjects) => {
      const { wrong, refused } = await differences(subjects);
      expect(wrong).toEqual([]);
      expect(refused.filter((text) => !lacking.test(text))).toEqual([]);
    },
    900_000,
  );
});
