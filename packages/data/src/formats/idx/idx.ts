/** IDX, the file format of MNIST, from and to bytes: a header, then the elements in row-major order, big-endian. */
import {
  allocate,
  checkOptions,
  type DType,
  DTypeError,
  shown,
  sizeOf,
  Tensor,
  type TypedArray,
} from "@adjoint/tensor";
import { checkTensor, rowMajor } from "../../samples/rows.ts";
import { type Bytes, checkBytes } from "../bytes.ts";
import type { FormatSource } from "../format-error.ts";
import { checkIdx, type IdxType, idxElements, idxTypes } from "./idx-header.ts";

/** The element type in which a tensor of each dtype is written unless another is asked for. */
const typeOfDType: { readonly [D in DType]: IdxType } = {
  bool: "ubyte",
  int32: "int",
  float32: "float",
  float64: "double",
};

/** Options of {@link decodeIdx}. */
export interface DecodeIdxOptions {
  /**
   * The dtype of the tensor. Default: int32 for ubyte, byte, short and int; float32 for float; float64 for double.
   * Others are possible where they hold every value of the file's type exactly.
   */
  readonly dtype?: Exclude<DType, "bool">;
}

/** As {@link decodeIdx}, with the name of the file in errors. */
export function decodeIdxFrom(bytes: Uint8Array, options: DecodeIdxOptions, source: FormatSource): Tensor {
  checkOptions(source.op, options, ["dtype"]);
  checkBytes(source.op, bytes);
  const header = checkIdx(bytes, source);
  const element = idxElements[header.type];
  const dtype = options.dtype ?? element.dtypes[0];
  if (!element.dtypes.includes(dtype)) {
    throw DTypeError.of(source.op, "dtype", dtype, element.dtypes.map((name) => `"${name}"`).join(" or "), {
      problem: `${shown(dtype)} does not hold every value of ${source.name}, which is of type ${header.type}`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: TypedArray = allocate(dtype, sizeOf(header.shape));
  for (let i = 0, at = header.start; i < data.length; i++, at += element.bytes) data[i] = element.read(view, at);
  return new Tensor(data, header.shape);
}

/**
 * Reads an IDX file that is already in memory and not compressed.
 *
 * @param bytes    the whole file
 * @param options  `dtype`: what to hold the elements in; int32 for integers, else the file's own type
 * @returns        a tensor of the file's shape, of any number of axes
 * @throws DataError  when the file is not IDX, ends early, goes on too long, or its header lies; nothing is allocated
 *                    before the length has been checked
 * @throws DTypeError when `dtype` does not hold every value of the file's type
 * Inverse: {@link encodeIdx}. With gzip or from a file: `readIdx`.
 */
export function decodeIdx(bytes: Uint8Array, options: DecodeIdxOptions = {}): Tensor {
  return decodeIdxFrom(bytes, options, { op: "decodeIdx", name: "the data" });
}

/** Options of {@link encodeIdx}. */
export interface EncodeIdxOptions {
  /** The element type. Default: ubyte for bool, int for int32, float for float32, double for float64. */
  readonly type?: IdxType;
}

/**
 * Writes a tensor as an IDX file, into memory.
 *
 * @param tensor   of at most 255 axes, each shorter than 2³²
 * @param options  `type`: the element type, if it holds every value exactly
 * @returns        the bytes of the file, not compressed
 * @throws DTypeError when a value is not one of the type's, or there is no such type
 * Inverse: {@link decodeIdx}. To a file or with gzip: `writeIdx`.
 */
export function encodeIdx(tensor: Tensor, options: EncodeIdxOptions = {}): Bytes {
  checkOptions("encodeIdx", options, ["type"]);
  checkTensor("encodeIdx", "tensor", tensor, "The tensor comes first.");
  const type = options.type ?? typeOfDType[tensor.dtype];
  if (!idxTypes.includes(type)) {
    throw DTypeError.of("encodeIdx", "type", type, idxTypes.join(", "), {
      problem: `${shown(type)} is not an IDX type`,
    });
  }
  const { code, bytes: width, read, write } = idxElements[type];
  const { shape } = tensor;
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + tensor.size * width);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, code, shape.length]);
  shape.forEach((n, axis) => {
    view.setUint32(4 + 4 * axis, n);
  });
  const data = rowMajor(tensor);
  for (let i = 0; i < tensor.size; i++) {
    const at = start + i * width;
    write(view, at, data[i]);
    // Reading back what was written is the one test of "fits" that is right for all six types; NaN is itself here.
    const back = read(view, at);
    if (back !== data[i] && !(Number.isNaN(back) && Number.isNaN(data[i]))) {
      throw DTypeError.of("encodeIdx", "tensor", data[i], `values of the type ${type}`, {
        problem: `element ${i} is ${shown(data[i])}, which the type ${type} does not hold (it would become ${back})`,
        hint: "Choose a wider type, or round and clip the tensor first.",
      });
    }
  }
  return bytes;
}
