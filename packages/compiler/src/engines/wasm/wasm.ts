/**
 * The WASM engine: the whole program in one memory, planned before it runs. States stay there from one run to the next, and
 * nothing is allocated in between.
 */

import type { Remote } from "@adjoint/autograd/internal";
import { AdjointError, GraphError, kernels, sizeOf, type Tensor } from "@adjoint/tensor";
import type { Program } from "../../program.ts";
import { rewritten } from "../../rewrite/rewrite.ts";
import type { Executable, Part, StateAccess } from "../engine.ts";
import { moduleOf } from "./assembler.ts";
import { type Call, callOf, functionOf } from "./calls.ts";
import { compiledModule, exportsOf, type KernelFunction, type Library, memoryOf, moduleOfLibrary } from "./library.ts";
import { inPlace, living, prune } from "./living.ts";
import { type Loop, loopOf } from "./loops.ts";
import { placePermanent, placeTemporary } from "./memory.ts";
import { Plan } from "./planner.ts";
import { depends, type Group, type HostOp, ordered, type Unit } from "./units.ts";
import { addressOf, freshValue, isDense, tensorAt, type Value } from "./values.ts";

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

/** Copies a tensor to where a value lies. */
function writer(memory: ArrayBuffer, value: Value): (x: Tensor) => void {
  const { data } = tensorAt(memory, value) as { readonly data: { set(values: ArrayLike<number>): void } };
  return (x) => {
    const { data: from, offset, size } = kernels.contiguous(x);
    data.set((size === from.length ? from : from.subarray(offset, offset + size)) as ArrayLike<number>);
  };
}

/** Runs an op by its own kernel, on tensors over the memory. */
function hostOp(memory: ArrayBuffer, { inputs, result, place, run }: HostOp): () => void {
  const tensors = inputs.map((x) => tensorAt(memory, x));
  const write = writer(memory, result);
  return () => {
    try {
      write(run(tensors));
    } catch (error) {
      throw error instanceof AdjointError ? error.locate(place) : error;
    }
  };
}

/** Nanoseconds that a loop takes for one op on one element, about. */
const elementTime = 0.4;

