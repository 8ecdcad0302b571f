/** NPY and NPZ files on disk. The formats themselves are in npy.ts and npz.ts. */
import { calledAs, checkOptions, type Tensor } from "@adjoint/tensor";
import { readSource } from "../../files/read-whole.ts";
import { writeWhole } from "../../files/write-whole.ts";
import { checkNpyDType, type DecodeNpyOptions, decodeNpy, encodeNpy } from "./npy.ts";
import { type DecodeNpzOptions, decodeNpz, type EncodeNpzOptions, encodeNpz } from "./npz.ts";

/**
 * Reads an NPY file, as `numpy.save` writes it. Types become those that `decodeNpy` lists.
 *
 * @param source   path or URL of the file, or its bytes
 * @param options  `dtype`: `"float64"` also holds integers beyond 2³¹
 * @returns        a tensor of the array's shape, in row-major order
 * @throws DataError  when there is no such file, or it is not NPY, ends early, goes on too long, or its header lies; when
 *                    a type or a value is none that a tensor holds
 * @throws DTypeError when `dtype` is another one
 * Inverse: {@link writeNpy}. Without files, at once: `decodeNpy`.
 */
export async function readNpy(
  source: string | URL | Uint8Array,
  options: Omit<DecodeNpyOptions, "name"> = {},
): Promise<Tensor> {
  const op = "readNpy";
  checkOptions(op, options, ["dtype"]);
  checkNpyDType(op, options.dtype);
  const { bytes, name } = await readSource(op, source);
  return calledAs(op, () => decodeNpy(bytes, { ...options, name }));
}

/**
 * Writes a tensor to an NPY file, which `numpy.load` reads. The file appears whole or not at all.
 *
 * @param tensor  of any shape and dtype
 * @param path    where to; an existing file is replaced
 * @throws SpecError for anything but a Tensor
 * @throws DataError when the file cannot be written
 * Inverse: {@link readNpy}. Without files, at once: `encodeNpy`.
 */
export async function writeNpy(tensor: Tensor, path: string | URL): Promise<void> {
  const bytes = calledAs("writeNpy", () => encodeNpy(tensor));
  await writeWhole("writeNpy", path, bytes);
}

/**
 * Reads an NPZ file, as `numpy.savez` and `numpy.savez_compressed` write it.
 *
 * @param source   path or URL of the file, or its bytes
 * @param options  `names`: the arrays to read, all by default; `dtype`: `"float64"` also holds integers beyond 2³¹;
 *                 `maxBytes`: how many bytes compressed arrays may unpack to (2²⁹)
 * @returns        the arrays by name, without the ending .npy; the object has no prototype
 * @throws DataError  when there is no such file, or it is not NPZ, is cut off or damaged, lacks one of `names`, would
 *                    unpack to more than `maxBytes`, or as `readNpy`
 * @throws DTypeError when `dtype` is another one
 * Inverse: {@link writeNpz}. Without files, at once: `decodeNpz`.
 */
export async function readNpz(
  source: string | URL | Uint8Array,
  options: Omit<DecodeNpzOptions, "name"> = {},
): Promise<Record<string, Tensor>> {
  const op = "readNpz";
  checkOptions(op, options, ["names", "dtype", "maxBytes"]);
  const { bytes, name } = await readSource(op, source);
  return calledAs(op, () => decodeNpz(bytes, { ...options, name }));
}

/**
 * Writes named tensors to an NPZ file, which `numpy.load` reads. The file appears whole or not at all.
 *
 * @param tensors  by name
 * @param path     where to; an existing file is replaced
 * @param options  `compress` (false): whether to compress by deflate
 * @throws SpecError when a value is not a Tensor, or a name is empty or not whole Unicode
 * @throws DataError when the file cannot be written
 * Inverse: {@link readNpz}. Without files, at once: `encodeNpz`.
 */
export async function writeNpz(
  tensors: Readonly<Record<string, Tensor>>,
  path: string | URL,
  options: EncodeNpzOptions = {},
): Promise<void> {
  const op = "writeNpz";
  const bytes = calledAs(op, () => encodeNpz(tensors, options));
  await writeWhole(op, path, bytes);
}
