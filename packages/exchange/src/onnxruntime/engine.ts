/** The engine onnxruntime: a program as one session of native code. States lie in two buffers, which change places. */
import type { Graph } from "@adjoint/autograd";
import type { Remote } from "@adjoint/autograd/internal";
import type { Engine, Program } from "@adjoint/compiler";
import { type Executable, type Part, type Run, rewritten, type StateAccess } from "@adjoint/compiler/internal";
import { kernels, type Tensor } from "@adjoint/tensor";
import { hasRow } from "../onnx/out/ops/all.ts";
import { writeGraph } from "../onnx/out/write-graph.ts";
import { type RuntimeTensor, runtime } from "./binding.ts";
import { blockOf } from "./block.ts";
import { type Buffer, bufferOf, given, partOf } from "./buffers.ts";
import { type Draws, drawsOf } from "./draws.ts";
import { joinedUpdates } from "./joined.ts";
import { type Ports, portsOf } from "./ports.ts";
import { sessionInto } from "./uncopied.ts";

const op = "compile";

/** The version of operators that programs are written in. */
const opset = 18;

/** The way to run a graph in a session. */
function sessionFor(
  graph: Graph,
  { inputs, outputs }: Ports,
  threads: "auto" | number,
): ReturnType<typeof sessionInto> {
  return sessionInto(
    op,
    writeGraph(graph, { op, opset, batch: null, keepsTails: true, block: blockOf(op, opset), inputs, outputs }),
    opset,
    {
      logSeverityLevel: 3,
      graphOptimizationLevel: "all",
      // A plan of memory is one more block beside that of the first run: twice the memory, and no faster.
      enableMemPattern: false,
      ...(threads === "auto" ? {} : { intraOpNumThreads: threads }),
    },
  );
}

/** The buffer that is read and the one that is written. */
type Pair = readonly [now: Buffer, next: Buffer];

const swapped = ([now, next]: Pair): Pair => [next, now];

/** The way to run a program: its session, its buffers, and the parts that run. */
class Runner {
  readonly parts: readonly Part[];
  /** What all buffers take, in bytes. */
  readonly bytes: number;
  private readonly program: Program;
  private readonly ports: Ports;
  private readonly runtime = runtime(op);
  private readonly session: ReturnType<typeof sessionInto>;
  private readonly draws: Draws | null;
  /** The buffers of blocks, of states that change, and of those among them that lie in blocks. */
  private blocks: readonly Pair[];
  private pairs: readonly (Pair | null)[];
  private readonly isInBlock: readonly boolean[];
  private readonly isRead: ReadonlySet<string>;
  private readonly remotes: readonly Remote[];
  private readonly finite: Buffer | null;
  /** The values of states that do not change, as they were last given. */
  private readonly constants: (readonly [value: Tensor, given: RuntimeTensor] | null)[];
  private feeds: Record<string, RuntimeTensor> = {};
  private fetches: Record<string, RuntimeTensor> = {};
  private values = new Map<number, Tensor>();

  constructor(program: Program, threads: "auto" | number) {
    this.program = program;
    const { states } = program;
    this.draws = drawsOf(program);
    const joined = joinedUpdates(program);
    const { graph, blocks, finite } = joined;
    const { nodes } = graph;
    this.ports = portsOf(program, joined, this.draws);
    this.isRead = new Set(this.ports.inputs.map(({ name }) => name));
    this.session = sessionFor(graph, this.ports, threads);
    const pairOf = (of: (which: number) => Buffer): Pair => [of(0), of(1)];
    this.blocks = blocks.map(({ leaf }) => pairOf(() => bufferOf(this.runtime, nodes[leaf])));
    const places = new Map(
      blocks.flatMap((block, i) => block.states.map(({ state, offset }) => [state, { block: i, offset }] as const)),
    );
    this.pairs = states.map(({ node, next }, i) => {
      if (next === null) return null;
      const spec = nodes[node ?? next];
      const place = places.get(i);
      return pairOf((which) =>
        place === undefined
          ? bufferOf(this.runtime, spec)
          : partOf(this.runtime, this.blocks[place.block][which], place.offset, spec.shape),
      );
    });
    this.isInBlock = states.map((_, i) => places.has(i));
    this.constants = states.map(() => null);
    this.finite = finite === null ? null : bufferOf(this.runtime, nodes[finite]);
    this.remotes = states.map((_, i) => ({ fetch: () => kernels.copy((this.pairs[i] as Pair)[0].own) }));
    const buffers = [
      ...this.blocks,
      ...this.pairs.flatMap((pair, i) => (pair === null || this.isInBlock[i] ? [] : [pair])),
    ];
    this.bytes = buffers.flat().reduce((sum, { own }) => sum + own.data.byteLength, 0);
    this.parts = this.partsOf();
  }

