/** The file format of graphs: what is written. from-json.ts reads it. */
import { checkOptions, SpecError } from "@adjoint/tensor";
import { type BackwardPass, describeGraphNode, type GraphData, type GraphNode } from "../data.ts";
import { attributesToJSON, type JSONValue } from "./attributes.ts";
import { type TensorJSON, tensorToJSON } from "./tensor.ts";

/** A node in a file. */
export interface GraphNodeJSON extends Omit<GraphNode, "attributes" | "value"> {
  /** As the op was given them; NaN, infinities and −0 as `{ "$number": "-Infinity" }`. */
  readonly attributes: JSONValue;
  /** The value, where the file has it. */
  readonly value?: TensorJSON;
}

/** A graph in a file. */
export interface GraphJSON {
  /** What the file is. */
  readonly format: "adjoint-graph";
  /** The version of this form. */
  readonly version: 1;
  /** The nodes, inputs before those that use them. */
  readonly nodes: readonly GraphNodeJSON[];
  /** The ids of the outputs. */
  readonly outputs: readonly number[];
  /** For each leaf, by id, the node that is its gradient. */
  readonly gradients: Readonly<Record<string, number>>;
  /** How the gradients came about; absent without a backward pass. */
  readonly backward?: BackwardPass;
}

/** Options of `graph.toJSON`. */
export interface GraphJSONOptions {
  /** Which values are written: none (false, the default), those of the leaves, or all that the nodes hold. */
  readonly values?: boolean | "leaves";
}

/** @internal */
export function graphToJSON(graph: GraphData, options: GraphJSONOptions): GraphJSON {
  checkOptions("toJSON", options, ["values"]);
  const { values = false } = options;
  if (values !== true && values !== false && values !== "leaves") {
    throw SpecError.of("toJSON", "values", values, 'true, false or "leaves"', {
      hint: 'Write "leaves" for what a replay needs, true for all values.',
    });
  }
  const { nodes, outputs, gradients, backward } = graph;
  const written = (node: GraphNode): GraphNodeJSON => {
    const { value, ...rest } = node;
    const isWritten = value !== undefined && (values === true || (values === "leaves" && node.op === null));
    return {
      ...rest,
      attributes: attributesToJSON(node.attributes, `the attributes of ${describeGraphNode(node)}`),
      ...(isWritten ? { value: tensorToJSON(value) } : {}),
    };
  };
  return {
    format: "adjoint-graph",
    version: 1,
    nodes: nodes.map(written),
    outputs,
    gradients,
    ...(backward === undefined ? {} : { backward }),
  };
}
