/**
 * An engine does what the function does, within what rounding may do: results, values, gradients and generators, call after
 * call. Tried on random functions.
 */
import type { Variable } from "@adjoint/autograd";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { expect } from "vitest";
import { compile } from "../compile.ts";
import type { EngineChoice } from "../engines/all.ts";
import type { Program } from "../program.ts";
import { argumentsOf, functionOf, type Recipe, recipes, type World, worldOf } from "./random-functions.ts";
import { roundingOf } from "./rounding.ts";

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

/** Tries an engine on so many random functions, of those that it takes. */
export function expectSameWithinRounding(
  engine: EngineChoice,
  numRuns: number,
  takes: (recipe: Recipe) => boolean = () => true,
): void {
  fc.assert(
    fc.property(recipes().filter(takes), fc.nat(1000), (recipe, seed) => {
      const [own, compiled] = [worldOf(recipe), worldOf(recipe)];
      const eager = functionOf(recipe, own);
      const run = compile(functionOf(recipe, compiled), { engine });
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
    { numRuns },
  );
}
