/** A compiled function does what the function does, to the last bit: results, values, gradients and generators. */
import { full } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../../testing/runs.ts";
import { compile } from "./compile.ts";
import { argumentsOf, bitsOf, functionOf, recipes, type World, worldOf } from "./testing/random-functions.ts";
import { expectSameWithinRounding } from "./testing/same-within-rounding.ts";

const stateOf = ({ parameters, running, generator }: World): unknown => [
  ...[...parameters, running].map(({ value, grad }) => [bitsOf(value), grad === null ? null : bitsOf(grad.value)]),
  generator.state,
];

it("does the same by the wasm engine within rounding, call after call", () => {
  expectSameWithinRounding("wasm", runs(1000));
});

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
    { numRuns: runs(300) },
  );
});
