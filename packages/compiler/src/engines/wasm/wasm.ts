/**
 * The WASM engine: the whole program in one memory, planned before it runs. States stay there from one run to the next, and
 * nothing but the outputs is allocated in between.
 */
import type { Remote } from "@adjoint/autograd/internal";
import { kernels, type Tensor } from "@adjoint/tensor";
import type { Program } from "../../program.ts";
import type { EngineOptions, Executable, Run } from "../engine.ts";
import { type Layout, layoutOf } from "./layout/layout.ts";
import { addressOf, isDense, tensorAt, type Value, writer } from "./layout/values.ts";
import { type Machine, machineOf, ThreadLost } from "./machine.ts";
import { threadsFor } from "./threads/threads.ts";

/** What runs a program on its inputs and states, and tells how far it came. */
function runnerOf(
  { program, values, early, checkable, homes, written }: Layout,
  { memory, library, parts, begin, end }: Machine,
): Required<Pick<Executable, "reached">> & { readonly run: Run } {
  const { inputs, outputs, states, checks } = program;
  const tensorOf = (value: Value): Tensor => tensorAt(memory, value);
  const fill = inputs.map((id) => writer(memory, values[id]));
  const results = outputs.map((id) => tensorOf(values[id]));
  const checked = checks.map(({ node, passes }) => {
    const value = values[node];
    const isFast = passes === "finite" && value.dtype === "float32" && isDense(value);
    return { tensor: tensorOf(value), address: isFast ? addressOf(value) : null };
  });
  const homeWriters = homes.map((home) => (home === null ? null : writer(memory, home)));
  const nextTensors = states.map(({ next }) => (next === null ? null : tensorOf(values[next])));
  const isShared = states.map(({ next }, i) => next !== null && !written.has(i) && values[next].buffer.isPermanent);
  const remotes = homes.map((home): Remote => {
    const tensor = home === null ? null : tensorOf(home);
    return { fetch: () => kernels.copy(tensor as Tensor) };
  });
  /** The tensor that a state was last filled with, where the program does not change it. */
  const seen = new Array<Tensor | null>(states.length).fill(null);
  /** How many parts have run; −1 before values are in memory. */
  let done = -1;
  const reached = (i: number): Tensor | undefined =>
    checkable[i] <= done ? kernels.copy(checked[i].tensor) : undefined;

  const run: Run = (given, access, check) => {
    done = -1;
    begin();
    for (let i = 0; i < given.length; i++) fill[i](given[i]);
    for (let i = 0; i < states.length; i++) {
      if (states[i].node === null || access[i].isAt(remotes[i])) continue;
      const value = access[i].read();
      if (value === seen[i]) continue;
      homeWriters[i]?.(value);
      seen[i] = states[i].next === null ? value : null;
    }
    for (done = 0; done < early; done++) parts[done].run();
    end();
    for (let i = 0; i < checked.length; i++) {
      const { address, tensor } = checked[i];
      // A check may keep what it is given, whose memory will have other values.
      if (address === null || library.finiteSquares32(address, tensor.size) === 0) check(kernels.copy(tensor), i);
    }
    for (let i = early; i < parts.length; i++) parts[i].run();
    const copies = results.map((tensor) => kernels.copy(tensor));
    // A next value that is another state's value before is taken before that one moves.
    const taken = nextTensors.map((next, i) => (next !== null && isShared[i] ? kernels.copy(next) : next));
    for (let i = 0; i < states.length; i++) {
      const next = taken[i];
      if (next === null) continue;
      if (!written.has(i)) homeWriters[i]?.(next);
      access[i].moveTo(remotes[i]);
    }
    return copies;
  };
  return { run, reached };
}

/** Makes a program ready to be run in WebAssembly. */
export function wasm(recorded: Program, { threads, exact }: EngineOptions): Executable {
  const layout = layoutOf(recorded, { exact });
  const machine = machineOf(layout, { threads: threadsFor(threads), exact });
  let { run, reached } = runnerOf(layout, machine);
  const execute: Run = (...operands) => {
    try {
      return run(...operands);
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      // Whoever is lost may still write into the memory: another one takes its place.
      const other = machineOf(layout, { threads: 1, exact });
      ({ run, reached } = runnerOf(layout, other));
      Object.assign(execute, { parts: other.parts, bytes: other.bytes, reached });
      return run(...operands);
    }
  };
  const { permanentBytes, rewritten } = layout;
  return Object.assign(execute, { parts: machine.parts, bytes: machine.bytes, permanentBytes, rewritten, reached });
}
