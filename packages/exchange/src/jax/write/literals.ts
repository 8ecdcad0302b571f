/** Nodes that are one number throughout: they are written as such, and what is computed of them alone is computed here. */

import { constantOf } from "@adjoint/compiler/internal";
import { kernels, type Tensor, tensor } from "@adjoint/tensor";
import type { Nodes } from "../recognize/nodes.ts";

/** A number of a node, by the node's number. */
export type Literals = ReadonlyMap<number, number | boolean>;

export function literalsOf(nodes: Nodes, order: readonly number[], isGiven: (id: number) => boolean): Literals {
  const literals = new Map<number, number | boolean>();
  for (const id of order) {
    if (isGiven(id)) continue;
    const node = nodes.at(id);
    if (node.op === null) {
      const number = constantOf(node);
      if (number !== null) literals.set(id, number);
      continue;
    }
    const inputs = node.inputs.map((input) => literals.get(nodes.idOf(input)));
    if (inputs.length === 0 || inputs.includes(undefined)) continue;
    const definition = nodes.definitionOf(node);
    if (node.op === "repeat" || node.op === "reshape") literals.set(id, inputs[0] as number);
    else if (definition?.batch === "elementwise") {
      const values = inputs.map((value, i): Tensor => {
        const { dtype } = nodes.input(node, i);
        return kernels.cast(tensor(Number(value), { dtype: "float64" }), dtype);
      });
      literals.set(id, definition.forward(values, node.attributes as never).item());
    }
  }
  return literals;
}
