/** Inputs and targets of a model: one batch, or several by name, checked and converted to its dtype. */
import { asVariable, cast, checkValue, Variable, type VariableLike } from "@adjoint/autograd";
import {
  DTypeError,
  formatShape,
  isPromise,
  kernels,
  refuseOtherCopy,
  type Shape,
  ShapeError,
  SpecError,
  sameShape,
  shown,
  sizeOf,
  Tensor,
} from "@adjoint/tensor";
import { ANY, fitsShape, shapeText } from "../plan/lengths.ts";
import type { PlannedInput } from "../read/inputs.ts";

/** A batch; or, where there are several inputs, batches by the inputs' names. */
export type ModelInputs = VariableLike | Readonly<Record<string, VariableLike>>;

/** Targets; or, where several outputs have a loss, targets by the outputs' names. */
export type ModelTargets = VariableLike | Readonly<Record<string, VariableLike>>;

/** Whether batches are given by name. Arrays are refused later. */
export function isRecord(x: ModelInputs): x is Readonly<Record<string, VariableLike>> {
  const isValue = x instanceof Variable || x instanceof Tensor || Array.isArray(x) || ArrayBuffer.isView(x);
  return x !== null && typeof x === "object" && !isValue && !isPromise(x);
}

/** The batches in the order of the inputs. @throws SpecError for names that are missing or unknown; ShapeError */
export function inputsFrom(
  op: string,
  x: ModelInputs,
  inputs: readonly PlannedInput[],
  dtype: "float32" | "float64",
): Variable[] {
  const batches = batchesByInput(op, x, inputs).map((given, i) => {
    const input = inputs[i];
    const batch = asVariable(op, given, inputs.length === 1 ? "x" : input.name);
    checkBatch(op, batch, input, inputs.length > 1);
    return input.type === "float" ? cast(batch, dtype) : labelsOf(op, batch);
  });
  const counts = new Set(batches.map(({ shape }) => shape[0]));
  if (counts.size > 1) {
    throw ShapeError.of(op, "x", [...counts].join(", "), "the same number of samples in all", {
      problem: `the inputs have different numbers of samples: ${batches.map(({ shape }, i) => `${inputs[i].name} ${formatShape(shape)}`).join(", ")}`,
    });
  }
  return batches;
}

function batchesByInput(op: string, x: ModelInputs, inputs: readonly PlannedInput[]): unknown[] {
  const names = inputs.map(({ name }) => name);
  refuseOtherCopy(op, "x", x);
  if (Array.isArray(x) || ArrayBuffer.isView(x)) {
    throw SpecError.of(op, "x", "an array", "a Tensor or a Variable", {
      problem: "the batch is an array",
      hint: "Write tensor([...]).",
    });
  }
  if (inputs.length === 1 && !isRecord(x)) return [x];
  if (!isRecord(x)) {
    throw SpecError.of(op, "x", "one batch", `{ ${names.join(", ")} }`, {
      problem: `the model has ${inputs.length} inputs and got one batch`,
      hint: `Pass batches by name: { ${names.map((name) => `${name}: …`).join(", ")} }.`,
    });
  }
  const given = Object.keys(x);
  const missing = names.filter((name) => !Object.hasOwn(x, name));
  const unknown = given.filter((name) => !names.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    const words = [
      ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
      ...(unknown.length > 0 ? [`${unknown.join(", ")} unknown`] : []),
    ];
    throw SpecError.of(op, "x", given.join(", "), names.join(", "), {
      problem: `the batches do not fit the inputs: ${words.join("; ")}`,
      hint: "Give one batch for each input of the spec.",
    });
  }
  return names.map((name) => x[name]);
}

function checkBatch(
  op: string,
  { shape, ndim }: Variable,
  { name, shape: input }: PlannedInput,
  isNamed: boolean,
): void {
  if (ndim > 0 && fitsShape(shape.slice(1), input)) return;
  const wanted = shapeText(["N", ...input]);
  throw ShapeError.of(op, isNamed ? name : "x", formatShape(shape), `batches of shape ${wanted}`, {
    problem: `got an input of shape ${formatShape(shape)}${isNamed ? ` for "${name}"` : ""}`,
    hint: hintForBatch(shape, input),
  });
}

/** The hint for a batch of another shape than [N, ...input]. */
function hintForBatch(given: Shape, input: Shape): string {
  if (input.includes(ANY)) return "Every length is 1 or more, and ? stands for any.";
  const inputs = input.join(", ");
  // One image without its channel, or as a row.
  if (given.length > 0 && sizeOf(given) === sizeOf(input)) return `Reshape one sample to [1, ${inputs}].`;
  if (given.length < 2) return `Give a batch: even one sample has the shape [1, ${inputs}].`;
  const [count, ...sample] = given;
  const [height, width, channels] = sample;
  if (sample.length === 3 && channels !== height && sameShape([channels, height, width], input)) {
    return "Images are [channels, height, width]: pass transpose(x, [0, 3, 1, 2]).";
  }
  if (sizeOf(sample) === sizeOf(input)) return `Reshape the batch to [${count}, ${inputs}].`;
  return `Declare input: ${formatShape(sample)} in the model, or give samples of shape ${formatShape(input)}.`;
}

/** Labels as int32. @throws DTypeError for numbers that int32 cannot hold */
function labelsOf(op: string, x: Variable): Variable {
  if (x.dtype === "int32") return x;
  checkValue(x, (value) => {
    const { data } = kernels.copy(value);
    const wrong = data.findIndex((number: number) => (number | 0) !== number);
    if (wrong < 0) return;
    throw DTypeError.of(op, "x", shown(data[wrong]), "labels, which are integers", {
      problem: `element ${wrong} is ${shown(data[wrong])}`,
      hint: 'For real numbers declare the input without "type": "labels".',
    });
  });
  return cast(x, "int32");
}

/** The targets of one output. @throws SpecError when they are not given by name where they must be */
export function targetFor(op: string, t: ModelTargets, output: string, isNamed: boolean): VariableLike {
  refuseOtherCopy(op, "t", t);
  if (!isRecord(t)) {
    if (!isNamed) return t;
    throw SpecError.of(op, "t", "one batch of targets", `{ ${output}: …, … }`, {
      problem: "several outputs have a loss, but t is one batch of targets",
      hint: "Pass targets by the names of the outputs.",
    });
  }
  if (Object.hasOwn(t, output)) return t[output];
  throw SpecError.of(op, "t", Object.keys(t).join(", "), output, {
    problem: `targets for the output "${output}" are missing`,
    hint: "Pass targets by the names of the outputs.",
  });
}
