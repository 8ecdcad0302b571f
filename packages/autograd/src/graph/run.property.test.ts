/** A replay equals the user's code run anew, on graphs of any form: outputs, gradients and every value, to the last bit. */
import { kernels, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { backward } from "../backward/backward.ts";
import "../methods.ts";
import { graphOf } from "./graph-of.ts";
import { graphFromJSON } from "./json/from-json.ts";
import { backwardSteps } from "./steps.ts";
import { leavesOf, programs, runProgram } from "./testing/random-graphs.ts";

/** The bits of a tensor. */
const bits = (x: Tensor): unknown => {
  const { data } = kernels.copy(x);
  return [x.dtype, x.shape, [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]];
};

it("equals running the code anew on other leaves", () => {
  fc.assert(
    fc.property(programs(), fc.boolean(), (program, throughFile) => {
      const made = graphOf(runProgram(program, leavesOf(program, 1)), { backward: true });
      const graph = throughFile ? graphFromJSON(JSON.stringify(made.toJSON({ values: "leaves" }))) : made;
      const leaves = leavesOf(program, 2);
      const loss = runProgram(program, leaves);
      backward(loss);
      // Which node each leaf is follows from the order in which both graphs were recorded.
      const anew = graphOf(loss, { backward: true, values: true });
      const inputs = Object.fromEntries(
        anew.nodes.flatMap(({ id, op, value }) => (op === null && value !== undefined ? [[String(id), value]] : [])),
      );
      const byId = graphFromJSON(
        JSON.stringify({
          ...graph.toJSON({ values: "leaves" }),
          nodes: graph.toJSON({ values: "leaves" }).nodes.map(({ name: _, ...node }) => node),
        }),
      );
      const replayed = byId.run(inputs);
      expect(bits(replayed.outputs[0])).toEqual(bits(loss.value));
      for (const { id, value } of anew.nodes) expect(bits(replayed.value(id))).toEqual(bits(value as Tensor));
      for (const leaf of leaves) {
        const id = anew.nodes.findIndex(({ op, value }) => op === null && value === leaf.value);
        if (leaf.grad !== null) expect(bits(replayed.gradients[id])).toEqual(bits(leaf.grad.value));
      }
    }),
  );
});

it("has the values that were computed, whatever was freed", () => {
  fc.assert(
    fc.property(programs(), (program) => {
      const loss = runProgram(program, leavesOf(program, 1));
      const { nodes, outputs } = graphOf(loss, { backward: true, values: true });
      expect(bits(nodes[outputs[0]].value as Tensor)).toEqual(bits(loss.value));
      const saved = graphOf(loss, { backward: true });
      for (const { id, value } of saved.nodes) {
        if (value !== undefined) expect(bits(nodes[id].value as Tensor)).toEqual(bits(value));
      }
    }),
  );
});

it("steps to the gradients of backward, each the sum of its contributions", () => {
  fc.assert(
    fc.property(programs(), (program) => {
      const leaves = leavesOf(program, 1);
      const loss = runProgram(program, leaves);
      const totals = new Map<number, Tensor>();
      const complete = new Map<number, Tensor>();
      const graph = graphOf(loss, { backward: true, values: true });
      for (const step of backwardSteps(graph)) {
        for (const { node, before, gradient, after, count, of, completesLeaf } of step.contributions) {
          expect(before).toBe(totals.get(node) ?? null);
          expect(bits(after)).toEqual(bits(before === null ? gradient : kernels.add(before, gradient)));
          expect(count === 1).toBe(before === null);
          totals.set(node, after);
          if (completesLeaf) complete.set(node, after);
          expect(completesLeaf).toBe(graph.nodes[node].op === null && count === of);
        }
      }
      backward(loss);
      for (const leaf of leaves) {
        const id = graph.nodes.findIndex(({ op, value }) => op === null && value === leaf.value);
        if (leaf.grad !== null) expect(bits(complete.get(id) as Tensor)).toEqual(bits(leaf.grad.value));
      }
    }),
  );
});
