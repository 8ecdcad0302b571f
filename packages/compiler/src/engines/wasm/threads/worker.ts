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
  readonly memory: object;
  readonly library: object;
  readonly loops: object;
  readonly calls: readonly Call[];
  /** Where the scratch memory of the worker lies. */
  readonly scratch: number;
}

/** What workers are told. */
export type Message =
  | SharedProgram
  | { readonly kind: "board"; readonly words: Int32Array }
  | { readonly kind: "forget"; readonly id: number };

interface Port {
  on(event: "message", listener: (message: Message) => void): void;
}

interface Scope {
  readonly process?: { getBuiltinModule?(name: "node:worker_threads"): { readonly parentPort: Port | null } };
  onmessage: ((event: { readonly data: Message }) => void) | null;
}

type Run = (begin: number, end: number) => unknown;

const programs = new Map<number, readonly { readonly run: Run; readonly count: number }[]>();
let words: Int32Array | undefined;
let mail = 0;

function read(message: Message): void {
  if (message.kind === "board") ({ words } = message);
  else if (message.kind === "forget") programs.delete(message.id);
  else {
    const library = exportsOf<never>(message.library, message.memory);
    const loops = exportsOf<never>(message.loops, message.memory);
    const calls = message.calls.map((call) => ({
      run: functionOf(call, library, loops, message.scratch),
      count: call.count,
    }));
    programs.set(message.id, calls);
  }
}

function receive(message: Message): void {
  read(message);
  mail += 1;
  if (words === undefined) return;
  serve(
    words,
    mail,
    (id) => programs.has(id),
    ({ program, call, piece, pieces }) => {
      const { run, count } = (programs.get(program) as readonly { readonly run: Run; readonly count: number }[])[call];
      run(beginOf(count, piece, pieces), beginOf(count, piece + 1, pieces));
    },
  );
}

const scope = globalThis as unknown as Scope;
const port = scope.process?.getBuiltinModule?.("node:worker_threads").parentPort;
if (port) port.on("message", receive);
else scope.onmessage = ({ data }) => receive(data);
