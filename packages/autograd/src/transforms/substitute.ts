/** Substitution: a function of a module's parameters made of the module, which keeps them itself. */
import { formatSpec, GraphError, isFloat, kindOf, refuseOtherCopy, ShapeError, sameShape } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { describeVariable } from "../core/errors.ts";
import { inside } from "../core/interpreters.ts";
import { asVariable } from "../core/leaf.ts";
import { Variable, type VariableLike } from "../core/variable.ts";

/**
 * Runs `fn` while each of the Variables given stands for another one: ops inside that are applied to the first are
 * applied to the second. Makes functions of parameters out of networks that keep their own, for derivatives that are
 * functions of functions:
 *
 * ```ts
 * const loss = (w: Variable, x: Variable, t: Variable) =>
 *   substitute([[net.params.W1, w]], () => net.loss(x, t));
 * const gradientOfEach = vmap(grad(loss), { inAxes: [null, 0, 0] });
 * ```
 *
 * The Variables themselves do not change. Nests; `fn` must be synchronous.
 *
 * @param replacements pairs of a Variable and what it stands for, of the same shape; float32 and float64 may be exchanged
 * @throws ShapeError when shapes differ, or one is float and the other not; GraphError when what is replaced is no Variable
 */
export function substitute<Result>(
  replacements: Iterable<readonly [Variable, VariableLike]>,
  fn: () => Result,
): Result {
  checkFunction("substitute", fn);
  if (replacements == null || typeof replacements[Symbol.iterator] !== "function") throw notPairs(replacements);
  const standIns = new Map<Variable, Variable>();
  for (const pair of replacements) {
    if (!Array.isArray(pair)) throw notPairs(pair);
    const [x, like] = pair as readonly [Variable, VariableLike];
    refuseOtherCopy("substitute", "what is to be replaced", x);
    if (!(x instanceof Variable)) {
      throw GraphError.of("substitute", "replacements", x, "a Variable", {
        problem: `the value to replace is ${kindOf(x)}`,
        hint: "Take the parameters from the network, for example net.params.W1.",
      });
    }
    const y = asVariable("substitute", like, "what it stands for");
    if (!sameShape(x.shape, y.shape) || isFloat(x.dtype) !== isFloat(y.dtype)) {
      const received = formatSpec(y);
      throw ShapeError.of("substitute", "replacements", received, formatSpec(x), {
        problem: `the replacement of ${describeVariable(x)} is ${received}`,
        hint: "Only float32 and float64 may be exchanged.",
      });
    }
    standIns.set(x, y);
  }
  return inside("substitute", { argument: (x) => standIns.get(x) ?? x }, fn);
}

function notPairs(given: unknown): GraphError {
  return GraphError.of("substitute", "replacements", given, "pairs of a Variable and its replacement", {
    problem: `replacements has ${kindOf(given)}`,
    hint: "Pass a list of pairs: substitute([[net.params.W1, w]], () => …).",
  });
}
