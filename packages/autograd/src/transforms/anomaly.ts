/** Anomaly detection: the first NaN or infinity is an error that names the op, its place and the line of code. */
import { formatShape, GraphError, kernels, shown, type Tensor, unravel } from "@adjoint/tensor";
import { type Observer, recorder } from "../core/recorder.ts";
import { recordingOf } from "./record.ts";

const detecting: Observer = {
  evaluated: checkFinite,
  recorded: (node) => {
    node.madeAt = callingLine();
  },
};

/**
 * Runs `fn` (a forward pass, a backward pass, or a whole training step) while every result is checked. Slower: each
 * result is read once more, and each op remembers the line that called it. Nests; `fn` must be synchronous.
 *
 * @throws GraphError at the first op whose result is NaN or infinite
 */
export function detectAnomaly<Result>(fn: () => Result): Result {
  return recordingOf("detectAnomaly", { observer: detecting }, fn);
}

/** The folder of this package; of a bundle, the folder that it lies in. */
const ownFolder = import.meta.url.replace(/(\/transforms)?\/[^/]*$/, "");

/** The line outside of this package that is being run, as the engine writes it; null where it tells none. */
function callingLine(): string | null {
  const lines = new Error().stack?.split("\n").slice(1) ?? [];
  const path = ownFolder.replace(/^file:\/\//, "");
  // The package's own tests call it from outside, though they lie in its folder. Another copy of the package is no caller.
  const isOutside = (line: string): boolean =>
    !(line.includes(path) || /[\\/]@adjoint[\\/]autograd[\\/]/.test(line)) || line.includes(".test.ts");
  const outside = lines.find((line) => isOutside(line) && /:\d+:\d+/.test(line));
  return outside?.trim().replace(/^at /, "") ?? null;
}

/** What an op computed: refused unless it is finite. */
function checkFinite(op: string, inputs: readonly Tensor[], result: Tensor): void {
  if (kernels.allFinite(result)) return;
  const { data } = kernels.copy(result);
  const first = data.findIndex((value: number) => !Number.isFinite(value));
  const [value, index] = [data[first], unravel(first, result.shape)];
  const at = index.length === 0 ? "" : ` at ${formatShape(index)}`;
  const source = recorder.gradientOf;
  const made = source === null ? callingLine() : source.madeAt;
  const inputsFinite = inputs.every((x) => kernels.allFinite(x));
  throw GraphError.of(op, "result", value, "finite numbers", {
    problem: `the result is ${shown(value)}${at}${source === null ? "" : `, in the backward rule of ${nameOf(source)}`}`,
    hint:
      `${inputsFinite ? "Its inputs are all finite" : "Its inputs already hold NaN or infinities"}` +
      `${made === null ? "." : `; ${source === null ? "computed" : "its forward pass was computed"} at ${made}.`}`,
  });
}

function nameOf(node: NonNullable<typeof recorder.gradientOf>): string {
  const op = node.op?.name ?? "a leaf";
  return node.name === undefined ? op : `${op} "${node.name}"`;
}
