/** Parameters and their gradients, as optimizers take them: named, and checked before anything is changed. */
import { asVariable, cast, checkValue, noGrad, Variable } from "@adjoint/autograd";
import {
  formatShape,
  GraphError,
  isFloat,
  kindOf,
  refuseOtherCopy,
  ShapeError,
  SpecError,
  sameShape,
  Tensor,
} from "@adjoint/tensor";
import { firstNotFinite, firstTooLargeToSquare } from "./first-not-finite.ts";

/** What an optimizer updates: Variables in a list, or by name as in the book's `params`. */
export type Parameters = readonly Variable[] | Readonly<Record<string, Variable>>;

/**
 * Parameters by name. Those of a list are called by their Variables' names if all have one and no two the same, else
 * by their places `"0" "1" …`.
 *
 * @throws SpecError when there are none, or one is not a Variable; GraphError when one was computed by an op, is not of
 *         real numbers, or appears twice
 */
export function nameParameters(op: string, params: Parameters): ReadonlyMap<string, Variable> {
  const expected = "an array of Variables, or a record of them by name";
  if (params === null || typeof params !== "object") {
    throw SpecError.of(op, "params", params, expected, {
      problem: `the parameters are ${kindOf(params)}`,
      hint: "Pass network.params, or a list such as [w, b].",
    });
  }
  refuseOtherCopy(op, "params", params);
  const isNetwork = "params" in params && !(params.params instanceof Variable);
  if (params instanceof Variable || params instanceof Tensor || isNetwork) {
    throw SpecError.of(op, "params", params, expected, {
      problem: isNetwork
        ? "the parameters are an object that has params itself"
        : `the parameters are a single ${params instanceof Variable ? "Variable" : "Tensor"}`,
      hint: isNetwork ? `Pass its params: new ${op}(network.params).` : `Pass a list: new ${op}([x]).`,
    });
  }
  const entries = Array.isArray(params) ? listed(params) : Object.entries(params as Record<string, Variable>);
  if (entries.length === 0) {
    throw SpecError.of(op, "params", "0", "one Variable or more", {
      problem: "there are no parameters",
      hint: "Pass network.params, or a list such as [w, b].",
    });
  }
  const named = new Map<string, Variable>();
  const nameOf = new Map<Variable, string>();
  for (const [name, x] of entries) {
    checkParameter(op, name, x);
    const other = nameOf.get(x);
    if (other !== undefined) {
      const problem = `"${other}" and "${name}" are the same Variable`;
      const hint = "List it once: its gradient already is the sum over all its uses.";
      throw new GraphError({ op, problem, argument: "params", hint });
    }
    named.set(name, x);
    nameOf.set(x, name);
  }
  return named;
}

/** The names of parameters, in quotation marks. */
export const namesOf = (params: ReadonlyMap<string, Variable>): string =>
  [...params.keys()].map((name) => `"${name}"`).join(", ");

function listed(params: readonly Variable[]): [string, Variable][] {
  const names = params.map((x) => (x instanceof Variable ? x.name : undefined));
  const distinct = !names.includes(undefined) && new Set(names).size === names.length;
  return params.map((x, i) => [distinct ? (names[i] as string) : String(i), x]);
}

function checkParameter(op: string, name: string, x: unknown): asserts x is Variable {
  if (!(x instanceof Variable)) {
    throw SpecError.of(op, "params", x, "a Variable", {
      problem: `parameter "${name}" is ${kindOf(x)}`,
      hint: "Wrap its value with variable(…).",
    });
  }
  if (!x.isLeaf) {
    throw GraphError.of(op, "params", x, "a leaf, made with variable(…)", {
      problem: `parameter "${name}" was computed by "${x.creator?.op?.name}"`,
      hint: "Pass the Variables that it was computed from.",
    });
  }
  if (!isFloat(x.dtype)) {
    throw GraphError.of(op, "params", x.dtype, "float32 or float64", {
      problem: `parameter "${name}" is of dtype ${x.dtype}`,
      hint: 'Make it with variable(value, { dtype: "float32" }).',
    });
  }
}

/**
 * A gradient that can be applied to its parameter: of its shape, converted to its dtype, and finite.
 *
 * @param isSquared  whether its squares have to be finite, too
 * @throws ShapeError, GraphError naming the parameter
 */
export function checkGradient(op: string, name: string, x: Variable, grad: unknown, isSquared = false): Variable {
  if (!(grad instanceof Variable || grad instanceof Tensor)) {
    throw GraphError.of(op, "grads", grad, `a Tensor or Variable of shape ${formatShape(x.shape)}`, {
      problem: grad == null ? `there is no gradient for "${name}"` : `the gradient for "${name}" is ${kindOf(grad)}`,
      hint:
        grad == null
          ? "Pass the gradients of network.gradient(x, t), or leave the parameter out."
          : "Wrap numbers with tensor(…).",
    });
  }
  if (!sameShape(grad.shape, x.shape)) {
    throw ShapeError.of(op, `the gradient of "${name}"`, grad, `${formatShape(x.shape)}, the shape of the parameter`, {
      argument: "grads",
      hint: "Transpose it, or sum it over the axes that were repeated.",
    });
  }
  const converted = noGrad(() => cast(asVariable(op, grad), x.dtype));
  const check = isSquared ? checkSquares : checkFinite;
  checkValue(converted, (value) => check(op, name, value), { passes: "finite" });
  return converted;
}

/** One NaN or infinity would spread over the parameters and silently end all learning. */
function checkFinite(op: string, name: string, grad: Tensor): void {
  const found = firstNotFinite(grad);
  if (found === null) return;
  throw GraphError.of(op, "grads", found.value, "finite numbers", {
    problem: `the gradient for "${name}" is ${found.value} at ${formatShape(found.index)}`,
    hint: "Nothing was changed. Lower the learning rate, or look for a log or a division of 0 in the loss.",
  });
}

/** The mean of squares that are infinite stays so, and NaN follows. */
function checkSquares(op: string, name: string, grad: Tensor): void {
  const found = firstTooLargeToSquare(grad);
  if (found === null) return;
  checkFinite(op, name, grad);
  throw GraphError.of(op, "grads", found.value, `numbers whose squares are finite in ${grad.dtype}`, {
    problem: `the gradient for "${name}" is ${found.value} at ${formatShape(found.index)}, too large to be squared`,
    hint: "Nothing was changed. Clip gradients with { clip: { norm: 1 } }, or lower the learning rate.",
  });
}
