/**
 * Measures how much the rounding of intermediate results moves the result, by running the graph again with each of them
 * off by a rounding. The result itself does not show it: (1 + 1e-20) − 1 is 0.
 */
import { type Node, type OpDefinition, topologicalOrder } from "@adjoint/autograd";
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import { record } from "../engine/derivatives/gradients.ts";
import { epsilonOf, joined, type Subject } from "../engine/subject.ts";

/** Ops that do not round: their results are copies of input numbers, or integers. */
const exact: ReadonlySet<string> = new Set(
  (
    "neg abs relu sign floor ceil round trunc max min maximum minimum where clip sort reshape transpose repeat slice pad " +
    "flip concat split gather indexSelect im2col diagonal identity cast detach"
  ).split(" "),
);

const runs = 8;

/** The most that other rounding moves each result element; null where the graph cannot be run again. */
export function intermediateRounding(subject: Subject): Float64Array | null {
  try {
    const { outputs } = record(subject);
    const nodes = outputs.map((y) => y.node);
    const order = topologicalOrder(nodes, (node) => node.requiresGrad);
    if (order.filter(({ op }) => op !== null).length < 2) return null;
    const values = joined(outputs.map((y) => y.value));
    const most = new Float64Array(values.length);
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state / 2 ** 31;
    };
    for (let run = 0; run < runs; run++) {
      const known = new Map<Node, Tensor>();
      for (const node of order) {
        if (node.op === null) continue;
        const op = node.op as unknown as OpDefinition<object>;
        const inputs = node.inputs.map((x, i) => known.get(x) ?? x.owner?.value ?? node.savedInputs?.[i] ?? null);
        if (inputs.some((x) => x === null)) return null;
        const y = op.forward(inputs as Tensor[], node.attributes);
        known.set(node, exact.has(op.name) || !isFloat(y.dtype) ? y : shaken(y, random));
      }
      const results = nodes.map((node) => known.get(node) ?? node.owner?.value ?? null);
      if (results.some((y) => y === null)) return null;
      joined(results as Tensor[]).forEach((y, o) => {
        const off = Math.abs(y - values[o]);
        // Beyond the domain of an op there is nothing to measure.
        if (Number.isFinite(off)) most[o] = Math.max(most[o], off);
      });
    }
    // The largest of some tries may be smaller than the most there can be.
    return most.map((y) => 4 * y);
  } catch {
    return null;
  }
}

/** Every element off by one ulp or two: less would round to the element itself, by chance in every run. */
function shaken(y: Tensor, random: () => number): Tensor {
  const moved = kernels.copy(y);
  const epsilon = epsilonOf(y.dtype);
  for (let i = 0; i < moved.size; i++) {
    const share = random();
    moved.data[i] *= 1 + epsilon * 0.505 * (share < 0 ? share - 1 : share + 1);
  }
  return moved;
}
