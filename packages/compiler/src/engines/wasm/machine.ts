/** A laid out program in memory: its constants, and what runs its parts, on one thread or on several. */

import { GraphError, sizeOf } from "@adjoint/tensor";
import { placed } from "@adjoint/tensor/internal";
import { withPool } from "#pool";
import type { Part } from "../engine.ts";
import { beginOf, type Call, callOf, functionOf, leastShared } from "./calls.ts";
import { compiledModule, exportsOf, memoryOf } from "./instance.ts";
import { type KernelFunction, type Library, moduleOfLibrary } from "./kernels/library.ts";
import type { Layout } from "./layout/layout.ts";
import type { HostOp, Unit } from "./layout/units.ts";
import { tensorAt, writer } from "./layout/values.ts";
import { moduleOf } from "./loops/assembler.ts";
import { type Loop, loopOf } from "./loops/loops.ts";
import type { Team } from "./threads/pool.ts";

/** What makes a memory too large, in words. */
function refused(bytes: number, cause: unknown): GraphError {
  const size = `${Math.ceil(bytes / 2 ** 20)} MiB`;
  return new GraphError(
    {
      op: "compile",
      problem: `the program needs ${size} of memory, which this machine does not give`,
      expected: "a smaller program",
      received: size,
      hint: 'Use smaller batches, or { engine: "reference" }.',
    },
    { cause },
  );
}

/** Nanoseconds that a loop takes for one op on one element, about. */
const elementTime = 0.4;

/** The calls of units, one after the other; none for an op that runs by its own kernel. */
function callsOf(units: readonly Unit[]): { readonly calls: readonly (readonly Call[])[]; readonly loops: Loop[] } {
  const loops: Loop[] = [];
  const calls = units.map((unit): readonly Call[] => {
    if (unit.kind === "host") return [];
    if (unit.kind === "kernel") return unit.calls();
    const { shape, order, members, width } = unit;
    const loop = loopOf(shape, order, members, width);
    const index = loops.push(loop) - 1;
    return [callOf(index, [], loop.count, elementTime * members.length * sizeOf(shape))];
  });
  return { calls, loops };
}

/** Runs an op by its own kernel, on tensors over the memory. */
function hostOp(memory: ArrayBuffer, { inputs, result, place, run }: HostOp): () => void {
  const tensors = inputs.map((x) => tensorAt(memory, x));
  const write = writer(memory, result);
  return () => placed(place, () => write(run(tensors)));
}

/** A unit for people. */
function describe(unit: Unit): Pick<Part, "name" | "shape" | "work"> {
  if (unit.kind === "group") {
    const { members, shape } = unit;
    return { name: members.map(({ op }) => op).join(" "), shape, work: members.length * sizeOf(shape) };
  }
  const [result] = unit.writes;
  const { shape } = result;
  if (unit.kind === "host") return { name: `${unit.host.name} (by its own kernel)`, shape, work: 0 };
  return { name: unit.name, shape, work: unit.work };
}

/** What a run throws when a thread was lost in it. Nothing has moved then. */
export class ThreadLost extends Error {}

/** A program in memory. */
export interface Machine {
  readonly memory: ArrayBuffer;
  readonly bytes: number;
  readonly library: Library;
  readonly parts: readonly Part[];
  /** Says that a run begins: from the second one on, other threads may take part in it. */
  begin(): void;
  /** Says that what threads take part in has ended. */
  end(): void;
}

/**
 * Memory that nobody touches, as much as a program shares: the collector does not count shared memory, and would see no
 * reason to look for programs that are gone.
 */
const counted = new WeakMap<readonly Part[], ArrayBuffer>();

/** Most bytes of it. */
const mostCounted = 2 ** 28;

/** Brings a program into memory, where `threads` threads run it. */
export function machineOf(
  { units, nodes, constants, early, end, beyond }: Layout,
  { threads, exact }: { readonly threads: number; readonly exact: boolean },
): Machine {
  const { calls, loops } = callsOf(units);
  /** The calls that threads share. What writes over states is done by one: nothing can be half done there. */
  const shared = calls.slice(0, early).flatMap((some) => some.filter(({ pieces }) => pieces > 1));
  const isShared = threads > 1 && shared.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0) >= leastShared;
  const workers = isShared ? threads - 1 : 0;
  const scratch = 64 * Math.ceil(Math.max(0, ...calls.flat().map((call) => call.scratch)) / 64);
  const bytes = end + scratch * (1 + workers) + beyond;

  let memory: ReturnType<typeof memoryOf>;
  try {
    memory = memoryOf(bytes, isShared);
  } catch (error) {
    throw refused(bytes, error);
  }
  const { buffer } = memory;
  const [libraryModule, loopsModule] = [
    moduleOfLibrary({ isShared, exact }),
    compiledModule(
      moduleOf(
        loops.map(({ func }) => func),
        isShared,
      ),
    ),
  ];
  const library = exportsOf<Library>(libraryModule, memory);
  const loopFunctions = exportsOf<Readonly<Record<string, KernelFunction>>>(loopsModule, memory);
  for (const { value, tensor } of constants) writer(buffer, value)(tensor);

  let runs = 0;
  let team: Team | null = null;
  const begin = (): void => {
    if (isShared && ++runs === 2) {
      const scratches = Array.from({ length: workers }, (_, i) => end + scratch * (1 + i));
      const program = { memory, library: libraryModule, loops: loopsModule, calls: shared };
      withPool((pool) => {
        team = pool.teamFor(program, scratches, parts);
      });
    }
    team?.begin();
  };
  /** What does a call, on all threads where it is shared: false where its kernel refuses its operands. */
  const runOf = (call: Call): (() => boolean) => {
    const run = functionOf(call, library, loopFunctions, end);
    const { count, pieces } = call;
    const whole = (): boolean => run(0, count) !== 1;
    const number = shared.indexOf(call);
    if (!isShared || number < 0) return whole;
    const part = (piece: number): void => {
      run(beginOf(count, piece, pieces), beginOf(count, piece + 1, pieces));
    };
    return () => {
      if (!team?.takesPart) return whole();
      if (!team.share(number, pieces, part)) throw new ThreadLost();
      return true;
    };
  };
  const parts = units.map((unit, i): Part => {
    const runs = calls[i].map(runOf);
    const byHost = unit.kind === "group" || unit.host === null ? null : hostOp(buffer, unit.host);
    const run = (): void => {
      if (runs.length === 0) byHost?.();
      // What a kernel refuses, the op's own explains.
      for (const one of runs) if (!one()) byHost?.();
    };
    return { ...describe(unit), nodes: nodes[i], isByHost: unit.kind === "host", run };
  });
  // Whoever can still run the program holds its parts; the machine itself is let go as soon as it is made.
  if (isShared) counted.set(parts, new ArrayBuffer(Math.min(bytes, mostCounted)));
  return { memory: buffer, bytes, library, parts, begin, end: () => team?.end() };
}
