/** Ops called with wrong arguments name themselves. */
import { AdjointError } from "@adjoint/tensor";
import { expect, test } from "vitest";
import { variable } from "../core/leaf.ts";
import { selu } from "./activation.ts";
import { rsqrt } from "./composite/functions.ts";
import { concat, split, stack } from "./concat-split.ts";

const wrong: readonly unknown[] = [undefined, null, 3, "a", {}, Number.NaN, 1.5, Object.create(null), variable([1, 2])];

for (const [op, call] of Object.entries({
  concat: (x: unknown) => concat(x as never),
  stack: (x: unknown) => stack(x as never),
  split: (x: unknown) => split(variable([1, 2]), x as never),
})) {
  test(`${op} refuses what is not a list under its own name`, () => {
    for (const x of wrong) {
      expect(() => call(x)).toThrow(AdjointError);
      expect(() => call(x)).toThrow(expect.objectContaining({ op }));
    }
  });
}

for (const [op, call] of Object.entries({ selu, rsqrt })) {
  test(`${op} refuses what is not a number under its own name`, () => {
    for (const x of [undefined, null, "a", {}]) expect(() => call(x as never)).toThrow(expect.objectContaining({ op }));
  });
}
