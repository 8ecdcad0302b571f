/**
 * The memory of a program: where each buffer lies. Buffers that are never needed at the same time share their place.
 */
import type { Unit } from "./units.ts";
import type { Buffer, Value } from "./values.ts";

/** No buffer lies below this: address 0 stands for no address and holds 0, and from 16 on the library has its tables. */
const FIRST = 256;

/** Cache lines, and room for the elements that the last vector of a buffer may write beyond its end. */
function padded(bytes: number): number {
  return (Math.ceil(bytes / 64) + 1) * 64;
}

/** How far before buffers and beyond them the last vectors of loops may read. */
export function reachOf(units: readonly Unit[]): { readonly before: number; readonly beyond: number } {
  const steps = units.flatMap(({ reads }) => [...reads].flatMap(({ strides }) => strides));
  const most = (sign: 1 | -1): number => 16 * steps.reduce((reach, step) => Math.max(reach, sign * step), 0);
  return { before: 64 * Math.ceil(most(-1) / 64), beyond: 4096 + most(1) };
}

/**
 * Gives what is there from one run to the next its addresses, from the bottom; returns where the rest may begin.
 *
 * @param before  how far before a buffer loops may read
 */
export function placePermanent(values: readonly Value[], before: number): number {
  let top = FIRST + before;
  for (const { buffer } of values) {
    if (buffer.address >= 0) continue;
    buffer.address = top;
    top += padded(buffer.bytes);
  }
  return top;
}

/**
 * Gives every other buffer that is written its address.
 *
 * @param kept  values that are read after the last unit
 * @param from  where they may begin
 * @returns  the end of them all
 */
export function placeTemporary(units: readonly Unit[], kept: readonly Value[], from: number): number {
  let top = from;
  const last = new Map<Buffer, number>();
  units.forEach((unit, i) => {
    for (const { buffer } of [...unit.reads, ...unit.writes]) last.set(buffer, i);
  });
  for (const { buffer } of kept) last.set(buffer, units.length);
  const free: { start: number; bytes: number }[] = [];
  const ends = new Map<number, Buffer[]>();
  for (const [buffer, end] of last) ends.set(end, [...(ends.get(end) ?? []), buffer]);
  const take = (bytes: number): number => {
    // The smallest gap that is large enough.
    let best = -1;
    for (let i = 0; i < free.length; i++) {
      if (free[i].bytes >= bytes && (best < 0 || free[i].bytes < free[best].bytes)) best = i;
    }
    if (best < 0) {
      const start = top;
      top += bytes;
      return start;
    }
    const gap = free[best];
    const { start } = gap;
    gap.start += bytes;
    gap.bytes -= bytes;
    if (gap.bytes === 0) free.splice(best, 1);
    return start;
  };
  const give = (start: number, bytes: number): void => {
    let at = free.findIndex((gap) => gap.start > start);
    if (at < 0) at = free.length;
    free.splice(at, 0, { start, bytes });
    for (const i of [at, at - 1]) {
      const [one, next] = [free[i], free[i + 1]];
      if (one === undefined || next === undefined || one.start + one.bytes !== next.start) continue;
      one.bytes += next.bytes;
      free.splice(i + 1, 1);
    }
  };
  units.forEach((unit, i) => {
    for (const { buffer } of unit.writes) if (buffer.address < 0) buffer.address = take(padded(buffer.bytes));
    for (const buffer of ends.get(i) ?? []) if (!buffer.isPermanent) give(buffer.address, padded(buffer.bytes));
  });
  return top;
}
