/** Gradients as functions of functions. They nest, because backward rules are ops like any other. */
import { checkOptions, GraphError, SpecError, shown } from "@adjoint/tensor";
import { checkFunction, givesFunction } from "@adjoint/tensor/internal";
import { checkRealResult, startingGradient } from "../backward/start.ts";
import { interpreters } from "../core/interpreters.ts";
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

/** Options of {@link grad} and {@link valueAndGrad}. */
export interface GradOptions {
  /** Which argument to differentiate with respect to, or several: then the result is a list. Default 0. */
  readonly argnums?: number | readonly number[];
}

/** The gradients that `argnums` asks for. */
type Chosen<Args extends readonly unknown[], N extends number | readonly number[]> = N extends number
  ? GradientTree<Args[N]>
  : { -readonly [K in keyof N]: N[K] extends number ? GradientTree<Args[N[K]]> : never };

function selected(op: string, argnums: number | readonly number[], count: number): number[] {
  const list = typeof argnums === "number" ? [argnums] : [...argnums];
  for (const i of list) {
    if (Number.isInteger(i) && i >= 0 && i < count) continue;
    const problem = `argument ${shown(i)} does not exist: the function was called with ${count}`;
    throw GraphError.of(op, "argnums", i, count === 0 ? "an argument" : `0 … ${count - 1}`, { problem });
  }
  return list;
}

/** {@link valueAndGrad} for whoever is called `op`. */
function valueAndGradOf(
  op: string,
  f: (...xs: never[]) => Variable,
  options: GradOptions = {},
  place?: (i: number) => string,
): (...xs: unknown[]) => { value: Variable; grad: unknown } {
  checkFunction(op, f, "f");
  checkOptions(op, options, ["argnums"], givesFunction(op));
  const { argnums = 0 } = options;
  if (typeof argnums !== "number" && !Array.isArray(argnums)) {
    throw SpecError.of(op, "argnums", argnums, "the number of an argument, or a list of them", {
      hint: "Arguments count from 0: { argnums: 1 }, or { argnums: [0, 1] }.",
    });
  }
  return (...xs) => {
    const wanted = selected(op, argnums, xs.length);
    const point = pointAt(op, xs, place);
    const { inputs, ranges } = point;
    const others = place === undefined && xs.length > 1 ? ", or choose other arguments by argnums" : undefined;
    for (const i of wanted) checkReal(op, point, ...ranges[i], others);
    const y = recordAt(op, f, point);
    checkRealResult(op, y);
    const createGraph = dependsOnOthers(y, point);
    const places = [...new Set(wanted)].flatMap((i) => inputs.map((_, k) => k).slice(...ranges[i]));
    const chosen = places.map((k) => inputs[k]);
    const found = y.requiresGrad
      ? gradientsOf(interpreters, y, startingGradient(op, y, undefined), chosen, createGraph)
      : chosen.map(zerosLike);
    const byPlace: Variable[] = [];
    for (const [i, k] of places.entries()) byPlace[k] = found[i];
    const grads = point.rebuild(byPlace);
    const value = handedOut(y, createGraph);
    return { value, grad: typeof argnums === "number" ? grads[argnums] : wanted.map((i) => grads[i]) };
  };
}

/**
 * The function that computes f and its gradient together: `(…xs) → { value, grad }`, grad of the shape of x.
 *
 * Arguments may be trees, records and lists of Variables: `valueAndGrad(loss)({ w, b })` gives a gradient `{ w, b }`.
 *
 * @param f a function of Variables, or of trees of them, to a single number
 * @throws GraphError when f's result is not a single number; DTypeError when what is differentiated is int32 or bool
 */
export function valueAndGrad(
  f: VariableFunction,
  options?: { readonly argnums?: number },
): (...xs: VariableLike[]) => { value: Variable; grad: Variable };
export function valueAndGrad(
  f: VariableFunction,
  options: { readonly argnums: readonly number[] },
): (...xs: VariableLike[]) => { value: Variable; grad: Variable[] };
export function valueAndGrad(
  f: VariableFunction,
  options: GradOptions,
): (...xs: VariableLike[]) => { value: Variable; grad: Variable | Variable[] };
export function valueAndGrad<Args extends readonly unknown[]>(
  f: TreeFunction<Args>,
): (...xs: { [K in keyof Args]: InputTree<Args[K]> }) => { value: Variable; grad: GradientTree<Args[0]> };
export function valueAndGrad<Args extends readonly unknown[], const N extends number | readonly number[]>(
  f: TreeFunction<Args>,
  options: { readonly argnums: N },
): (...xs: { [K in keyof Args]: InputTree<Args[K]> }) => { value: Variable; grad: Chosen<Args, N> };
export function valueAndGrad(f: (...xs: never[]) => Variable, options: GradOptions = {}): unknown {
  return valueAndGradOf("valueAndGrad", f, options);
}

/** {@link grad} for whoever is called `op`. */
export function gradOf(
  op: string,
  f: (...xs: never[]) => Variable,
  options?: GradOptions,
  place?: (i: number) => string,
) {
  const both = valueAndGradOf(op, f, options, place);
  return (...xs: unknown[]): unknown => both(...xs).grad;
}

/**
 * The gradient of f as a function of the same arguments: `grad(f)(x)` is df/dx, of the shape of x. `grad(grad(f))` is
 * the second derivative of a function of one number.
 *
 * Arguments may be trees, records and lists of Variables: `grad(loss)({ w, b })` is `{ w, b }` of gradients.
 *
 * @param f a function of Variables, or of trees of them, to a single number
 * @throws GraphError when f's result is not a single number; DTypeError when what is differentiated is int32 or bool
 */
export function grad(f: VariableFunction, options?: { readonly argnums?: number }): (...xs: VariableLike[]) => Variable;
export function grad(
  f: VariableFunction,
  options: { readonly argnums: readonly number[] },
): (...xs: VariableLike[]) => Variable[];
export function grad(f: VariableFunction, options: GradOptions): (...xs: VariableLike[]) => Variable | Variable[];
export function grad<Args extends readonly unknown[]>(
  f: TreeFunction<Args>,
): (...xs: { [K in keyof Args]: InputTree<Args[K]> }) => GradientTree<Args[0]>;
export function grad<Args extends readonly unknown[], const N extends number | readonly number[]>(
  f: TreeFunction<Args>,
  options: { readonly argnums: N },
): (...xs: { [K in keyof Args]: InputTree<Args[K]> }) => Chosen<Args, N>;
export function grad(f: (...xs: never[]) => Variable, options: GradOptions = {}): unknown {
  return gradOf("grad", f, options);
}
