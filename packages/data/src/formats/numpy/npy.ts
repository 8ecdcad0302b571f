/** NPY, the file format of one NumPy array, from and to bytes. */
import { checkOptions, type DType, DTypeError, kernels, shown, sizeOf, Tensor } from "@adjoint/tensor";
import { checkTensor, rowMajor } from "../../samples/rows.ts";
import { type Bytes, checkBytes, dataName } from "../bytes.ts";
import { fileElements, swapToMachine, wideIntegers } from "../elements.ts";
import { formatError, grouped } from "../format-error.ts";
import { npyMagic, readNpyHeader } from "./npy-header.ts";

/** Options of {@link decodeNpy}. */
export interface DecodeNpyOptions {
  /**
   * `"float64"` holds integers of 64 bits up to 2⁵³. Default: float64 and float32 as they are, float16 as float32, bool
   * as bool, integers as int32.
   */
  readonly dtype?: "float64";
  /** How errors name the bytes, for example the URL they came from. Default: "the data". */
  readonly name?: string;
}

/** @throws DTypeError for any other dtype than the one that an option may name */
export function checkNpyDType(op: string, dtype: unknown): void {
  if (dtype === undefined || dtype === "float64") return;
  throw DTypeError.of(op, "dtype", dtype, '"float64", for integers beyond 2^31', {
    problem: `dtype is ${shown(dtype)}`,
    hint: "Leave it out, and convert the tensor afterwards by cast.",
  });
}

/**
 * Reads an NPY file, as `numpy.save` writes it, that is already in memory.
 *
 * float64, float32 and bool stay what they are; float16 becomes float32; integers become int32, those of 64 bits and
 * uint32 where every value fits. No value changes. Fortran order and big-endian bytes are read, too; the result is in
 * row-major order.
 *
 * @param bytes    the whole file
 * @param options  `dtype`: `"float64"` also holds integers beyond 2³¹; `name`: how errors name the bytes
 * @returns        a tensor of the array's shape, of any number of axes
 * @throws DataError  when the file is not NPY, ends early, goes on too long, or its header lies (nothing is allocated
 *                    before all of it has been checked); when a type or a value is none that a tensor holds
 * @throws DTypeError when `dtype` is another one
 * Inverse: {@link encodeNpy}. From a file: `readNpy`. Source: NEP 1, "A Simple File Format for NumPy Arrays".
 */
export function decodeNpy(bytes: Uint8Array, options: DecodeNpyOptions = {}): Tensor {
  const op = "decodeNpy";
  checkOptions(op, options, ["dtype", "name"]);
  checkBytes(op, bytes);
  const { dtype } = options;
  checkNpyDType(op, dtype);
  const source = { op, name: dataName(op, options.name) };
  const { type, isBigEndian, fortranOrder, shape, start, bytes: size } = readNpyHeader(bytes, source);
  const { bytes: width, word, decode } = fileElements.get(type)!;
  // A copy at an even place: slice of Node's Buffer makes none.
  const raw = new Uint8Array(bytes.subarray(start, start + size));
  if (isBigEndian) swapToMachine(raw, width, true);
  swapToMachine(raw, word);
  const wide = dtype === "float64" ? wideIntegers.get(type) : undefined;
  const data = (wide ?? decode)(raw, (index, value, wanted) => {
    const problem = `has ${value} as element ${grouped(index)}, not ${wanted}`;
    const hint =
      dtype === undefined && wideIntegers.has(type) && Number.isSafeInteger(Number(value))
        ? 'Pass { dtype: "float64" }.'
        : "Save x.astype(np.float64).";
    return formatError(source, problem, start + index * width, wanted, String(value), { hint });
  });
  // In Fortran's order the first axis is the one whose neighbours lie side by side.
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const x = fortranOrder ? kernels.contiguous(new Tensor(data, shape, strides)) : new Tensor(data, shape);
  return dtype === "float64" && x.dtype !== "float64" ? kernels.cast(x, "float64") : x;
}

/** How NumPy calls the types of ours. */
const descrOf: { readonly [D in DType]: string } = { float64: "<f8", float32: "<f4", int32: "<i4", bool: "|b1" };

/** Digits for which NumPy leaves room in the length of the first axis, so that a file can grow. */
const growth = 21;

/**
 * Writes a tensor as an NPY file, into memory: the bytes that `numpy.save` writes for the same array.
 *
 * @param tensor  of any shape and dtype
 * @returns       the bytes of the file
 * @throws SpecError for anything but a Tensor
 * Inverse: {@link decodeNpy}. To a file: `writeNpy`.
 */
export function encodeNpy(tensor: Tensor): Bytes {
  checkTensor("encodeNpy", "tensor", tensor, "The tensor comes first.");
  const { shape, dtype } = tensor;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const room = shape.length === 0 ? "" : " ".repeat(growth - String(shape[0]).length);
  const header = `{'descr': '${descrOf[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }${room}`;
  // Elements begin at a multiple of 64, behind a line feed.
  const start = Math.ceil((10 + header.length + 1) / 64) * 64;
  const data = rowMajor(tensor);
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([...npyMagic, 1, 0, (start - 10) & 0xff, (start - 10) >> 8]);
  bytes.set(new TextEncoder().encode(`${header.padEnd(start - 11)}\n`), 10);
  const elements = bytes.subarray(start);
  elements.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  swapToMachine(elements, data.BYTES_PER_ELEMENT);
  return bytes;
}
