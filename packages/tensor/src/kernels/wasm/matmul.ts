/**
 * The WASM matrix product: cuts it into blocks that fit the caches, brings each block of the strided operands into
 * scratch memory, has it packed and multiplied there (kernels/matmul.ts) and takes the result out.
 *
 * Scratch memory is bounded by the blocks, not by the operands.
 */
import type { TypedArray } from "../../dtype.ts";
import type { Product } from "../product.ts";
import { matmulModule } from "./matmul.generated.ts";
import { instantiate, type Memory, reserve } from "./runtime.ts";

type Pack = (source: number, m: number, n: number, strideM: number, strideN: number, target: number) => void;
type Multiply = (a: number, b: number, c: number, m: number, n: number, depth: number, accumulate: boolean) => void;

interface MatmulExports {
  readonly memory: Memory;
  readonly packRows32: Pack;
  readonly packRows64: Pack;
  readonly packColumns32: Pack;
  readonly packColumns64: Pack;
  readonly multiply32: Multiply;
  readonly multiply64: Multiply;
}

type Floats = Float32Array | Float64Array;

/** Rows of a panel of A. */
const PANEL_ROWS = 6;

/** Largest depth of a block: a panel of B, 32 bytes wide, and one of A stay in the first-level cache together. */
const DEPTH = 384;

/** Elements of a block of A, and of one of C: they stay in the second-level cache. */
const BLOCK_A = 48 * 1024;

/** Elements of a block of B, which lies in the third-level cache. */
const BLOCK_B = 512 * 1024;

/** Scratch memory starts here; the kernel owns the bytes below (64 … 255 hold its tile of the edge). */
const SCRATCH = 256;

/** What the kernel may read beyond the end of what it needs, in bytes. */
const SLACK = 64;

let instance: MatmulExports | undefined;
let heap32 = new Float32Array(0);
let heap64 = new Float64Array(0);

/** The kernel with at least `bytes` of memory, with {@link heap32} and {@link heap64} over all of it. */
function kernelWith(bytes: number): MatmulExports {
  instance ??= instantiate<MatmulExports>(matmulModule);
  reserve(instance.memory, bytes);
  if (heap32.buffer !== instance.memory.buffer) {
    heap32 = new Float32Array(instance.memory.buffer);
    heap64 = new Float64Array(instance.memory.buffer);
  }
  return instance;
}

/** The next address at which a cache line starts. */
function aligned(address: number): number {
  return Math.ceil(address / 64) * 64;
}

/** Length of the blocks of an axis: `length` cut into equal pieces of whole `unit`s, at most `largest` or one unit. */
function blockLength(length: number, largest: number, unit: number): number {
  const limit = Math.max(1, Math.floor(largest / unit)) * unit;
  if (length <= limit) return length;
  const pieces = Math.ceil(length / limit);
  return Math.ceil(length / pieces / unit) * unit;
}

/** Elements from the first to the last in memory of a strided block. */
function spanOf(rows: number, columns: number, rowStride: number, columnStride: number): number {
  return (rows - 1) * Math.abs(rowStride) + (columns - 1) * Math.abs(columnStride) + 1;
}

/** Whether a block is brought in as it lies in memory, gaps included: one fast copy. */
function isDense(rows: number, columns: number, rowStride: number, columnStride: number): boolean {
  return spanOf(rows, columns, rowStride, columnStride) <= 2 * rows * columns;
}

/** Elements that a block takes in the staging area. */
function stagedSize(rows: number, columns: number, rowStride: number, columnStride: number): number {
  return isDense(rows, columns, rowStride, columnStride)
    ? spanOf(rows, columns, rowStride, columnStride)
    : rows * columns;
}

/** Where the last staged block lies: element index in the heap and strides in elements. One object, used again. */
const staged = { start: 0, row: 0, column: 0 };

/** Shortest run that is worth a call of `set`. */
const RUN = 16;

