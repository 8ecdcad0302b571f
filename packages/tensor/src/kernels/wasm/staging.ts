/** Copies strided blocks of operands into scratch memory: at once as they lie, or run by run. */
import type { TypedArray } from "../../dtype.ts";

/** Where the last staged block lies: index of its first element in the heap, strides in elements. Used again. */
export const staged = { start: 0, row: 0, column: 0 };

/** Shortest run that is worth a call of `set`. */
const RUN = 16;

/**
 * Brings a strided block into scratch memory from element `target` on; {@link staged} says how it lies there. It takes
 * room for twice its elements at the most: gaps between them come along where they are at most half.
 */
export function stage(
  heap: TypedArray,
  target: number,
  data: TypedArray,
  start: number,
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number,
): void {
  const span = (rows - 1) * Math.abs(rowStride) + (columns - 1) * Math.abs(columnStride) + 1;
  if (span <= 2 * rows * columns) {
    const before = Math.min(0, (rows - 1) * rowStride) + Math.min(0, (columns - 1) * columnStride);
    heap.set(span === data.length ? data : data.subarray(start + before, start + before + span), target);
    staged.start = target - before;
    staged.row = rowStride;
    staged.column = columnStride;
    return;
  }
  // Runs lie along the axis whose neighbours are neighbours in memory, the columns if none do.
  const byColumns = rowStride === 1 && columnStride !== 1;
  const [runs, length, apart, step] = byColumns
    ? [columns, rows, columnStride, rowStride]
    : [rows, columns, rowStride, columnStride];
  for (let i = 0; i < runs; i++) {
    let from = start + i * apart;
    const to = target + i * length;
    if (step === 1 && length >= RUN) heap.set(data.subarray(from, from + length), to);
    else for (let j = 0; j < length; j++, from += step) heap[to + j] = data[from];
  }
  staged.start = target;
  staged.row = byColumns ? 1 : columns;
  staged.column = byColumns ? rows : 1;
}
