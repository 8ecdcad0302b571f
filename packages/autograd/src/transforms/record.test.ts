import { rng, SpecError } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { detectAnomaly } from "./anomaly.ts";
import { checkpoint } from "./checkpoint.ts";
import { grad, valueAndGrad } from "./grad.ts";
import { hessian, hvp, jacobian } from "./jacobian.ts";
import { jvp } from "./jvp.ts";
import { inferShapes } from "./shapes.ts";
import { vjp } from "./vjp.ts";
import "../methods.ts";
import { interpreters } from "../core/interpreters.ts";
import { constant, variable } from "../core/leaf.ts";
import { recorder } from "../core/recorder.ts";
import { mul } from "../ops/arithmetic.ts";
import { detach } from "../ops/cast-detach.ts";
import { exp, square } from "../ops/elementary.ts";
import { randomUniform } from "../ops/random.ts";
import { sum } from "../ops/repeat-sum.ts";
import { noGrad, recordAll, scope } from "./record.ts";
import { substitute } from "./substitute.ts";
import { vmap } from "./vmap.ts";
import { withoutTrace } from "./without-trace.ts";

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

  it("has a string as its name", () => {
    for (const name of [5, null, ["a"]]) {
      expect(() => scope(name as never, () => 1)).toThrow(/^scope: name is .*; expected a string/);
    }
  });

  it("ends when the function throws", () => {
    expect(() => scope("block1", failing)).toThrow("stop");
    expect(recorder.scope).toBe("");
  });

  it("is that of the forward node in the backward pass, which remembers its forward node", () => {
    const x = variable([2]);
    const y = scope("layer", () => square(x));
    sum(y).backward({ createGraph: true });
    expect(x.grad?.node.scope).toBe("layer");
    expect(x.grad?.node.gradientOf).toBe(y.node);
    expect(recorder.gradientOf).toBeNull();
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

describe("modes take synchronous functions only", () => {
  const x = variable(2);
  /** Everything that takes a function and holds while it runs. */
  const modes: Readonly<Record<string, (fn: () => never) => unknown>> = {
    noGrad,
    recordAll,
    withoutTrace,
    detectAnomaly,
    inferShapes,
    scope: (fn) => scope("layer", fn),
    substitute: (fn) => substitute([[x, 3]], fn),
    checkpoint: (fn) => checkpoint(fn, x),
    vmap: (fn) => vmap(fn)(variable([1, 2])),
    grad: (fn) => grad(fn)(x),
    valueAndGrad: (fn) => valueAndGrad(fn)(x),
    vjp: (fn) => vjp(fn, x),
    jvp: (fn) => jvp(fn, [x], [x]),
    hvp: (fn) => hvp(fn, x, x),
    jacobian: (fn) => jacobian(fn, x),
    hessian: (fn) => hessian(fn, x),
  };
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is refused
  const pending = { then: () => undefined };
  let hasRun = false;
  const run = (): void => {
    hasRun = true;
  };
  /** Recognized before they run. */
  const early: Readonly<Record<string, () => unknown>> = {
    "an async function": async () => run(),
    "a bound async function": (async () => run()).bind(null),
    "a generator function": function* () {
      run();
      yield 1;
    },
    "an async generator function": async function* () {
      run();
      yield 1;
    },
  };
  /** Recognized by what they return. */
  const late: Readonly<Record<string, () => unknown>> = {
    "a function that returns a Promise": () => Promise.resolve(1),
    "a function that returns a Promise that fails": () => Promise.reject(new Error("later")),
    "a thenable": () => pending,
    "a list of Promises": () => [1, 2].map(async (n) => n),
    "an object that holds a Promise": () => ({ loss: Promise.resolve(1), x }),
    "an object that holds one that fails": () => ({ loss: Promise.reject(new Error("later")) }),
    "a generator": () => early["a generator function"](),
    "an iterator": () => ({
      next: () => ({ done: true, value: 1 }),
      [Symbol.iterator]() {
        return this;
      },
    }),
  };

  for (const [name, mode] of Object.entries(modes)) {
    it(`${name} refuses async functions and generators, and restores what it changed`, () => {
      const state = () => ({ ...recorder, interpreters });
      const before = state();
      for (const [kind, fn] of Object.entries(early)) {
        hasRun = false;
        expect(() => mode(fn as () => never), kind).toThrow(SpecError);
        expect(hasRun, kind).toBe(false);
        expect(state()).toEqual(before);
      }
      for (const [kind, fn] of Object.entries(late)) {
        expect(() => mode(fn as () => never), kind).toThrow(SpecError);
        expect(messageOf(() => mode(fn as () => never))).toMatch(
          new RegExp(`^${name}: .*returned (a Promise|an iter)`),
        );
        expect(state()).toEqual(before);
      }
    });
  }

  it("says why, and what to do", () => {
    expect(messageOf(() => noGrad(async () => x))).toMatchInlineSnapshot(
      `"noGrad: fn is an async function, but noGrad ends at the first await or yield and does not cover what runs later. Await data before the call, loop inside the function, and return Variables: noGrad takes synchronous functions only."`,
    );
    expect(messageOf(() => scope("head", () => Promise.resolve(x)))).toMatchInlineSnapshot(
      `"scope: fn returned a Promise, but scope ends at the first await or yield and does not cover what runs later. Await data before the call, loop inside the function, and return Variables: scope takes synchronous functions only."`,
    );
  });

  it("return whatever is there: Variables, tensors, lists, maps and functions", () => {
    const results = [
      x,
      x.value,
      [x, x],
      new Map([[1, x]]),
      new Set([x]),
      "text",
      null,
      undefined,
      () => x,
      { next: x },
      { loss: x, parts: [x] },
    ];
    for (const result of results) expect(noGrad(() => result)).toBe(result);
  });

  it("refuse hooks that are async, before they run or when they return", () => {
    const y = variable(1);
    expect(() => y.onGrad((async () => undefined) as never)).toThrow(SpecError);
    y.onGrad((() => Promise.resolve()) as never);
    expect(() => y.mul(2).backward()).toThrow(SpecError);
    expect(y.grad).toBeNull();
  });
});