  private partsOf(): Part[] {
    const { graph } = this.program;
    const computed = graph.nodes.filter(({ op: name }) => name !== null).map(({ id }) => id);
    const drawn = this.draws?.nodes ?? [];
    const others = computed.filter((id) => !drawn.includes(id));
    const part = (name: string, nodes: readonly number[], run: () => void): Part => {
      return { name, shape: [], work: 0, nodes, isByHost: false, run };
    };
    const session = part("onnxruntime", others, () => this.session(this.feeds, this.fetches));
    if (this.draws === null) return [session];
    const { draw } = this.draws;
    const drawing = part("random numbers", drawn, () => {
      draw((leaf) => this.values.get(leaf) as Tensor).forEach((value, i) => {
        this.feeds[`drawn${i}`] = given(this.runtime, value);
      });
    });
    return [drawing, session];
  }

  readonly run: Run = (inputs, access, check) => {
    const results = this.program.outputs.map((id) => bufferOf(this.runtime, this.program.graph.nodes[id]));
    const fetched = new Map<string, Buffer>([
      ...results.map((buffer, i) => [`output${i}`, buffer] as const),
      ...this.pairs.flatMap((pair, i) => (pair === null || this.isInBlock[i] ? [] : [[`next${i}`, pair[1]] as const])),
      ...this.blocks.map(([, next], i) => [`nextBlock${i}`, next] as const),
      ...(this.finite === null ? [] : [["finite", this.finite] as const]),
    ]);
    this.feed(inputs, access);
    this.fetch(fetched, ({ isAlwaysRead }) => isAlwaysRead);
    for (const part of this.parts) part.run();
    const isAllFinite = this.finite === null || kernels.allFinite(this.finite.own);
    if (!isAllFinite && this.fetch(fetched, () => true)) this.session(this.feeds, this.fetches);
    this.ports.checks.forEach(({ name, isAlwaysRead }, i) => {
      if (isAlwaysRead || !isAllFinite) check((fetched.get(name) as Buffer).own, i);
    });
    this.pairs = this.pairs.map((pair) => (pair === null ? null : swapped(pair)));
    this.blocks = this.blocks.map(swapped);
    access.forEach((one, i) => {
      if (this.pairs[i] !== null) one.moveTo(this.remotes[i]);
    });
    return results.map(({ own }) => own);
  };

  /** Gives the session what it reads. */
  private feed(inputs: readonly Tensor[], access: readonly StateAccess[]): void {
    this.feeds = {};
    this.values = new Map();
    const give = (name: string, value: () => RuntimeTensor): void => {
      if (this.isRead.has(name)) this.feeds[name] = value();
    };
    inputs.forEach((value, i) => {
      give(`input${i}`, () => given(this.runtime, value));
    });
    this.program.states.forEach(({ node, kind }, i) => {
      if (node === null) return;
      const pair = this.pairs[i];
      const isHere = pair !== null && access[i].isAt(this.remotes[i]);
      if (pair !== null && this.isInBlock[i] && !isHere) kernels.copyInto(pair[0].own.data, access[i].read());
      if (pair !== null && (this.isInBlock[i] || isHere)) give(`state${i}`, () => pair[0].theirs);
      else give(`state${i}`, () => this.stateOf(i, access[i].read()));
      if (kind === "generator") this.values.set(node, access[i].read());
    });
    this.blocks.forEach(([now], i) => {
      give(`block${i}`, () => now.theirs);
    });
  }

  /** Makes the session give what is not fetched yet of those checks, too; whether that is anything. */
  private fetch(fetched: Map<string, Buffer>, isWanted: (check: Ports["checks"][number]) => boolean): boolean {
    const more = this.ports.checks.filter((one) => isWanted(one) && !fetched.has(one.name));
    for (const { name, node } of more) fetched.set(name, bufferOf(this.runtime, this.program.graph.nodes[node]));
    this.fetches = Object.fromEntries([...fetched].map(([name, { theirs }]) => [name, theirs] as const));
    return more.length > 0;
  }

  /** A value of a state from outside. What does not change is made ready once. */
  private stateOf(i: number, value: Tensor): RuntimeTensor {
    if (this.pairs[i] !== null) return given(this.runtime, value);
    if (this.constants[i]?.[0] !== value) this.constants[i] = [value, given(this.runtime, value)];
    return (this.constants[i] as readonly [Tensor, RuntimeTensor])[1];
  }
}

/**
 * Runs programs by ONNX Runtime, as `compile(fn, { engine: "onnxruntime" })` asks for: native kernels, as many threads as it
 * chooses or as are given. Numbers differ from those of the function by rounding.
 *
 * @throws GraphError where the package onnxruntime-node is not installed, and for a program with ops that ONNX has not, by name
 */
export const onnxruntime: Engine = (recorded, { threads }): Executable => {
  const changed = rewritten(recorded, [], hasRow);
  const runner = new Runner(changed.program, threads);
  const { parts, bytes } = runner;
  const execute: Run = (...operands) => runner.run(...operands);
  return Object.assign(execute, { parts, bytes, permanentBytes: bytes, rewritten: changed });
};