/** The calls of units, one after the other; none for an op that runs by its own kernel. */
function callsOf(units: readonly Unit[]): { readonly calls: readonly (readonly Call[])[]; readonly loops: Loop[] } {
  const loops: Loop[] = [];
  const calls = units.map((unit): readonly Call[] => {
    if (unit.kind === "host") return [];
    if (unit.kind === "kernel") return unit.calls();
    const { shape, order, members } = unit;
    const loop = loopOf(shape, order, members);
    const index = loops.push(loop) - 1;
    return [callOf(index, [], loop.count, elementTime * members.length * sizeOf(shape))];
  });
  return { calls, loops };
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

/** How far beyond a buffer the last vector of a loop may read. */
function overrun(units: readonly Unit[]): number {
  const steps = units.flatMap(({ reads }) => [...reads].flatMap(({ strides }) => strides));
  return 4096 + 16 * steps.reduce((most, step) => Math.max(most, step), 0);
}

/** Makes a program ready to be run in WebAssembly. */
export function wasm(recorded: Program): Executable {
  const { program, applied } = rewritten(recorded);
  const { inputs, outputs, states, checks } = program;
  const plan = new Plan(program);
  const valuesOf = (ids: readonly (number | null)[]): Value[] =>
    ids.flatMap((id) => (id === null ? [] : plan.values[id]));
  const nexts = valuesOf(states.map(({ next }) => next));
  const kept = [...valuesOf(outputs), ...nexts, ...valuesOf(checks.map(({ node }) => node))];
  const alive = living(plan.units, kept, plan);
  const over = inPlace(program, plan, alive);
  prune(alive, kept);
  const late = new Set([...over.keys()].map((value) => plan.makerOf(value) as Group));
  const units = ordered(alive, late);
  const isLate = (unit: Unit): boolean =>
    (late as ReadonlySet<Unit>).has(unit) || [...late].some((one) => depends(unit, one));
  const firstLate = units.findIndex(isLate);

  // What is there from one run to the next: inputs, constants, states, and gradients until somebody reads them.
  const homes = states.map(({ node, next }): Value | null => {
    if (node !== null) return plan.values[node];
    if (next === null) return null;
    const { dtype, shape } = plan.values[next];
    return freshValue(dtype, shape, true);
  });
  const permanent = [
    ...valuesOf(inputs),
    ...plan.constants.map(({ value }) => value),
    ...homes.filter((home) => home !== null),
  ];
  for (const value of over.keys()) value.buffer.isPermanent = true;
  const top = placePermanent(permanent);
  for (const [value, home] of over) value.buffer.address = home.buffer.address;
  const end = placeTemporary(units, kept, top);
  const { calls, loops } = callsOf(units);
  const scratchBytes = 64 * Math.ceil(Math.max(0, ...calls.flat().map(({ scratch }) => scratch)) / 64);
  const bytes = end + scratchBytes + overrun(units);

  let memory: ReturnType<typeof memoryOf>;
  try {
    memory = memoryOf(bytes);
  } catch (error) {
    throw refused(bytes, error);
  }
  const { buffer } = memory;
  const library = exportsOf<Library>(moduleOfLibrary(), memory);
  const loopsModule = compiledModule(
    moduleOf(
      loops.map(({ func }) => func),
      false,
    ),
  );
  const loopFunctions = exportsOf<Readonly<Record<string, KernelFunction>>>(loopsModule, memory);
  const parts = units.map((unit, i): Part => {
    const functions = calls[i].map((call) => functionOf(call, library, loopFunctions, end));
    const byHost = unit.kind === "group" || unit.host === null ? null : hostOp(buffer, unit.host);
    const run = (): void => {
      for (let k = 0; k < functions.length; k++) {
        // What a kernel refuses, the op's own explains.
        if (functions[k](0, calls[i][k].count) === 1) byHost?.();
      }
      if (functions.length === 0) byHost?.();
    };
    return { ...describe(unit), isByHost: unit.kind === "host", run };
  });
  for (const { value, tensor } of plan.constants) writer(buffer, value)(tensor);

  const fill = valuesOf(inputs).map((value) => writer(buffer, value));
  const tensorOf = (value: Value): Tensor => tensorAt(buffer, value);
  const results = valuesOf(outputs).map(tensorOf);
  const checked = checks.map(({ node, passes }) => {
    const value = plan.values[node];
    const isFast = passes === "finite" && value.dtype === "float32" && isDense(value);
    return { tensor: tensorOf(value), address: isFast ? addressOf(value) : null };
  });
  const homeWriters = homes.map((home) => (home === null ? null : writer(buffer, home)));
  const nextTensors = states.map(({ next }) => (next === null ? null : tensorOf(plan.values[next])));
  const isInPlace = states.map(({ next }) => next !== null && over.has(plan.values[next]));
  const isShared = states.map(({ next }, i) => next !== null && !isInPlace[i] && plan.values[next].buffer.isPermanent);
  const remotes = homes.map((home): Remote => {
    const tensor = home === null ? null : tensorOf(home);
    return { fetch: () => kernels.copy(tensor as Tensor) };
  });
  /** The tensor that a state was last filled with, where the program does not change it. */
  const seen = new Array<Tensor | null>(states.length).fill(null);

  const execute = (
    given: readonly Tensor[],
    access: readonly StateAccess[],
    check: (value: Tensor, i: number) => void,
  ): Tensor[] => {
    for (let i = 0; i < given.length; i++) fill[i](given[i]);
    for (let i = 0; i < states.length; i++) {
      if (states[i].node === null || access[i].isAt(remotes[i])) continue;
      const value = access[i].read();
      if (value === seen[i]) continue;
      homeWriters[i]?.(value);
      seen[i] = states[i].next === null ? value : null;
    }
    const last = firstLate < 0 ? parts.length : firstLate;
    for (let i = 0; i < last; i++) parts[i].run();
    for (let i = 0; i < checked.length; i++) {
      const { address, tensor } = checked[i];
      if (address === null || library.finite32(address, tensor.size) === 0) check(tensor, i);
    }
    for (let i = last; i < parts.length; i++) parts[i].run();
    const values = results.map((tensor) => kernels.copy(tensor));
    // A next value that is another state's value before is taken before that one moves.
    const taken = nextTensors.map((next, i) => (next !== null && isShared[i] ? kernels.copy(next) : next));
    for (let i = 0; i < states.length; i++) {
      const next = taken[i];
      if (next === null) continue;
      if (!isInPlace[i]) homeWriters[i]?.(next);
      access[i].moveTo(remotes[i]);
    }
    return values;
  };
  return Object.assign(execute, { parts, bytes, rewrites: [...applied, ...plan.found.applied] });
}
