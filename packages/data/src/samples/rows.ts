/** Samples are the rows of a tensor: what lies along axis 0, whatever its other axes are. */
import {
  allocate,
  checkKind,
  type DataOf,
  type DType,
  formatShape,
  kernels,
  ShapeError,
  sizeOf,
  Tensor,
} from "@adjoint/tensor";

/** The elements in row-major order; the storage itself when it already is that. */
export function rowMajor<D extends DType>(x: Tensor<D>): DataOf<D> {
  const { data, offset, size } = kernels.contiguous(x);
  return data.subarray(offset, offset + size) as DataOf<D>;
}

/** y[i, …] = x[rows[i], …] */
export function takeRows<D extends DType>(x: Tensor<D>, rows: ArrayLike<number>): Tensor<D> {
  const shape = x.shape.toSpliced(0, 1, rows.length);
  const width = sizeOf(shape.slice(1));
  const source = rowMajor(x);
  const data = allocate(x.dtype, rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    data.set(source.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  }
  return new Tensor(data, shape);
}

/**
 * The number of samples of which `x` are the inputs and `t` the targets.
 * @throws SpecError  when one of them is not a Tensor
 * @throws ShapeError when one of them has no axis, or they have different lengths along the first
 */
export function countSamples(op: string, x: Tensor, t: Tensor): number {
  for (const [argument, given] of Object.entries({ x, t }))
    checkTensor(op, argument, given, `Pass two Tensors: ${op}(x, t).`);
  if (x.ndim === 0 || t.ndim === 0 || x.shape[0] !== t.shape[0]) {
    throw ShapeError.of(op, "t", t, "one row for each sample along the first axes of both", {
      problem: `inputs of shape ${formatShape(x.shape)} and targets of shape ${formatShape(t.shape)} do not pair up`,
    });
  }
  return x.shape[0];
}

/** @throws SpecError for anything but a Tensor */
export function checkTensor(op: string, argument: string, given: unknown, hint: string): void {
  const help = Array.isArray(given) ? "Wrap arrays with tensor(…)." : hint;
  checkKind(op, argument, given, given instanceof Tensor, "a Tensor", help);
}
