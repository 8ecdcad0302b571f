/** Gives each caller a Variable of its own, so that `assign` changes one Variable alone. */
import { Tensor } from "@adjoint/tensor";
import { Wrapped } from "../core/levels.ts";
import { recorder } from "../core/recorder.ts";
import { Variable } from "../core/variable.ts";
import { identity } from "../ops/cast-detach.ts";

/**
 * x once more, as a Variable of its own over the same storage: `assign` to either leaves the other as it is, and gives
 * it no new version. Gradients flow on to x where they can.
 */
export function ownVariable(x: Variable): Variable {
  if (x instanceof Wrapped) return x.with(x.parts.map(ownVariable));
  // A Variable without a value cannot be assigned to.
  if (!x.isReadable) return x;
  const { mode } = recorder;
  if (mode !== "none") {
    const source = x.isLeaf && (x.requiresGrad || mode === "all") ? identity(x) : x;
    if (!source.isLeaf) return new Variable(source.isReadable ? source.value : null, source.node, source.requiresGrad);
  }
  const { data, shape, strides, offset } = x.value;
  const own = new Variable(new Tensor(data, shape, strides, offset), null, false);
  own.isFrozen = mode !== "none" && (x.isFrozen || x.name !== undefined);
  return own;
}
