/** Values of another copy of the library, and objects that only look like Variables, are called what they are. */
import { GraphError, Tensor } from "@adjoint/tensor";
import { describe, expect, it, vi } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import * as here from "../index.ts";

vi.resetModules();
const there: typeof here = await import("../index.ts");

describe("a Variable of another copy", () => {
  const foreign = there.variable([1, 2]) as never;
  const x = here.variable([1, 2]);

  it("is told as such, wherever it is given", () => {
    const calls: (() => unknown)[] = [
      () => here.add(x, foreign),
      () => x.mul(foreign),
      () => here.variable(foreign),
      () => here.constant(foreign),
      () => x.assign(foreign),
      () => here.sum(x, foreign),
      () => here.concat([x, foreign]),
      () => here.graphOf(foreign),
      () => here.backward(foreign),
      () => x.backward({ grad: foreign }),
      () => here.substitute([[foreign, x]], () => x),
      () => here.grad((z) => z.sum())(foreign),
      () => here.grad(() => foreign)(x),
      () => here.vmap(() => foreign)(x),
      () => here.checkpoint(() => foreign, x),
      () => here.add(x, (foreign as here.Variable).value),
    ];
    for (const call of calls) {
      expect(call).toThrow(GraphError);
      expect(messageOf(call)).toMatch(/is a (Variable|Tensor) of another copy of adjoint; expected .* Install one/);
    }
    expect(messageOf(calls[0])).toMatchInlineSnapshot(
      `"add: second operand is a Variable of another copy of adjoint; expected a value that this copy of adjoint made. Install one copy and import it everywhere (\`npm ls\` lists them), or pass plain numbers between the two."`,
    );
  });
});

describe("the modes of another copy", () => {
  const x = here.variable([1, -1]);

  it("hold for the Variables of this one", () => {
    expect(there.noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    const sum = there.recordAll(() => there.scope("outer", () => here.constant(1).add(2)));
    expect(here.graphOf(sum).nodes.map(({ op, scope }) => [op, scope])).toEqual([
      [null, "outer"],
      [null, "outer"],
      ["add", "outer"],
    ]);
    expect(() => there.detectAnomaly(() => x.log())).toThrow("log: the result is NaN at [1]");
    expect(() => there.detectAnomaly(() => here.sqrt(x.mul(0)).sum().backward())).toThrow(
      /Infinity at \[0\], in the backward rule of sqrt.*copies\.test\.ts/,
    );
    expect([x.mul(2).requiresGrad, x.mul(2).creator?.scope]).toEqual([true, ""]);
    expect(Number.isNaN(x.log().value.data[1])).toBe(true);
  });
});

describe("an object that has the prototype alone", () => {
  it("is refused by ops, and shown by nobody's mistake as a number", () => {
    const x = here.variable([1, 2]);
    const fake = Object.create(here.Variable.prototype) as here.Variable;
    const tensor = Object.create(Tensor.prototype) as Tensor;
    const calls: (() => unknown)[] = [
      () => here.add(fake, x),
      () => here.exp(fake),
      () => here.matmul(x, fake),
      () => fake.shape,
      () => fake.dtype,
      () => fake.value,
      () => fake.node,
      () => fake.backward(),
      () => here.grad(here.sum)(fake),
      () => here.add(tensor, x),
      () => here.variable(tensor),
    ];
    for (const call of calls) expect(call).toThrow(GraphError);
    expect(messageOf(calls[0])).toMatchInlineSnapshot(
      `"Variable: the object only inherits from Variable.prototype; expected a Variable. Make it with variable(…) or constant(…)."`,
    );
  });
});
