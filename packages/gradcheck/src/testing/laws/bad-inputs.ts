/**
 * The law of bad inputs: an op either computes, or refuses with an error that gives the reason.
 */
import { defineOp, type OpDefinition } from "@adjoint/autograd";
import { AdjointError, formatShape, formatSpec, ShapeError, sameShape, zeros } from "@adjoint/tensor";
import { type AnyOp, broken, definitionOf, type Sample } from "./subject.ts";

/** Assumptions of {@link badInputsLaw}. */
export interface BadInputsOptions {
  /** Whether all inputs must have one shape: then any other must be refused. Default false. */
  readonly equalShapes?: boolean;
  /**
   * Whether shape rule and kernel must agree for the other dtypes too. Default false: an op may be written for float
   * dtypes alone, since applying it refuses a result that is not what the shape rule says.
   */
  readonly everyDType?: boolean;
}

/** Runs `fn` and returns what it threw, or undefined. */
function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
    return undefined;
  } catch (error) {
    return error ?? new Error("nothing");
  }
}

/**
 * Bad inputs: an op either computes with too few or too many inputs, or other shapes or dtypes, and fits the shape
 * rule; or it refuses them with an AdjointError. The shape rule already refuses wrong shapes.
 * @throws LawError
 */
export function badInputsLaw(
  op: AnyOp,
  sample: Sample,
  { equalShapes = false, everyDType = false }: BadInputsOptions = {},
): void {
  const definition = definitionOf(op) as unknown as OpDefinition<object>;
  const { inputs, attributes } = sample;
  const call = defineOp(definition) as unknown as (...args: readonly unknown[]) => unknown;
  const refused = (what: string, args: readonly unknown[]): void => {
    const error = thrownBy(() => call(...args, attributes));
    if (error instanceof AdjointError) return;
    broken("bad inputs", definition, `${what}: ${error === undefined ? "accepted" : `threw ${String(error)}`}`);
  };
  if (typeof definition.backward !== "function") {
    refused("one input too many", [...inputs, ...inputs.slice(0, 1), 0]);
    if (inputs.length > 0) refused("one input too few", inputs.slice(1));
  }
  for (const wrong of [undefined, null, "text", [1, 2]]) {
    if (inputs.length > 0) refused(`input 0 is ${JSON.stringify(wrong)}`, [wrong, ...inputs.slice(1)]);
  }
  // Zeros are valid as numbers, indices and truth values alike.
  inputs.forEach((x, i) => {
    const shapes = [[...x.shape, 2], [2, ...x.shape], x.shape.slice(1), x.shape.map((n) => n + 1)];
    for (const shape of shapes) {
      if (sameShape(shape, x.shape)) continue;
      const changed = inputs.map((other, k) => (k === i ? zeros(shape, { dtype: other.dtype }) : other));
      tryOut(definition, changed, attributes, `input ${i} of shape ${formatShape(shape)}`, {
        mustRefuse: equalShapes && inputs.length > 1,
        everyDType,
      });
    }
    for (const dtype of ["float32", "float64", "int32", "bool"] as const) {
      if (dtype === x.dtype) continue;
      const changed = inputs.map((other, k) => (k === i ? zeros(x.shape, { dtype }) : other));
      tryOut(definition, changed, attributes, `input ${i} of dtype ${dtype}`, { mustRefuse: false, everyDType });
    }
  });
}

/** The inputs either fit (rule and kernel agree) or are refused with an AdjointError. */
function tryOut(
  definition: OpDefinition<object>,
  inputs: Sample["inputs"],
  attributes: object,
  what: string,
  { mustRefuse, everyDType }: { readonly mustRefuse: boolean; readonly everyDType: boolean },
): void {
  let spec: ReturnType<typeof definition.infer> | undefined;
  const error = thrownBy(() => {
    spec = definition.infer(inputs, attributes);
  });
  if (error !== undefined && !(error instanceof AdjointError)) {
    broken("bad inputs", definition, `${what}: the shape rule threw ${String(error)}`);
  }
  if (mustRefuse && error === undefined) broken("bad inputs", definition, `${what}: the shape rule accepts it`);
  if (spec === undefined) return;
  let y: ReturnType<typeof definition.forward> | undefined;
  const kernelError = thrownBy(() => {
    y = definition.forward(inputs, attributes);
  });
  if (kernelError !== undefined && !(kernelError instanceof AdjointError)) {
    broken("bad inputs", definition, `${what}: the kernel threw ${String(kernelError)}`);
  }
  if (kernelError instanceof ShapeError) {
    broken("bad inputs", definition, `${what}: the shape rule accepts it, the kernel does not: ${kernelError.message}`);
  }
  if (y !== undefined && ((everyDType && y.dtype !== spec.dtype) || !sameShape(y.shape, spec.shape))) {
    broken(
      "bad inputs",
      definition,
      `${what}: the shape rule says ${formatSpec(spec)}, the kernel gave ${formatSpec(y)}`,
    );
  }
}
