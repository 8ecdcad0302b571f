/** The table of ops: how each primitive is written as ONNX, or why it is refused. The type checker demands every one. */
import type { PrimitiveName } from "@adjoint/autograd";
import type { Lowering } from "../lowering.ts";
import { arithmetic } from "./arithmetic.ts";
import { functions } from "./functions.ts";
import { randomOps } from "./random.ts";
import { rearranging } from "./rearranging.ts";
import { reducingOps } from "./reducing.ts";
import { windowOps } from "./windows.ts";

/** The rows by the names of ops. */
export const lowerings: { readonly [Name in PrimitiveName]: Lowering } = {
  ...arithmetic,
  ...functions,
  ...reducingOps,
  ...rearranging,
  ...windowOps,
  ...randomOps,
};
