/**
 * Patterns: what the book writes out in several ops and a kernel computes in one. Each is found at its last op; the ops
 * before it are left out where nobody else reads them.
 */
import type { GraphNode } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import type { Library } from "./library.ts";
import { imageStrides, type WindowAttributes, windowArguments } from "./lowering.ts";
import { addressOf, type Value } from "./values.ts";

/** What was found: a kernel in place of several ops. */
export interface Found {
  /** The nodes that the kernel reads; those of `dense` without gaps. */
  readonly inputs: readonly number[];
  readonly dense: readonly number[];
  /** The node whose layout in memory the result takes; null for row-major. */
  readonly like: number | null;
  /** Where one kernel gives the results of several nodes: what they have in common, and which of them this is. */
  readonly shared?: { readonly key: string; readonly slot: string };
  /** Once addresses are known, what runs it; `results` has those of all nodes that share it, by their slots. */
  prepare(
    library: Library,
    operands: readonly Value[],
    result: Value,
    results: Readonly<Record<string, Value>>,
  ): () => unknown;
}

/** A pattern: its name, why it pays, and how it is found. */
export interface Pattern {
  readonly name: string;
  readonly reason: string;
  readonly ops: readonly string[];
  find(node: GraphNode, nodes: readonly GraphNode[]): Found | null;
}

/** The node before those that only give another shape. */
function behind(node: GraphNode, nodes: readonly GraphNode[], ...ops: readonly string[]): GraphNode {
  let source = node;
  while (source.op !== null && ops.includes(source.op)) source = nodes[source.inputs[0]];
  return source;
}

/** The im2col whose windows are the rows of `x` [n·oh·ow·c, fh·fw], or null. */
function windowsOf(x: GraphNode, nodes: readonly GraphNode[]): GraphNode | null {
  if (x.op !== "reshape" || x.shape.length !== 2) return null;
  const col = behind(x, nodes, "reshape");
  if (col.op !== "im2col" || col.dtype !== "float32") return null;
  const { filterH, filterW } = col.attributes as WindowAttributes;
  return x.shape[1] === filterH * filterW && sizeOf(x.shape) > 0 ? col : null;
}

const pooling: Pattern = {
  name: "max pooling",
  reason: "im2col makes every window a row of its own; the largest of a window can be read from the image",
  ops: ["max", "argmax"],
  find({ op, inputs: [x], attributes }, nodes) {
    const col = windowsOf(nodes[x], nodes);
    if (col === null || (attributes as { readonly axis: number }).axis !== 1) return null;
    return {
      inputs: col.inputs,
      dense: [],
      like: null,
      // The largest numbers and their places are found together.
      shared: { key: JSON.stringify([col.inputs, windowOnly(col.attributes)]), slot: op as string },
      prepare: (library, [images], _, { max, argmax }) => {
        const args = windowArguments("im2col", images.shape, col.attributes as WindowAttributes);
        const [values, places] = [max, argmax].map((result) => (result === undefined ? 0 : addressOf(result)));
        const head = [addressOf(images), ...imageStrides(images), values, places];
        return () => library.maxPool32(...head, ...args);
      },
    };
  },
};

const unpooling: Pattern = {
  name: "max pooling, backward",
  reason: "a row of zeros for every window need not be written to add one number to the image",
  ops: ["col2im"],
  find({ inputs: [x], attributes, dtype }, nodes) {
    const rows = behind(nodes[x], nodes, "reshape");
    if (rows.op !== "scatterAdd" || dtype !== "float32" || sizeOf(rows.shape) === 0) return null;
    const [base, places, updates] = rows.inputs.map((id) => nodes[id]);
    const zero = behind(base, nodes, "repeat", "reshape");
    const isZero =
      zero.op === null && zero.value !== undefined && zero.value.size === 1 && Number(zero.value.item()) === 0;
    if (!isZero || places.op !== "argmax" || (rows.attributes as { readonly axis: number }).axis !== 1) return null;
    const col = windowsOf(nodes[places.inputs[0]], nodes);
    if (col === null || JSON.stringify(windowOnly(col.attributes)) !== JSON.stringify(windowOnly(attributes)))
      return null;
    return {
      inputs: [updates.id, places.id],
      dense: [0, 1],
      like: col.inputs[0],
      prepare: (library, [numbers, at], result) => {
        const args = windowArguments("col2im", result.shape, attributes as WindowAttributes);
        const head = [addressOf(numbers), addressOf(at), ...imageStrides(result), addressOf(result)];
        return () => library.unpool32(...head, ...args);
      },
    };
  },
};

function windowOnly(attributes: object): unknown[] {
  const { filterH, filterW, stride, pad, dilation } = attributes as WindowAttributes;
  return [filterH, filterW, stride, pad, dilation];
}

/** The patterns by name of their last op. */
export const patterns: readonly Pattern[] = [pooling, unpooling];
