/** Matrix products of more than two axes, of which Adjoint makes tall matrices first. */
import type { GraphNode } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import type { Nodes } from "./nodes.ts";

/** What rows [n, k] are made of, [..., k]; null where they are as they were. */
function behindRows(rows: GraphNode, nodes: Nodes): GraphNode | null {
  const source = rows.op === "reshape" && rows.shape.length === 2 ? nodes.input(rows) : null;
  return source !== null && source.shape.length > 2 && source.shape.at(-1) === rows.shape[1] ? source : null;
}

/** Rows times a matrix: a product along the last axis. */
export function productsOfRows(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "matmul" || node.shape.length !== 2 || sizeOf(node.shape) === 0) return false;
  const x = behindRows(nodes.input(node), nodes);
  if (x === null) return false;
  const shape = [...x.shape.slice(0, -1), node.shape[1]];
  const product = nodes.add(node, "matmul", {}, [x.id, node.inputs[1]], shape);
  nodes.replace(node.id, { op: "reshape", attributes: { shape: node.shape }, inputs: [product] });
  return true;
}

/** Rows, transposed, times rows: a sum over all axes but the last ones. */
export function sumsOfProducts(node: GraphNode, nodes: Nodes): boolean {
  if (node.op !== "matmul" || node.shape.length !== 2 || sizeOf(node.shape) === 0) return false;
  const turned = nodes.input(node);
  const isTurned = turned.op === "transpose" && turned.shape.length === 2;
  const x = isTurned ? behindRows(nodes.input(turned), nodes) : null;
  if (x === null) return false;
  const lead = x.shape.slice(0, -1);
  const g = nodes.reshape(node, node.inputs[1], [...lead, node.shape[1]]);
  nodes.replace(node.id, { op: "tensordot", attributes: { axes: lead.length }, inputs: [x.id, g] });
  return true;
}
