/** Padding by numbers or by what lies inside, in every direction; negative widths cut off. */
import { concat, type Variable } from "@adjoint/autograd";
import { type Shape, ShapeError, Tensor } from "@adjoint/tensor";

/** How many elements are added before and after an axis. */
export type Width = readonly [before: number, after: number];

export type PadMode = "constant" | "reflect" | "edge" | "wrap";

/** Where element i of a padded axis lies in the n elements inside, by the mode. */
const places: Readonly<Record<Exclude<PadMode, "constant">, (i: number, n: number) => number>> = {
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  wrap: (i, n) => ((i % n) + n) % n,
  reflect: (i, n) => {
    if (n === 1) return 0;
    const period = 2 * (n - 1);
    const at = ((i % period) + period) % period;
    return at < n ? at : period - at;
  },
};

/** x without what negative widths cut off. */
function trimmed(x: Variable, widths: readonly Width[]): Variable {
  if (widths.every(([before, after]) => before >= 0 && after >= 0)) return x;
  const start = widths.map(([before]) => Math.max(0, -before));
  const stop = x.shape.map((n, i) => Math.max(start[i], n - Math.max(0, -widths[i][1])));
  return x.slice({ start, stop });
}

/** x with zeros around it, by one op. */
export function zeroPadded(x: Variable, widths: readonly Width[]): Variable {
  const inner = trimmed(x, widths);
  const added = widths.map(([before, after]): Width => [Math.max(0, before), Math.max(0, after)]);
  if (added.every(([before, after]) => before === 0 && after === 0)) return inner;
  const shape = inner.shape.map((n, i) => n + added[i][0] + added[i][1]);
  const start = added.map(([before]) => before);
  return inner.padSlice(shape, { start, stop: inner.shape.map((n, i) => start[i] + n) });
}

/** x with its axes made longer; `value` is what constant padding adds. */
export function padded(x: Variable, widths: readonly Width[], mode: PadMode, value: Variable): Variable {
  if (mode === "constant") {
    const isZero = value.isLeaf && value.isReadable && value.size === 1 && value.item() === 0;
    return isZero ? zeroPadded(x, widths) : surrounded(x, widths, value);
  }
  let y = trimmed(x, widths);
  widths.forEach(([before, after], axis) => {
    const n = y.shape[axis];
    const added: Width = [Math.max(0, before), Math.max(0, after)];
    if (added[0] + added[1] === 0) return;
    if (n === 0) throw new ShapeError({ op: "Pad", problem: `axis ${axis} of length 0 has nothing to ${mode}` });
    const from = Int32Array.from({ length: added[0] + n + added[1] }, (_, i) => places[mode](i - added[0], n));
    y = y.indexSelect(new Tensor(from, [from.length]), { axis });
  });
  return y;
}

/** x with blocks of one number around it, axis by axis. */
export function surrounded(x: Variable, widths: readonly Width[], value: Variable): Variable {
  let y = trimmed(x, widths);
  const number = value.cast(x.dtype);
  const block = (shape: Shape): Variable => (number.ndim === 0 ? number : number.reshape([])).broadcastTo(shape);
  widths.forEach(([before, after], axis) => {
    const parts = [
      ...(before > 0 ? [block(y.shape.with(axis, before))] : []),
      y,
      ...(after > 0 ? [block(y.shape.with(axis, after))] : []),
    ];
    if (parts.length > 1) y = concat(parts, { axis });
  });
  return y;
}
