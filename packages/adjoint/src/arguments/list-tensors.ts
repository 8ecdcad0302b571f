/** The tensors of a file of anyone's as a table: safetensors, NPY, NPZ, and pickles of arrays. */
import { extname } from "node:path";
import { listSafetensors, type PickleValue, readNpy, readNpz, readPickle } from "@adjoint/data";
import { readWhole } from "@adjoint/data/files";
import { otherFormat, otherZip, zipNames } from "@adjoint/data/internal";
import { renderTable, right, specMetadata } from "@adjoint/nn/internal";
import { DataError, formatShape, Tensor } from "@adjoint/tensor";

export interface TensorRow {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
}

/** The endings of files whose tensors can be listed, apart from saved models. */
const tensorEndings: readonly string[] = [".npy", ".npz", ".pkl", ".pickle"];
/** The endings of files that are named for what they are, with what converts them. */
export const convertedEndings: readonly string[] = [".pt", ".pth", ".h5", ".hdf5", ".keras", ".ckpt"];

const rowOf = (name: string, { dtype, shape }: Tensor): TensorRow => ({ name, type: dtype, shape });

/** The tensors in a value of a pickle, by where they are in it. */
function rowsIn(value: PickleValue, path: string): TensorRow[] {
  if (value instanceof Tensor) return [rowOf(path || "(array)", value)];
  if (value === null || typeof value !== "object") return [{ name: path || "(value)", type: typeof value, shape: [] }];
  const entries: [string, PickleValue][] = Array.isArray(value)
    ? value.map((item, i) => [String(i), item])
    : Object.entries(value);
  return entries.flatMap(([name, item]) => rowsIn(item, path === "" ? name : `${path}.${name}`));
}

/** The tensors of a file: names, types and shapes. */
export async function tensorsOf(path: string): Promise<TensorRow[]> {
  if (extname(path).toLowerCase() === ".safetensors") return [...(await listSafetensors(path)).tensors];
  const arrays = await arraysIn(path);
  if (arrays === null) return rowsIn(await readPickle(path), "");
  return Object.entries(arrays).map(([name, x]) => rowOf(name, x));
}

/** The arrays of a file of NumPy's by name; null for another file. */
export async function arraysIn(path: string): Promise<Readonly<Record<string, Tensor>> | null> {
  const ending = extname(path).toLowerCase();
  if (ending === ".npy") return { "(array)": await readNpy(path) };
  return ending === ".npz" ? await readNpz(path) : null;
}

/** The tensors of a file as a table: names, types, shapes, numbers of elements, and the sum of these. */
export async function tableOfTensors(path: string): Promise<string> {
  const rows = (await tensorsOf(path)).map(({ name, type, shape }) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return { size, cells: [name, type, formatShape(shape), size.toLocaleString("en-US")] };
  });
  const total = rows.reduce((sum, { size }) => sum + size, 0).toLocaleString("en-US");
  const columns = ["tensor", "type", "shape", right("elements")];
  const cells = rows.map((row) => row.cells);
  const table = renderTable(columns, cells);
  return `${table}\n${rows.length.toLocaleString("en-US")} tensor${rows.length === 1 ? "" : "s"}, ${total} elements`;
}

/** Whether a file has tensors and no model of ours with them. What cannot be read is left to whoever opens it. */
export async function holdsTensors(path: string): Promise<boolean> {
  const ending = extname(path).toLowerCase();
  if (ending !== ".safetensors") return tensorEndings.includes(ending);
  const listed = await listSafetensors(path).catch(() => null);
  return listed !== null && !Object.hasOwn(listed.metadata, specMetadata);
}

/**
 * The error for a file of another program: what it is, and the lines that convert it.
 * @throws DataError, always
 */
export async function refuseOtherFile(path: string): Promise<never> {
  const bytes = await readWhole("summary", path);
  const found = otherFormat(bytes.subarray(0, 16));
  const other =
    (found?.name.startsWith("a zip") ? otherZip(zipNames(bytes, { op: "summary", name: path })) : null) ?? found;
  throw DataError.of("summary", "FILE", extname(path), "a spec, a saved model, .npz, .npy or .pkl", {
    problem: other === null ? `${path} is of no format that is known` : `${path} is ${other.name}`,
    hint: other?.hint.replaceAll("FILE", path),
  });
}
