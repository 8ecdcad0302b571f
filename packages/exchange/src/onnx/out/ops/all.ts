/** The table of ops: how each is written as ONNX, or why it is refused. Ops without a row become compositions. */
import { type OpDefinition, type PrimitiveName, primitives } from "@adjoint/autograd";
import type { HasForm } from "@adjoint/compiler/internal";
import type { Lowering } from "../lowering.ts";
import { arithmetic } from "./arithmetic.ts";
import { functions } from "./functions.ts";
import { randomOps } from "./random.ts";
import { rearranging } from "./rearranging.ts";
import { reducingOps } from "./reducing.ts";
import { windowOps } from "./windows.ts";

const rows = { ...arithmetic, ...functions, ...reducingOps, ...rearranging, ...windowOps, ...randomOps };

export const lowerings: { readonly [Name in PrimitiveName]?: Lowering } = rows satisfies Record<string, Lowering>;

/** The row of an op; undefined where it has none, as ops that users made have none. */
export function loweringOf(name: string, definition: OpDefinition<never> | undefined): Lowering | undefined {
  if (!Object.hasOwn(primitives, name) || primitives[name as PrimitiveName] !== definition) return undefined;
  return lowerings[name as PrimitiveName];
}

/** Whether ops are written by rows of their own, be it to be refused. */
export const hasRow: HasForm = ({ op }, definition) => loweringOf(op as string, definition) !== undefined;
