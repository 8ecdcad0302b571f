import { rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "./methods.ts";
import { ambient, noGrad, recordAll, scope, withoutTrace } from "./modes.ts";
import { mul } from "./ops/arithmetic.ts";
import { detach } from "./ops/cast-detach.ts";
import { exp, square } from "./ops/elementary.ts";
import { randomUniform } from "./ops/random.ts";
import { sum } from "./ops/repeat-sum.ts";
import { constant, variable } from "./variable.ts";

function failing(): never {
  throw new Error("stop");
}

describe("noGrad", () => {
  it("records nothing inside, and everything again afterwards", () => {
    const x = variable([1]);
    const y = noGrad(() => exp(x));
    expect([y.requiresGrad, y.creator, y.isLeaf]).toEqual([false, null, true]);
    expect(exp(x).requiresGrad).toBe(true);
  });

  it("nests, and ends when the function throws", () => {
    const x = variable([1]);
    noGrad(() => {
      noGrad(() => exp(x));
      expect(exp(x).requiresGrad).toBe(false);
    });
    expect(() => noGrad(failing)).toThrow("stop");
    expect(exp(x).requiresGrad).toBe(true);
  });

  it("returns what the function returns", () => {
    expect(noGrad(() => 3)).toBe(3);
  });
});

describe("detach", () => {
  it("cuts the gradient and keeps the value", () => {
    const x = variable([2, 3]);
    const y = mul(x, detach(square(x)));
    sum(y).backward();
    expect([y.toArray(), x.grad?.toArray()]).toEqual([
      [8, 27],
      [4, 9],
    ]);
    expect(detach(x).requiresGrad).toBe(false);
  });
});

describe("scope", () => {
  it("names the nodes made inside, outer names first", () => {
    const x = variable([1]);
    const inner = scope("block1", () => scope("conv1", () => exp(x)));
    expect([inner.node.scope, exp(x).node.scope]).toEqual(["block1/conv1", ""]);
  });

  it("ends when the function throws", () => {
    expect(() => scope("block1", failing)).toThrow("stop");
    expect(ambient.scope).toBe("");
  });

  it("is that of the forward node in the backward pass, which remembers its forward node", () => {
    const x = variable([2]);
    const y = scope("layer", () => square(x));
    sum(y).backward({ createGraph: true });
    expect(x.grad?.node.scope).toBe("layer");
    expect(x.grad?.node.gradientOf).toBe(y.node);
    expect(ambient.gradientOf).toBeNull();
  });
});

describe("recordAll", () => {
  it("records what no gradient flows through, too", () => {
    const c = constant([1]);
    expect(exp(c).creator).toBeNull();
    const y = recordAll(() => exp(c));
    expect([y.creator?.op?.name, y.requiresGrad]).toEqual(["exp", false]);
  });
});

describe("withoutTrace", () => {
  it("draws what would come next, the same each time, and moves nothing on", () => {
    const random = rng(1);
    const draw = (): unknown => [randomUniform(random, [2]).toArray(), randomUniform(random, [2]).toArray()];
    const first = withoutTrace(draw);
    expect(withoutTrace(draw)).toEqual(first);
    expect(draw()).toEqual(first);
    expect(draw()).not.toEqual(first);
  });

  it("lets assign take no effect, and ends when the function throws", () => {
    const x = variable(1);
    withoutTrace(() => x.assign(2));
    expect(x.item()).toBe(1);
    expect(() =>
      withoutTrace(() => {
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(x.assign(3).item()).toBe(3);
  });
});
