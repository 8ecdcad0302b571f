/** Where a tensor holds NaN or an infinity. */
import { kernels, type Tensor, unravel } from "@adjoint/tensor";

/** A number that is not finite, and where it is. */
interface NotFinite {
  readonly value: number;
  readonly index: readonly number[];
}

/** The first element of x that is NaN or infinite; null where there is none. */
export function firstNotFinite(x: Tensor): NotFinite | null {
  if (kernels.allFinite(x)) return null;
  const { data } = kernels.copy(x);
  const at = data.findIndex((value: number) => !Number.isFinite(value));
  return { value: data[at], index: unravel(at, x.shape) };
}
