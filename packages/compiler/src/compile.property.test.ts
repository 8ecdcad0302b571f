/** A compiled function does what the function does, to the last bit: results, values, gradients and generators. */
import type { Variable } from "@adjoint/autograd";
import { full, kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "./compile.ts";
import type { Program } from "./program.ts";
import { argumentsOf, bitsOf, functionOf, recipes, type World, worldOf } from "./testing/random-functions.ts";
import { roundingOf } from "./testing/rounding.ts";

const stateOf = ({ parameters, running, generator }: World): unknown => [
  ...[...parameters, running].map(({ value, grad }) => [bitsOf(value), grad === null ? null : bitsOf(grad.value)]),
  generator.state,
];

/** The largest difference of two tensors. */
function difference(a: Tensor, b: Tensor): number {
  const [x, y] = [kernels.copy(a).data, kernels.copy(b).data];
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    if (Object.is(x[i], y[i]) || x[i] === y[i]) continue;
    const apart = Math.abs(Number(x[i]) - Number(y[i]));
    most = Math.max(most, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
  }
  return most;
}

/** The values of a program's states, in a world. */
function statesOf(program: Program, { parameters, running, generator }: World): (Tensor | null)[] {
  const byName = new Map([...parameters, running].map((x) => [x.name, x]));
  return program.states.map(({ kind, name }) => {
    if (kind === "generator") return tensor(Float64Array.of(generator.state.key, generator.state.counter));
    const x = byName.get(name) as Variable;
    return kind === "value" ? x.value : (x.grad?.value ?? null);
  });
}

it("does the same by the wasm engine within rounding, call after call", () => {
  fc.assert(
    fc.property(recipes(), fc.nat(1000), (recipe, seed) => {
      const [own, compiled] = [worldOf(recipe), worldOf(recipe)];
      const eager = functionOf(recipe, own);
      const run = compile(functionOf(recipe, compiled), { engine: "wasm" });
      for (let call = 0; call < 3; call++) {
        const before = worldOf(recipe);
        for (const [i, p] of [...before.parameters, before.running].entries()) {
          const now = [...own.parameters, own.running][i];
          p.assign(now.value);
          p.grad = now.grad;
        }
        before.generator.state = own.generator.state;
        const args = argumentsOf(recipe, call);
        const expected = eager(...args);
        const given = run(...argumentsOf(recipe, call));
        const program = run.program as Program;
        const values = args.map(({ value }) => value);
        const bounds = roundingOf(program, values, statesOf(program, before), rng(seed));
        const results = [
          ...given.map((y, i) => [y.value, expected[i].value] as const),
          ...statesOf(program, compiled).flatMap((value, i) =>
            program.states[i].next === null ? [] : [[value as Tensor, statesOf(program, own)[i] as Tensor] as const],
          ),
        ];
        for (const [i, [a, b]] of results.entries()) expect(difference(a, b)).toBeLessThanOrEqual(bounds[i]);
        expect(compiled.parameters.map(({ grad }) => grad === null)).toEqual(
          own.parameters.map(({ grad }) => grad === null),
        );
        // From here on both start from the same again; what others assign is seen.
        for (const [i, p] of [...compiled.parameters, compiled.running].entries()) {
          const now = [...own.parameters, own.running][i];
          if (call === 0) p.assign(now.value);
          else now.assign(p.value);
          now.grad = p.grad;
        }
      }
    }),
    { numRuns: 1000 },
  );
}, 240_000);

it("does the same by the reference engine, call after call", () => {
  fc.assert(
    fc.property(recipes(), (recipe) => {
      const [own, compiled] = [worldOf(recipe), worldOf(recipe)];
      const eager = functionOf(recipe, own);
      const run = compile(functionOf(recipe, compiled), { engine: "reference" });
      for (let call = 0; call < 3; call++) {
        const expected = eager(...argumentsOf(recipe, call));
        const given = run(...argumentsOf(recipe, call));
        expect(given.map(({ value }) => bitsOf(value))).toEqual(expected.map(({ value }) => bitsOf(value)));
        expect(stateOf(compiled)).toEqual(stateOf(own));
        for (const { parameters } of [own, compiled])
          parameters[0].assign(full(recipe.parameters[0], call, { dtype: recipe.dtype }));
      }
    }),
    { numRuns: 300 },
  );
}, 120_000);
