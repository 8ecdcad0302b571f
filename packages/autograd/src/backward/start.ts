/** Checks that a result has a derivative, and gives the gradient that the backward pass starts from. */
import { DTypeError, formatShape, GraphError, isFloat, ShapeError, sameShape, type Tensor } from "@adjoint/tensor";
import { describeVariable } from "../core/errors.ts";
import { asVariable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { cast } from "../ops/cast-detach.ts";
import { onesLike } from "../ops/composite/creation.ts";

/** The fix for a result of several numbers, where there is more than to reduce it. */
const howToStart: Readonly<Record<string, string>> = {
  backward: "Pass { grad } or reduce",
  vjp: "Pass its gradient to pullback, or reduce",
};

/** Refuses a result whose dtype has no derivative, whether it depends on the arguments or not. */
export function checkRealResult(op: string, { dtype }: Variable): void {
  if (isFloat(dtype)) return;
  throw DTypeError.of(op, "the result", { dtype }, "float32 or float64, which have derivatives", {
    hint: 'Where derivatives of zero are meant, end with .cast("float32").',
  });
}

/** The gradient to start from: the one given, or 1 for a single number. */
export function startingGradient(op: string, y: Variable, grad: Variable | Tensor | number | undefined): Variable {
  checkRealResult(op, y);
  if (!y.requiresGrad) {
    throw new GraphError({
      op,
      problem: `${describeVariable(y)} does not depend on any Variable that requires a gradient`,
      hint: "Make the inputs with variable(…) rather than constant(…), and compute outside noGrad.",
    });
  }
  if (grad === undefined && y.size === 1) return onesLike(y);
  if (grad === undefined) {
    throw new GraphError({
      op,
      problem: `${y.name === undefined ? "the result" : `"${y.name}"`} has shape ${formatShape(y.shape)}; only a single number has a gradient by itself`,
      argument: "grad",
      expected: `a gradient of shape ${formatShape(y.shape)}`,
      hint: `${howToStart[op] ?? "Reduce"} it first, for example with .sum().`,
    });
  }
  const given = asVariable(op, grad, "grad");
  if (!sameShape(given.shape, y.shape)) {
    throw ShapeError.of(op, "grad", given, `${formatShape(y.shape)}, the shape of the result`);
  }
  return cast(given, y.dtype);
}
