/**
 * What a worker thread runs: parts of the calls of programs, over the memory that they share. It is bundled into
 * worker.generated.ts by scripts/build-worker.ts, since a worker of a bundled page has no file to load.
 */
import { beginOf, type Call, functionOf } from "../calls.ts";
import { exportsOf } from "../instance.ts";
import { serve } from "./board.ts";

/** A program, as workers get it. */
export interface SharedProgram {
  readonly kind: "program";
  readonly id: number;
  readonly memory: { readonly buffer: ArrayBufferLike };
  readonly library: object;
  readonly loops: object;
  readonly calls: readonly Call[];
  /** Where the scratch memory of the worker lies. */
  readonly scratch: number;
}

/** A message to a worker. */
export type Message =
  | SharedProgram
  | { readonly kind: "board"; readonly words: Int32Array; readonly worker: number }
  | { readonly kind: "forget"; readonly id: number };

interface Port {
  on(event: "message", listener: (message: Message) => void): void;
}

interface Scope {
  readonly process?: { getBuiltinModule?(name: "node:worker_threads"): { readonly parentPort: Port | null } };
  onmessage: ((event: { readonly data: Message }) => void) | null;
}

type Run = (begin: number, end: number) => unknown;

/** A program that was loaded: its calls, and the size of its memory. */
interface Loaded {
  readonly calls: readonly { readonly run: Run; readonly count: number }[];
  readonly bytes: number;
}

const programs = new Map<number, Loaded>();
let words: Int32Array | undefined;
let worker = 0;
let mail = 0;

/** The largest buffer that stands for memory that was let go, in bytes. */
const mostCounted = 2 ** 28;

/** Lets go of a program. */
function forget(id: number): void {
  const bytes = programs.get(id)?.bytes ?? 0;
  programs.delete(id);
  // The garbage collector does not count shared memory, so it would see no reason to run. A buffer of the same size that is
  // dropped at once, and never touched, gives it one.
  void new ArrayBuffer(Math.min(bytes, mostCounted));
}

function read(message: Message): void {
  if (message.kind === "board") ({ words, worker } = message);
  else if (message.kind === "forget") forget(message.id);
  else {
    const library = exportsOf<never>(message.library, message.memory);
    const loops = exportsOf<never>(message.loops, message.memory);
    const calls = message.calls.map((call) => ({
      run: functionOf(call, library, loops, message.scratch),
      count: call.count,
    }));
    programs.set(message.id, { calls, bytes: message.memory.buffer.byteLength });
  }
}

function receive(message: Message): void {
  read(message);
  mail += 1;
  if (words === undefined) return;
  serve(
    words,
    worker,
    mail,
    (id) => programs.has(id),
    ({ program, call, piece, pieces }) => {
      const { run, count } = (programs.get(program) as Loaded).calls[call];
      run(beginOf(count, piece, pieces), beginOf(count, piece + 1, pieces));
    },
  );
}

const scope = globalThis as unknown as Scope;
const port = scope.process?.getBuiltinModule?.("node:worker_threads").parentPort;
if (port) port.on("message", receive);
else scope.onmessage = ({ data }) => receive(data);
