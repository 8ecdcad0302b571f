/** How the ops of ONNX are written in ours. */
import type { NodeCall } from "../nodes/call.ts";
import type { Value } from "../nodes/values.ts";

/** Computes a node: its output, or its outputs in order. */
export type Lowering = (node: NodeCall) => Value | readonly Value[];

/** Functions by the ops that they compute. */
export type Lowerings = Readonly<Record<string, Lowering>>;
