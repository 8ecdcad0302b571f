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
 * Gives every other buffer that is written its address: the smallest gap between those that are needed at the same time.
 *
 * @param kept  values that are read after the last unit
 * @param from  where they may begin
 * @returns  the end of them all
 */
export function placeTemporary(units: readonly Unit[], kept: readonly Value[], from: number): number {
  const last = new Map<Buffer, number>();
  units.forEach((unit, i) => {
    for (const { buffer } of [...unit.reads, ...unit.writes]) last.set(buffer, i);
  });
  for (const { buffer } of kept) last.set(buffer, units.length);
  /** What is needed now, by address. */
  let live: Buffer[] = [];
  let top = from;
  const place = (buffer: Buffer): void => {
    let [at, start, least] = [live.length, from, Number.POSITIVE_INFINITY];
    for (let i = 0, end = from; i <= live.length; i++) {
      const gap = (live[i]?.address ?? Number.MAX_SAFE_INTEGER) - end;
      if (gap >= padded(buffer.bytes) && gap < least) [at, start, least] = [i, end, gap];
      if (i < live.length) end = live[i].address + padded(live[i].bytes);
    }
    buffer.address = start;
    live.splice(at, 0, buffer);
    top = Math.max(top, start + padded(buffer.bytes));
  };
  units.forEach((unit, i) => {
    for (const { buffer } of unit.writes) if (buffer.address < 0) place(buffer);
    live = live.filter((buffer) => (last.get(buffer) as number) > i);
  });
  return top;
}
