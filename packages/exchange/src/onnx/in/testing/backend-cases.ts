/** ONNX's own backend test cases, as scripts/backend-cases.py writes them: reading them, and running them one by one. */
import { gunzipSync } from "node:zlib";
import { AdjointError, type DType, kernels, Tensor } from "@adjoint/tensor";
import { onnxModel } from "../onnx-model.ts";

/** A tensor of a case. */
interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly at: readonly [start: number, length: number];
  /** Of numbers that were rounded to half precision: the distance of neighbours there, relative to them. */
  readonly unit?: number;
}

/** One case: a model, and for some inputs what it gives. */
export interface BackendCase {
  readonly name: string;
  readonly model: readonly [start: number, length: number];
  readonly rtol: number;
  readonly atol: number;
  readonly sets: readonly { readonly inputs: readonly Stored[]; readonly outputs: readonly Stored[] }[];
}

/** All cases of a file. */
export interface BackendCases {
  /** The version of the onnx package that has them. */
  readonly onnx: string;
  readonly cases: readonly BackendCase[];
  /** Cases that were left out for their size. */
  readonly large: readonly string[];
  /** How many cases were left out for each op that is not read; under "" those of values that are no tensors. */
  readonly without: Readonly<Record<string, number>>;
  readonly bytes: Uint8Array;
}

/** The cases in a file. */
export function readCases(file: Uint8Array): BackendCases {
  const whole = new Uint8Array(gunzipSync(file));
  const length = new DataView(whole.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + length)));
  return { ...head, bytes: whole.subarray(4 + length) };
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

const dtypeOf = (name: string): DType => (name === "float32" || name === "float64" || name === "bool" ? name : "int32");

/** The numbers of a stored tensor. */
function numbersOf(bytes: Uint8Array, { dtype, at: [start, length] }: Stored): number[] {
  const own = bytes.slice(start, start + length);
  return Array.from(new arrays[dtype as keyof typeof arrays](own.buffer) as ArrayLike<number | bigint>, Number);
}

function tensorOf(bytes: Uint8Array, stored: Stored): Tensor {
  const numbers = new Tensor(Float64Array.from(numbersOf(bytes, stored)), stored.shape);
  return kernels.cast(numbers, dtypeOf(stored.dtype));
}

/** What became of a case: it passed, was refused with a reason, or gave other numbers. */
export interface Outcome {
  readonly name: string;
  readonly kind: "passed" | "refused" | "wrong";
  readonly reason: string;
  /** Inputs whose values had to be given as constants. */
  readonly constants: readonly string[];
}

/** Runs a case. Inputs whose numbers have to be known are given as constants: integers alone, if that is enough. */
export function runCase({ bytes }: BackendCases, one: BackendCase): Outcome {
  const file = bytes.subarray(one.model[0], one.model[0] + one.model[1]);
  const inputs = onnxModelOrNull(file)?.inputs ?? [];
  const named = (of: typeof inputs): string[] => of.map(({ name }) => name);
  const tries = [
    [],
    named(inputs.filter(({ dtype }) => dtype === "int32" || dtype === "bool")),
    named(inputs.slice(1)),
    named(inputs),
  ];
  let refusal = "";
  for (const constants of tries) {
    try {
      const reason = one.sets
        .map((set) => differenceOf(file, bytes, one, set, constants))
        .find((found) => found !== "");
      return { name: one.name, kind: reason === undefined ? "passed" : "wrong", reason: reason ?? "", constants };
    } catch (error) {
      if (!(error instanceof AdjointError)) throw error;
      refusal = error.message;
      if (!/depend on inputs/.test(refusal)) break;
    }
  }
  return { name: one.name, kind: "refused", reason: refusal, constants: [] };
}

function onnxModelOrNull(file: Uint8Array) {
  try {
    return onnxModel(file);
  } catch {
    return null;
  }
}

/** How the outputs differ from those expected; "" where they do not, within the case's tolerances. */
function differenceOf(
  file: Uint8Array,
  bytes: Uint8Array,
  { rtol, atol }: BackendCase,
  { inputs, outputs }: BackendCase["sets"][number],
  constants: readonly string[],
): string {
  const all = onnxModel(file).inputs.map(({ name, dtype }, i) => ({ name, dtype, stored: inputs[i] }));
  const fixed = all.filter(({ name }) => constants.includes(name));
  const model = onnxModel(file, {
    constants: Object.fromEntries(
      fixed.map(({ name, dtype, stored }) => [
        name,
        dtype === "int32" && stored.shape.length === 1 ? numbersOf(bytes, stored) : tensorOf(bytes, stored),
      ]),
    ),
  });
  const given = Object.fromEntries(
    all.filter(({ name }) => !constants.includes(name)).map(({ name, stored }) => [name, tensorOf(bytes, stored)]),
  );
  const results = Object.values(model.outputs(given)).map((y) => y.value);
  for (const [i, expected] of outputs.entries()) {
    const y = results[i];
    const dtype = dtypeOf(expected.dtype);
    if (y.dtype !== dtype || y.shape.join() !== expected.shape.join()) {
      return `output ${i} is ${y.dtype} [${y.shape.join(", ")}]; expected ${dtype} [${expected.shape.join(", ")}]`;
    }
    const wanted = numbersOf(bytes, expected);
    const got = Array.from(kernels.contiguous(kernels.copy(y)).data, Number);
    const wrong = wanted.findIndex((w, k) => {
      if (Number.isNaN(w) || Number.isNaN(got[k])) return !(Number.isNaN(w) && Number.isNaN(got[k]));
      // Half precision is computed in float32 here: what is expected was rounded on the way, and at the end.
      const relative = Math.max(rtol, 2 * (expected.unit ?? 0));
      return got[k] !== w && !(Math.abs(got[k] - w) <= atol + relative * Math.abs(w));
    });
    if (wrong >= 0) return `output ${i}, element ${wrong} is ${got[wrong]}; expected ${wanted[wrong]}`;
  }
  return "";
}
