/** Random functions with effects do in JAX what they do in Adjoint, within what rounding may do to them. */
import { compile, programState, stateNames, trace } from "@adjoint/compiler";
import { kernels, rng, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { argumentsOf, functionOf, recipes, worldOf } from "../../../compiler/src/testing/random-functions.ts";
import { roundingOf } from "../../../compiler/src/testing/rounding.ts";
import { runInJax } from "../testing/jax.ts";
import { pythonPath } from "../testing/python.ts";
import { toJax } from "./to-jax.ts";

const drawn = fc.sample(recipes(), { numRuns: 60, seed: 11 });

const functionsOf = (source: string): string => source.slice(source.search(/^def /m), source.indexOf("INPUTS = "));

function expectNear(given: Tensor, wanted: Tensor, bound: number, what: string): void {
  expect([given.shape, given.dtype], what).toEqual([wanted.shape, wanted.dtype]);
  const [a, b] = [given, wanted].map((x) => Array.from(kernels.copy(x).data, Number));
  a.forEach((value, i) => {
    const isNear = Object.is(value, b[i]) || bound === Number.POSITIVE_INFINITY || Math.abs(value - b[i]) <= bound;
    if (!isNear) throw new Error(`${value}, not ${b[i]} within ${bound}\n${what}`);
  });
}

it.skipIf(pythonPath === null)(
  "compute the same results and next states",
  async () => {
    const made = drawn.map((recipe) => {
      const world = worldOf(recipe);
      const fn = functionOf(recipe, world);
      const args = argumentsOf(recipe, 0);
      const program = trace(fn, ...args);
      const before = programState(program);
      const written = toJax(program);
      const expected = compile(fn, { engine: "reference" })(...args);
      return { recipe, program, before, written, args, expected, after: programState(program) };
    });
    const given = await runInJax(
      made.map(({ written, args }) => ({ program: written, inputs: args.map(({ value }) => value) })),
    );
    for (const [i, { recipe, program, before, written, args, expected, after }] of made.entries()) {
      const names = stateNames(program);
      const values = args.map(({ value }) => value);
      const noise = rng(i);
      const bounds = roundingOf(
        program,
        values,
        names.map((name) => before[name] ?? null),
        noise,
      );
      const what = `${JSON.stringify(recipe)}\n${functionsOf(written.source)}`;
      const { outputs, state } = given[i];
      outputs.forEach((y, k) => {
        expectNear(y, expected[k].value, bounds[k], what);
      });
      const changed = names.filter((_, k) => program.states[k].next !== null);
      const kept = changed.filter((name) => name in state);
      expect(kept.length, what).toBeGreaterThanOrEqual(changed.filter((name) => !name.endsWith(".grad")).length);
      for (const name of kept) {
        expectNear(state[name], after[name], bounds[outputs.length + changed.indexOf(name)], `${name}\n${what}`);
      }
    }
  },
  240_000,
);
