/** The state of a model, tensors by name: taken as copies, put back all or nothing. */
import type { Variable } from "@adjoint/autograd";
import {
  type AdjointError,
  formatShape,
  isFloat,
  kernels,
  kindOf,
  ShapeError,
  SpecError,
  sameShape,
  shown,
  Tensor,
  type TypedArray,
} from "@adjoint/tensor";
import { didYouMean } from "./words.ts";

type Variables = Readonly<Record<string, Variable>>;

/** Copies of the values. */
export function copyState(variables: Variables): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(variables).map(([name, x]) => [name, kernels.copy(x.value)]));
}

/** Why a value cannot be assigned to a variable, as the rest of a sentence after its name. */
export function misfit(value: unknown, x: Pick<Variable, "shape" | "dtype">) {
  if (!(value instanceof Tensor)) {
    const kind = kindOf(value);
    return { shape: false, text: `is ${kind}${kind.startsWith("a Tensor") ? "" : ", not a Tensor"}` };
  }
  if (!sameShape(x.shape, value.shape)) {
    return { shape: true, text: `has shape ${formatShape(value.shape)}, in this model ${formatShape(x.shape)}` };
  }
  if (!isFloat(value.dtype)) return { shape: false, text: `is ${value.dtype}, in this model ${x.dtype}` };
  if (x.dtype === "float32" && value.dtype === "float64" && overflows(kernels.copy(value).data)) {
    return { shape: false, text: "has numbers that are too large for float32" };
  }
  return null;
}

/** Whether a finite number becomes infinite in single precision. */
function overflows(data: TypedArray): boolean {
  return data.some((value) => Number.isFinite(value) && !Number.isFinite(Math.fround(value)));
}

/**
 * Assigns every value to the variable of its name. When anything does not fit, nothing changes.
 *
 * @throws ShapeError when tensors have other shapes and nothing else is wrong; SpecError for names that are missing or
 *         unknown, and for values that are not float tensors. Either lists everything that is wrong
 */
export function loadState(variables: Variables, state: Readonly<Record<string, Tensor>>): void {
  const names = Object.keys(variables);
  if (state === null || typeof state !== "object" || Array.isArray(state)) {
    throw SpecError.of("loadState", "state", shown(state), "Tensors by name", {
      problem: `the state is ${kindOf(state)}`,
      hint: "Pass what state() returned.",
    });
  }
  const missing = names.filter((name) => !Object.hasOwn(state, name));
  const unknown = Object.keys(state).filter((name) => !Object.hasOwn(variables, name));
  const misfits = names
    .filter((name) => Object.hasOwn(state, name))
    .flatMap((name) => {
      const found = misfit(state[name], variables[name]);
      return found === null ? [] : [{ shape: found.shape, text: `${name} ${found.text}` }];
    });
  const wrong = [
    ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
    ...(unknown.length > 0 ? [`${unknown.map((name) => name + didYouMean(name, missing)).join(", ")} unknown`] : []),
    ...misfits.map(({ text }) => text),
  ];
  if (wrong.length > 0) {
    const onlyShapes = missing.length === 0 && unknown.length === 0 && misfits.every(({ shape }) => shape);
    const Kind: typeof AdjointError = onlyShapes ? ShapeError : SpecError;
    const expected = names.map((name) => `${name} ${formatShape(variables[name].shape)}`).join(", ");
    throw Kind.of("loadState", "state", Object.keys(state).join(", "), expected, {
      problem: `the state does not fit this model: ${wrong.join("; ")}`,
      hint: "Build the model from the spec that the state was saved with.",
    });
  }
  // Copied first: a given tensor may be the value of a variable that is overwritten before it is read.
  const copies = names.map((name) => kernels.copy(state[name]));
  names.forEach((name, i) => {
    variables[name].assign(copies[i]);
  });
}
