/** The warning about graphs that grow step by step: when it comes, and when it does not. */
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import type { Node, Variable } from "../core/variable.ts";

const f64 = { dtype: "float64" } as const;

let warn: MockInstance<typeof console.warn>;

// What was seen of graphs is kept by the module: each test has a new one.
async function fresh() {
  const { grad } = await import("../transforms/grad.ts");
  const { noGrad } = await import("../transforms/record.ts");
  const { mul, sub } = await import("../ops/arithmetic.ts");
  const { detach } = await import("../ops/cast-detach.ts");
  const { sum } = await import("../ops/repeat-sum.ts");
  const { variable } = await import("../core/leaf.ts");
  return { grad, noGrad, mul, sub, detach, sum, variable };
}

beforeEach(() => {
  vi.resetModules();
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe("a warning about a graph that grows", () => {
  it("comes once, for updates by recorded ops, and not for those that record nothing", async () => {
    const { grad, noGrad, mul, sub, detach, sum, variable } = await fresh();
    const loss = (x: Variable): Variable => sum(mul(x, x));
    const step = (x: Variable): Variable => sub(x, mul(grad(loss)(x), 0.01));
    let w = variable([1, 2], { ...f64, name: "w" });
    let [a, b] = [variable([1, 2], f64), variable([1, 2], f64)];
    const c = variable([1, 2], f64);
    for (let i = 0; i < 250; i++) {
      a = noGrad(() => step(a));
      b = detach(step(b));
      c.assign(step(c));
    }
    expect(warn).not.toHaveBeenCalled();
    for (let i = 0; i < 350; i++) w = step(w);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0][0]).toMatch(/the graph behind "w" grew .* noGrad.* detach/);
  });
});

/** Nodes instead of graphs: what a sweep would visit. */
async function watched() {
  const { watchGrowth } = await import("./growth.ts");
  const { Node } = await import("../core/variable.ts");
  const op = { name: "op" } as unknown as NonNullable<Node["op"]>;
  const leaf = (): Node => new Node(null, [], {}, [], "float64", true);
  const ops = (count: number): Node[] => Array.from({ length: count }, () => new Node(op, [], {}, [], "float64", true));
  return { watchGrowth, leaf, ops };
}

describe("growth is told", () => {
  it("of a state that is carried on, whatever else is swept in between, and of whatever size the steps are", async () => {
    for (const size of [3, 40]) {
      vi.resetModules();
      warn.mockClear();
      const { watchGrowth, leaf, ops } = await watched();
      const [w, other] = [leaf(), leaf()];
      const order = [w];
      for (let step = 0; step < 1000; step++) {
        order.push(...ops(size));
        watchGrowth(order);
        watchGrowth([other, ...ops(5)]);
        watchGrowth([w, ...ops(5)]);
      }
      expect(warn, String(size)).toHaveBeenCalledTimes(1);
    }
  });

  it("of no sequence that is made anew, however long and of whatever lengths", async () => {
    const { watchGrowth, leaf, ops } = await watched();
    const w = leaf();
    for (let step = 0; step < 250; step++) watchGrowth([w, ...ops(3000)]);
    for (let step = 0; step < 250; step++) watchGrowth([w, ...ops(900 + 10 * step)]);
    for (let step = 0; step < 250; step++) watchGrowth([w, ...ops(900 + ((step * 389) % 2000))]);
    expect(warn).not.toHaveBeenCalled();
  });

  it("of no graph that is swept many times, and of none that is summed up over a few batches or unrolled steps", async () => {
    const { watchGrowth, leaf, ops } = await watched();
    const w = leaf();
    const once = [w, ...ops(5000)];
    for (let row = 0; row < 500; row++) watchGrowth(once);
    for (let epoch = 0; epoch < 20; epoch++) {
      const order = [w];
      for (let batch = 0; batch < 50; batch++) {
        order.push(...ops(100));
        watchGrowth(order);
      }
    }
    expect(warn).not.toHaveBeenCalled();
  });
});
