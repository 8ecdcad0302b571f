/**
 * What the graph itself costs, forward and backward, on so few numbers that computing them takes next to nothing: by
 * the kind of op, and by the length of the chain, which the time for an op must not depend on.
 */
import { constant, type Variable, variable } from "adjoint";
import type { BenchmarkCase, BenchmarkGroup } from "./groups.ts";

/** `count` ops, each on the result of the one before, and the gradient back through them. */
function chain(name: string, count: number, next: (y: Variable, one: Variable) => Variable): BenchmarkCase {
  const x = variable(new Float32Array(10).fill(0.5));
  const one = constant(new Float32Array(10).fill(1));
  const upstream = constant(new Float32Array(10).fill(1));
  return {
    name,
    work: count,
    run() {
      let y = x;
      for (let i = 0; i < count; i++) y = next(y, one);
      y.backward({ grad: upstream });
      x.zeroGrad();
    },
  };
}

const add = (y: Variable, one: Variable): Variable => y.add(one);

export const groups: readonly BenchmarkGroup[] = [
  {
    title: "graph: 1,000 ops in a row on 10 numbers, forward + backward",
    unit: "µs/op",
    cases: [
      { ...chain("add", 1000, add), baseline: true },
      chain("mul", 1000, (y, one) => y.mul(one)),
      chain("tanh", 1000, (y) => y.tanh()),
      chain("reshape", 1000, (y) => y.reshape([10])),
      // Every node is used twice: two ops a step.
      { ...chain("diamonds", 500, (y) => y.add(y).mul(0.5)), work: 1000 },
    ],
  },
  {
    title: "graph: a chain of additions of 10 numbers by its length, forward + backward",
    unit: "µs/op",
    cases: [
      { ...chain("1,000", 1000, add), baseline: true },
      chain("10,000", 10_000, add),
      chain("100,000", 100_000, add),
    ],
  },
];
