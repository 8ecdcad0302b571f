/** Draws of random numbers as toOnnx writes them, in integers of 64 bits: each becomes the op that it was. */
import { apply, ops } from "@adjoint/autograd/internal";
import { randomOps } from "../../out/ops/random.ts";
import { refused } from "../file/source.ts";
import type { Template } from "./templates.ts";

/** Numbers that differ from draw to draw: p is the probability of 1, of a mask. */
const open = { key: 1_000_003, counter: 2_000_003, count: 3_000_017, p: 0.123456789 } as const;
const names: ReadonlyMap<number, string> = new Map(Object.entries(open).map(([name, number]) => [number, name]));

/** The template of a distribution, with or without the state of a generator: [key, counter]. */
function drawing(op: keyof typeof randomOps, dtype: "float32" | "float64", hasState: boolean): Template {
  return {
    inputs: hasState ? ["float64"] : [],
    open: names,
    write(out, state) {
      const { key, counter, count, p } = open;
      return randomOps[op].lower(out, state, { attributes: { key, counter, p } as never, shape: [count], dtype });
    },
    compute(state, numbers, source) {
      for (const { shape, dtype: type } of state) {
        if (shape.join() === "2" && type === "float64") continue;
        throw refused(source, `draws random numbers by a state of shape [${shape.join(", ")}]`, {
          expected: "[key, counter] in float64",
        });
      }
      const { key, counter, count, p } = { ...open, ...numbers };
      const attributes = { key, counter, shape: [count], dtype, ...(op === "randomBernoulli" ? { p } : {}) };
      return apply(ops.primitives[op] as never, state, attributes as never);
    },
  };
}

/** A mask begins with what is a uniform draw by itself, so that those come last. */
export const draws: readonly Template[] = (["randomBernoulli", "randomNormal", "randomUniform"] as const).flatMap(
  (op) =>
    (["float32", "float64"] as const).flatMap((dtype) => [true, false].map((hasState) => drawing(op, dtype, hasState))),
);
