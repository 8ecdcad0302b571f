/** A graph of ONNX as the bytes of a file. */
import type { Bytes } from "@adjoint/data";
import type { Draft } from "../messages/schema.ts";
import { encodeMessage } from "../messages/write.ts";

/** The versions of operators that are written. */
export const opsets = [17, 18, 19, 20, 21] as const;

/** A version of the operators. */
export type Opset = (typeof opsets)[number];

/** The version of the format that came with each. Source: https://github.com/onnx/onnx/blob/main/docs/Versioning.md. */
const formats: Readonly<Record<Opset, number>> = { 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 };

export function encodeFile(
  graph: Draft<"Graph">,
  opset: Opset,
  metadata: Readonly<Record<string, string>> = {},
): Bytes {
  const domains = new Set(graph.node?.flatMap(({ domain }) => domain ?? []));
  return encodeMessage("Model", {
    ir_version: formats[opset],
    producer_name: "adjoint",
    graph,
    opset_import: [{ domain: "", version: opset }, ...[...domains].map((domain) => ({ domain, version: 1 }))],
    metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }) as Bytes;
}