/** Brings a strided block into scratch memory from element `target` on; {@link staged} says how it lies there. */
function stage(
  heap: Floats,
  target: number,
  data: TypedArray,
  start: number,
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number,
): void {
  if (isDense(rows, columns, rowStride, columnStride)) {
    const before = Math.min(0, (rows - 1) * rowStride) + Math.min(0, (columns - 1) * columnStride);
    const first = start + before;
    const span = spanOf(rows, columns, rowStride, columnStride);
    heap.set(span === data.length ? data : data.subarray(first, first + span), target);
    staged.start = target - before;
    staged.row = rowStride;
    staged.column = columnStride;
    return;
  }
  if (rowStride === 1 && columnStride !== 1 && rows >= RUN) {
    for (let j = 0; j < columns; j++) {
      const first = start + j * columnStride;
      heap.set(data.subarray(first, first + rows), target + j * rows);
    }
    staged.start = target;
    staged.row = 1;
    staged.column = rows;
    return;
  }
  for (let i = 0; i < rows; i++) {
    let from = start + i * rowStride;
    const to = target + i * columns;
    if (columnStride === 1 && columns >= RUN) heap.set(data.subarray(from, from + columns), to);
    else {
      for (let j = 0; j < columns; j++) {
        heap[to + j] = data[from];
        from += columnStride;
      }
    }
  }
  staged.start = target;
  staged.row = columns;
  staged.column = 1;
}

/** Takes a finished block of the result out of scratch memory. */
function storeBlock(
  heap: Floats,
  c: number,
  out: Floats,
  start: number,
  n: number,
  rows: number,
  columns: number,
): void {
  if (columns === n) out.set(heap.subarray(c, c + rows * n), start);
  else for (let i = 0; i < rows; i++) out.set(heap.subarray(c + i * columns, c + (i + 1) * columns), start + i * n);
}

/** Brings an unfinished block of the result back into scratch memory. */
function loadBlock(
  heap: Floats,
  c: number,
  out: Floats,
  start: number,
  n: number,
  rows: number,
  columns: number,
): void {
  if (columns === n) heap.set(out.subarray(start, start + rows * n), c);
  else for (let i = 0; i < rows; i++) heap.set(out.subarray(start + i * n, start + i * n + columns), c + i * columns);
}

/** out = A·B, blocked for the caches, in the result's dtype; every length is at least 1. */
export function wasmProduct(p: Product<Floats>): void {
  const { m, n, k, a, aRow, aColumn, b, bRow, bColumn, out } = p;
  const single = out instanceof Float32Array;
  const bytes = single ? 4 : 8;
  const panelColumns = 32 / bytes;
  const kc = blockLength(k, DEPTH, 4);
  const mc = blockLength(m, BLOCK_A / Math.max(kc, Math.min(n, 1024)), PANEL_ROWS);
  const nc = blockLength(n, BLOCK_B / Math.max(kc, mc), panelColumns);

  // Scratch memory, from below: packed A, packed B, the block of C, and a block of an operand as it came.
  const sizeA = (mc + PANEL_ROWS) * kc;
  const sizeB = (nc + panelColumns) * kc;
  const sizeStaged = Math.max(stagedSize(mc, kc, aRow, aColumn), stagedSize(kc, nc, bRow, bColumn));
  const packedA = SCRATCH;
  const packedB = aligned(packedA + sizeA * bytes);
  const c = aligned(packedB + sizeB * bytes);
  const raw = aligned(c + mc * nc * bytes);
  const kernel = kernelWith(raw + sizeStaged * bytes + SLACK);
  const heap = single ? heap32 : heap64;
  const packRows = single ? kernel.packRows32 : kernel.packRows64;
  const packColumns = single ? kernel.packColumns32 : kernel.packColumns64;
  const multiply = single ? kernel.multiply32 : kernel.multiply64;

  const oneBlock = mc >= m; // then C stays in scratch memory from one block of the depth to the next
  for (let j = 0; j < n; j += nc) {
    const columns = Math.min(nc, n - j);
    for (let l = 0; l < k; l += kc) {
      const depth = Math.min(kc, k - l);
      stage(heap, raw / bytes, b, p.bStart + l * bRow + j * bColumn, depth, columns, bRow, bColumn);
      packColumns(staged.start * bytes, depth, columns, staged.row * bytes, staged.column * bytes, packedB);
      for (let i = 0; i < m; i += mc) {
        const rows = Math.min(mc, m - i);
        stage(heap, raw / bytes, a, p.aStart + i * aRow + l * aColumn, rows, depth, aRow, aColumn);
        packRows(staged.start * bytes, rows, depth, staged.row * bytes, staged.column * bytes, packedA);
        const start = p.outStart + i * n + j;
        if (l > 0 && !oneBlock) loadBlock(heap, c / bytes, out, start, n, rows, columns);
        multiply(packedA, packedB, c, rows, columns, depth, l > 0);
        if (l + kc >= k || !oneBlock) storeBlock(heap, c / bytes, out, start, n, rows, columns);
      }
    }
  }
}
