/** Values of a graph while it is read: Variables, and known ones, which shapes, axes and bounds have to be. */
import { constant, Variable } from "@adjoint/autograd";
import { type DType, kernels, type Shape, Tensor } from "@adjoint/tensor";

export class Known {
  readonly tensor: Tensor;
  /** Whether these are integers beyond int32, held as float64: bounds such as the largest int64, which say "to the end". */
  readonly isWide: boolean;
  readonly name: string | undefined;

  constructor(tensor: Tensor, options: { readonly isWide?: boolean; readonly name?: string } = {}) {
    this.tensor = tensor;
    this.isWide = options.isWide ?? false;
    this.name = options.name;
  }

  get shape(): Shape {
    return this.tensor.shape;
  }

  get dtype(): DType {
    return this.tensor.dtype;
  }

  /** Its numbers, row-major. */
  numbers(): number[] {
    return Array.from(kernels.contiguous(kernels.copy(this.tensor)).data, Number);
  }
}

export type Value = Variable | Known;

/** Values in a row, such as those that a loop has collected. */
export class Sequence {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** What a name stands for. */
export type Held = Value | Sequence;

/** Whether these are single values, or none where an input is left out. */
export const hasNoSequence = <V extends Value | null>(all: readonly (V | Sequence)[]): all is readonly V[] =>
  !all.some((one) => one instanceof Sequence);

/** Integers that are known, by their numbers: as int32 where they fit. */
export function knownIntegers(values: readonly number[], shape: readonly number[] = [values.length]): Known {
  const fits = values.every((n) => n === (n | 0));
  return fits
    ? new Known(new Tensor(Int32Array.from(values), shape))
    : new Known(new Tensor(Float64Array.from(values), shape), { isWide: true });
}

/** A known value as a leaf of the graph. */
export function leafOf({ tensor, name }: Known): Variable {
  return constant(tensor, name === undefined ? {} : { name });
}

/** What a computed value is once it is known: integers of a wide one as int32 again where they fit. */
export function knownOf(x: Value, isWide: boolean): Known {
  if (!(x instanceof Variable)) return x;
  if (!isWide || x.dtype !== "float64") return new Known(x.value);
  return knownIntegers(new Known(x.value).numbers(), x.shape);
}
