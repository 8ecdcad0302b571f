/** Arrays for a training: NPZ files, by the names that people give them. */
import { readNpz } from "@adjoint/data";
import { kernels, SpecError, type Tensor } from "@adjoint/tensor";
import type { LoadDataOptions, LoadedFile, WantedSamples } from "./data-source.ts";

const inputs = ["x", "X", "data", "images", "inputs", "features"];
const targets = ["y", "t", "Y", "target", "targets", "labels", "label"];
/** The names of a part: `x_train`, `train_x`. */
const partNames = (names: readonly string[], part: string): string[] =>
  names.flatMap((name) => [`${name}_${part}`, `${part}_${name}`]);

type Arrays = Readonly<Record<string, Tensor>>;

/** The first array that there is of some names. */
function find(arrays: Arrays, names: readonly string[]): Tensor | null {
  const name = names.find((one) => Object.hasOwn(arrays, one));
  return name === undefined ? null : arrays[name];
}

/** Targets as losses take them: classes as int32 [N], numbers as float32 [N, …]. */
function targetsFor(path: string, t: Tensor, { classifies }: WantedSamples): Tensor {
  const isColumn = t.ndim === 2 && t.shape[1] === 1;
  if (!classifies) {
    const numbers = t.ndim === 1 ? kernels.reshape(t, [t.shape[0], 1]) : t;
    return kernels.cast(numbers, "float32");
  }
  const labels = isColumn ? kernels.reshape(t, [t.shape[0]]) : t;
  // Rows of probabilities stay what they are.
  if (labels.ndim !== 1) return kernels.cast(labels, "float32");
  const wrong = kernels.copy(labels).data.findIndex((label) => !Number.isInteger(label) || label < 0);
  if (wrong < 0) return kernels.cast(labels, "int32");
  const found = labels.at(wrong);
  throw SpecError.of("data", "target", String(found), "integers from 0 on, the numbers of classes", {
    problem: `${path} has the target ${found} at ${wrong}, and the model's loss is for classes`,
    hint: 'For real numbers declare "loss": "mse".',
  });
}

/** The samples of an NPZ file: `x` and `y`, or `x_train`, `y_train`, `x_test` and `y_test`, and names like these. */
export async function readArrays(path: string, wanted: WantedSamples, options: LoadDataOptions): Promise<LoadedFile> {
  const arrays = await readNpz(path);
  const { target } = options;
  const encoding = options.encoding ?? { classes: null, table: null };
  const parts = ["train", "test"].map((part) => ({
    x: find(arrays, partNames(inputs, part)),
    t: find(arrays, target === undefined ? partNames(targets, part) : partNames([target], part)),
  }));
  if (parts.every(({ x, t }) => x !== null && t !== null)) {
    const [train, test] = parts.map(({ x, t }) => ({ x: x!, t: targetsFor(path, t!, wanted) }));
    return { train, test, encoding };
  }
  const x = find(arrays, inputs);
  if (x === null) {
    const names = Object.keys(arrays)
      .map((name) => JSON.stringify(name))
      .join(", ");
    const expected = "arrays called x and y, or x_train, y_train, x_test, y_test";
    throw SpecError.of("data", "data", names || "nothing", expected, {
      problem: `${path} has the arrays ${names || "of no name"}`,
      hint: "Save it by np.savez(FILE, x=…, y=…); the target may be named by --target.",
    });
  }
  const t = find(arrays, target === undefined ? targets : [target]);
  return { all: { x, t: t === null ? null : targetsFor(path, t, wanted), encoding } };
}
