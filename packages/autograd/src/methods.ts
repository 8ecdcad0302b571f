/**
 * Every op as a method of Variable: `x.matmul(w).add(b).relu()` is `relu(add(matmul(x, w), b))`.
 *
 * The one file that knows both sides, so that neither op files nor variable.ts know the methods. Importing it attaches
 * them: every entry of the package does, and package.json tells bundlers that they must not drop it.
 */
import { GraphError, Tensor } from "@adjoint/tensor";
import { type BackwardOptions, backward } from "./backward/backward.ts";
import { Variable, type VariableLike } from "./core/variable.ts";
import type * as ops from "./ops/all.ts";
import methods from "./ops/all.ts";

/** An op's parameters after its first, which becomes `this`. */
type Rest<F> = F extends (x: VariableLike, ...rest: infer R) => unknown ? R : never;

/** An op as a method. */
type Method<F extends (...args: never[]) => unknown> = (...rest: Rest<F>) => ReturnType<F>;

/** Mapped from the functions themselves, so that editors show their docs for the methods, too. */
type OpMethods = { readonly [N in keyof Pick<typeof ops, keyof typeof methods>]: Method<(typeof methods)[N]> };

declare module "./core/variable.ts" {
  interface Variable extends OpMethods {
    /**
     * Accumulates the gradients of this Variable into `.grad` of every leaf that it depends on.
     * @throws GraphError unless it is a single number or `grad` is given; no `.grad` has changed then
     */
    backward(options?: BackwardOptions): void;
  }
}

for (const [name, op] of Object.entries(methods)) {
  Object.defineProperty(Variable.prototype, name, {
    value(this: Variable, ...rest: never[]) {
      return (op as (x: Variable, ...rest: never[]) => unknown)(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}

/** Tensors compute by functions: a method that somebody reaches for says which. */
for (const name of Object.keys(methods)) {
  if (name in Tensor.prototype) continue;
  Object.defineProperty(Tensor.prototype, name, {
    value() {
      throw GraphError.of(name, "x", "a Tensor", "a Variable", {
        problem: `a Tensor has no method ${name}`,
        hint: `Write ${name}(x, …), which gives a Variable; constant(x) has all ops as methods. The functions of kernels give Tensors.`,
      });
    },
    configurable: true,
    writable: true,
  });
}

Variable.prototype.backward = function (options) {
  backward(this, options);
};
