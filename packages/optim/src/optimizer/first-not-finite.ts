/** Where a tensor holds NaN or an infinity, or a number whose square is one. */
import { kernels, type Tensor, unravel } from "@adjoint/tensor";

/** A number of a tensor, and where it is. */
interface Found {
  readonly value: number;
  readonly index: readonly number[];
}

/** The first element of x that is NaN or infinite; null where there is none. */
export function firstNotFinite(x: Tensor): Found | null {
  return kernels.allFinite(x) ? null : first(x, (value) => !Number.isFinite(value));
}

/** The first element of x whose square is not finite in the dtype of x; null where there is none. */
export function firstTooLargeToSquare(x: Tensor): Found | null {
  // The largest number whose square rounds to a finite one: 2^128 and 2^1024 are the first powers of 2 that do not.
  const most = x.dtype === "float32" ? 2 ** 64 * (1 - 2 ** -24) : 2 ** 512 * (1 - 2 ** -53);
  const isSmall = ({ data }: Tensor): boolean => Math.abs(data[0]) <= most;
  if (x.size === 0 || (isSmall(kernels.max(x)) && isSmall(kernels.min(x)))) return null;
  return first(x, (value) => !(Math.abs(value) <= most));
}

function first(x: Tensor, isSought: (value: number) => boolean): Found {
  const { data } = kernels.copy(x);
  const at = data.findIndex(isSought);
  return { value: data[at], index: unravel(at, x.shape) };
}
