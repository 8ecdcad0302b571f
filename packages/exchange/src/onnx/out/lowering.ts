/** What it takes to write an op as ONNX: a row of the table of ops. */
import type { DType, Shape } from "@adjoint/tensor";
import type { Emitter, OnnxValue } from "./emitter.ts";
import { Refusal } from "./refusal.ts";

export interface LoweredNode<Attributes = never> {
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Writes a node whose inputs were written; its result has the shape of the node, or broadcasts to it. */
export type Lower<Attributes = never> = (
  out: Emitter,
  inputs: readonly OnnxValue[],
  node: LoweredNode<Attributes>,
) => OnnxValue;

/** A row of the table. */
export interface Lowering {
  /** Whether inputs come in the shapes of their nodes, or may lack repetitions, since the op is elementwise. */
  readonly reads: "whole" | "broadcast";
  readonly lower: Lower;
  /** What differs from the op itself, for readers. */
  readonly note?: string;
}

/** A row of an op that reads its inputs whole. */
export const whole = <Attributes = never>(lower: Lower<Attributes>, note?: string): Lowering => ({
  reads: "whole",
  lower: lower as Lower,
  ...(note === undefined ? {} : { note }),
});

/** A row of an elementwise op. */
export const elementwise = <Attributes = never>(lower: Lower<Attributes>, note?: string): Lowering => ({
  ...whole(lower, note),
  reads: "broadcast",
});

/** A row of an op that cannot be written, with the reason. */
export const refused = (reason: string): Lowering => ({
  ...whole(() => {
    throw new Refusal(reason);
  }),
  note: `refused: ${reason}`,
});

/** @throws Refusal for float64, of which ONNX Runtime has no kernel */
export function checkFloat32(op: string, { type }: OnnxValue): void {
  if (type === "float64") throw new Refusal(`ONNX Runtime has ${op} of float32 only, and this is float64`);
}
