/**
 * Fuzzes readers of files: changes valid files at random, and sees to it that a reader returns or refuses in its own words,
 * soon, and without more memory than a constant times the file.
 */
import { AdjointError, RandomGenerator } from "@adjoint/tensor";

/** A reader, and valid files that it reads. */
export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array) => unknown;
  /** Pieces that changes put in: keywords of the format. */
  readonly tokens?: readonly string[];
}

/** What went wrong, with what repeats it. */
export interface FuzzFailure {
  readonly name: string;
  readonly seed: number;
  readonly problem: string;
  /** The file. */
  readonly bytes: Uint8Array;
}

/** Milliseconds of computing after which a reader hangs, for files of at most some kilobytes. */
const patience = 2000;
/** Bytes that a reader may allocate for one of the file, and for any file: deflate makes 1,032 of one. */
const perByte = 8 * 1032;
const forAny = 2 ** 22;

const interesting = [0, 1, 2, 0x7f, 0x80, 0xff, 0x28, 0x29, 0x2c, 0x22, 0x27, 0x0a, 0x20, 0x30, 0x39, 0x2d];

/** A file with one to six changes: bits, bytes, numbers, pieces left out, doubled, put in from elsewhere or cut off. */
export function mutated(seed: number, { seeds, tokens = [] }: FuzzTarget): Uint8Array {
  const random = new RandomGenerator(seed);
  const below = (n: number): number => Number(random.integers(0, Math.max(1, n), [1]).at(0));
  const pick = <T>(of: readonly T[]): T => of[below(of.length)];
  let bytes: number[] = [...pick(seeds)];
  for (let changes = 1 + below(6); changes > 0; changes--) {
    const at = below(bytes.length + 1);
    const length = 1 + below(8);
    switch (below(9)) {
      case 0:
        if (at < bytes.length) bytes[at] ^= 1 << below(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = pick(interesting);
        break;
      case 2:
        bytes.splice(at, length);
        break;
      case 3:
        bytes.splice(at, 0, ...bytes.slice(at, at + length));
        break;
      case 4:
        bytes.splice(at, 0, ...Array.from({ length }, () => below(256)));
        break;
      case 5: {
        const other = pick(seeds);
        const from = below(other.length);
        bytes.splice(at, length, ...other.slice(from, from + length));
        break;
      }
      case 6: {
        // A 16- or 32-bit number, either way around.
        const number = pick([0, 1, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, 1000, bytes.length]);
        const width = pick([2, 4]);
        const parts = Array.from({ length: width }, (_, i) => (number / 256 ** i) & 0xff);
        bytes.splice(at, width, ...(below(2) === 0 ? parts : parts.reverse()));
        break;
      }
      case 7:
        if (tokens.length > 0) bytes.splice(at, below(2) * length, ...Buffer.from(pick(tokens), "latin1"));
        break;
      default:
        if (below(4) === 0) bytes = bytes.slice(0, at);
    }
  }
  return Uint8Array.from(bytes);
}

/** Gives a reader changed files, of `count` seeds from `first` on, until it fails; null when it does not. */
export function fuzz(target: FuzzTarget, first: number, count: number): FuzzFailure | null {
  for (let seed = first; seed < first + count; seed++) {
    const bytes = mutated(seed, target);
    const before = process.memoryUsage().arrayBuffers;
    const start = process.cpuUsage();
    let problem: string | null = null;
    try {
      target.read(bytes);
    } catch (error) {
      if (!(error instanceof AdjointError)) problem = String((error as Error)?.stack ?? error);
    }
    // Not the time that passed: a busy machine may stop a process for seconds.
    const { user, system } = process.cpuUsage(start);
    const [took, grew] = [(user + system) / 1000, process.memoryUsage().arrayBuffers - before];
    if (took > patience) problem ??= `took ${took.toFixed(0)} ms`;
    if (grew > perByte * bytes.length + forAny) problem ??= `allocated ${grew} bytes for ${bytes.length}`;
    if (problem !== null) return { name: target.name, seed, problem, bytes };
  }
  return null;
}
