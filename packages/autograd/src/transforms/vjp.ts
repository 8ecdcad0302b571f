/** Reverse mode: the transposed Jacobian times vectors. */
import { GraphError } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { checkRealResult, startingGradient } from "../backward/start.ts";
import { interpreters } from "../core/interpreters.ts";
import { isLevel } from "../core/levels.ts";
import { recorder } from "../core/recorder.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { zerosLike } from "../ops/composite/creation.ts";
import {
  checkReal,
  dependsOnOthers,
  gradientsOf,
  handedOut,
  pointAt,
  recordAt,
  type TreeFunction,
  type VariableFunction,
} from "./point.ts";
import type { GradientTree, InputTree } from "./tree.ts";

/** {@link vjp} for whoever is called `op`. */
export function vjpOf(
  op: string,
  f: (...xs: never[]) => Variable,
  xs: readonly unknown[],
  place?: (i: number) => string,
) {
  checkFunction(op, f, "f");
  const point = pointAt(op, xs, place);
  const { inputs } = point;
  checkReal(op, point);
  const y = recordAt(op, f, point);
  checkRealResult(op, y);
  const outside = dependsOnOthers(y, point);
  const stack = interpreters;
  return {
    value: handedOut(y, outside),
    pullback: (upstream?: VariableLike): unknown[] => {
      // Made outside of all levels and called inside one, it is the upstream gradient that is of that level.
      const [before, now] = [stack, interpreters].map((all) => all.filter(isLevel));
      if (before.length > 0 && (before.length !== now.length || before.some((one, i) => one !== now[i]))) {
        throw new GraphError({
          op: "vjp",
          problem: "pullback is called inside another vmap than the one that vjp was called in",
          argument: "pullback",
          hint: "Call vjp and its pullback in the same function, or vjp outside of all vmaps.",
        });
      }
      if (!y.requiresGrad) return point.rebuild(inputs.map(zerosLike));
      const first = startingGradient(op, y, upstream);
      const again = recorder.mode !== "none" && (outside || first.requiresGrad);
      return point.rebuild(gradientsOf(stack, y, first, inputs, again));
    },
  };
}

/**
 * The value of f at xs, and the function from a gradient of that value to the gradients of xs (the transposed
 * Jacobian times a vector): `pullback(u) = [uᵀ ∂f/∂x_0, uᵀ ∂f/∂x_1, …]`, each with the structure
 * of its argument, and its shape.
 *
 * @throws DTypeError when an argument, or a leaf of one, is int32 or bool
 */
export function vjp(
  f: VariableFunction,
  ...xs: VariableLike[]
): { value: Variable; pullback: (upstream?: VariableLike) => Variable[] };
export function vjp<Args extends readonly unknown[]>(
  f: TreeFunction<Args>,
  ...xs: { [K in keyof Args]: InputTree<Args[K]> }
): { value: Variable; pullback: (upstream?: VariableLike) => { -readonly [K in keyof Args]: GradientTree<Args[K]> } };
export function vjp(f: (...xs: never[]) => Variable, ...xs: unknown[]) {
  return vjpOf("vjp", f, xs);
}
