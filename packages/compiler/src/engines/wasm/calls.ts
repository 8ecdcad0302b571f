/** Calls of kernels as data: what runs, on which numbers, and how the work can be cut. Any thread can make them. */
import type { KernelFunction, KernelName } from "./kernels/library.ts";

/** A call of a kernel of the library, or of a generated loop by its number. */
export interface Call {
  readonly kernel: KernelName | number;
  /** What it takes before its scratch memory and the part of its work. */
  readonly args: readonly number[];
  /** How many rows, images or steps there are; threads take some of them each. */
  readonly count: number;
  /** How long they take, about. */
  readonly nanoseconds: number;
  /** Into how many parts it is worth to cut them. */
  readonly pieces: number;
  /** Bytes of scratch memory that it needs. */
  readonly scratch: number;
}

/** Most parts of a call: enough for threads that come late to leave work to others. */
export const mostPieces = 16;

/** Nanoseconds of work that are worth a part. */
const grain = 4_000;

/** Nanoseconds of work in a program that are worth starting threads for. */
export const leastShared = 40_000;

/** How much larger than the average the first part of a call is, and how much smaller the last. */
const unevenness = 0.3;

/** A call whose work takes some nanoseconds, and is cut into so many parts at most. */
export function callOf(
  kernel: KernelName | number,
  args: readonly number[],
  count: number,
  nanoseconds: number,
  scratch = 0,
  mostParts = mostPieces,
): Call {
  const most = Math.min(count, mostPieces, mostParts, nanoseconds / grain);
  // A power of two, since there are two, four or eight threads more often than not.
  const pieces = most < 2 ? 1 : 2 ** Math.floor(Math.log2(most));
  return { kernel, args, count, nanoseconds, pieces, scratch };
}

/**
 * Where a part of some work begins. Parts get smaller: the thread that puts up a call claims the first, and others begin later
 * and fetch what they read from its caches; small ones at the end let all threads finish at about the same time. None is
 * empty: loops run at least once.
 */
export function beginOf(count: number, piece: number, pieces: number): number {
  const share = piece / pieces;
  return piece + Math.floor((count - pieces) * share * (1 + unevenness * (1 - share)));
}

/** A call as a function of the part of its work. It gives 1 where the kernel refuses its operands. */
export function functionOf(
  { kernel, args }: Call,
  library: Readonly<Record<KernelName, KernelFunction>>,
  loops: Readonly<Record<string, KernelFunction>>,
  scratch: number,
): (begin: number, end: number) => number | undefined {
  const run = typeof kernel === "number" ? loops[kernel] : library[kernel];
  const numbers = [...args, scratch, 0, 0];
  const at = args.length + 1;
  return (begin, end) => {
    numbers[at] = begin;
    numbers[at + 1] = end;
    return run.apply(undefined, numbers);
  };
}
