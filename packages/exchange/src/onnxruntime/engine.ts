/**
 * The engine onnxruntime: a program as one session of ONNX Runtime, native code for all but the random numbers. States lie in
 * two buffers each, one that is read and one that is written, which change places with every run.
 */
import type { Remote } from "@adjoint/autograd/internal";
import type { Engine, Program } from "@adjoint/compiler";
import { type Executable, type Part, type Run, rewritten } from "@adjoint/compiler/internal";
import { allocate, type DType, kernels, type Shape, sizeOf, Tensor } from "@adjoint/tensor";
import { encodeFile } from "../onnx/out/file.ts";
import { type NamedNode, writeGraph } from "../onnx/out/write-graph.ts";
import { type NativeSession, type Runtime, type RuntimeTensor, runtime, sessionOf } from "./binding.ts";
import { type Draws, drawsOf } from "./draws.ts";

const op = "compile";

/** The version of operators that programs are written in. */
const opset = 18;

/** Numbers as ONNX Runtime takes them, where they lie; strided ones are copied first. */
function given({ Tensor: Given }: Runtime, x: Tensor): RuntimeTensor {
  const { data, offset, size, shape, dtype } = kernels.contiguous(x);
  return new Given(dtype, data.subarray(offset, offset + size) as RuntimeTensor["data"], [...shape]);
}

/** A place for numbers, and the same for ONNX Runtime. */
interface Buffer {
  readonly own: Tensor;
  readonly theirs: RuntimeTensor;
}

function bufferOf(
  { Tensor: Given }: Runtime,
  { shape, dtype }: { readonly shape: Shape; readonly dtype: DType },
): Buffer {
  const data = allocate(dtype, sizeOf(shape));
  return { own: new Tensor(data, [...shape]), theirs: new Given(dtype, data as RuntimeTensor["data"], [...shape]) };
}

/** The names of what goes in and comes out, by their nodes. */
function namesOf({ inputs, outputs, states, checks }: Program, drawn: readonly number[]) {
  const numbered = (word: string, nodes: readonly (number | null)[]): NamedNode[] =>
    nodes.flatMap((node, i) => (node === null ? [] : [{ node, name: `${word}${i}` }]));
  return {
    given: [
      ...numbered("input", inputs),
      ...numbered(
        "state",
        states.map(({ node }) => node),
      ),
      ...numbered("drawn", drawn),
    ],
    returned: [
      ...numbered("output", outputs),
      ...numbered(
        "next",
        states.map(({ next }) => next),
      ),
      ...numbered(
        "check",
        checks.map(({ node }) => node),
      ),
    ],
  };
}

/** A session for a program, and how many ops it has. */
function sessionFor(program: Program, draws: Draws | null, threads: "auto" | number): NativeSession {
  const { given: inputs, returned: outputs } = namesOf(program, draws?.nodes ?? []);
  const file = encodeFile(writeGraph(program.graph, { op, opset, batch: null, inputs, outputs }), opset);
  return sessionOf(op, file, {
    logSeverityLevel: 3,
    graphOptimizationLevel: "all",
    ...(threads === "auto" ? {} : { intraOpNumThreads: threads }),
  });
}

/** The way to run a program: its session, its buffers, and the parts that run. */
class Runner {
  readonly parts: readonly Part[];
  /** What all buffers take, in bytes. */
  readonly bytes: number;
  private readonly program: Program;
  private readonly runtime = runtime(op);
  private readonly session: NativeSession;
  private readonly draws: Draws | null;
  /** For each state that changes, the buffer that is read and the one that is written. */
  private readonly pairs: (readonly [now: Buffer, next: Buffer] | null)[];
  private readonly remotes: readonly Remote[];
  private readonly checked: readonly Buffer[];
  /** The values of states that do not change, as they were last given. */
  private readonly constants: (readonly [value: Tensor, given: RuntimeTensor] | null)[];
  private feeds: Record<string, RuntimeTensor> = {};
  private fetches: Record<string, RuntimeTensor> = {};
  private values = new Map<number, Tensor>();

  constructor(program: Program, threads: "auto" | number) {
    this.program = program;
    const { graph, states, checks } = program;
    const { nodes } = graph;
    this.draws = drawsOf(program);
    this.session = sessionFor(program, this.draws, threads);
    this.pairs = states.map(({ node, next }) => {
      if (next === null) return null;
      const spec = nodes[node ?? next];
      return [bufferOf(this.runtime, spec), bufferOf(this.runtime, spec)] as const;
    });
    this.constants = states.map(() => null);
    this.checked = checks.map(({ node }) => bufferOf(this.runtime, nodes[node]));
    this.remotes = states.map((_, i) => ({ fetch: () => kernels.copy((this.pairs[i] as readonly Buffer[])[0].own) }));
    const buffers = [...this.pairs.flatMap((pair) => pair ?? []), ...this.checked];
    this.bytes = buffers.reduce((sum, { own }) => sum + own.data.byteLength, 0);
    this.parts = this.partsOf();
  }

  private partsOf(): Part[] {
    const { graph } = this.program;
    const computed = graph.nodes.filter(({ op: name }) => name !== null).map(({ id }) => id);
    const drawn = this.draws?.nodes ?? [];
    const session: Part = {
      name: "onnxruntime",
      shape: [],
      work: 0,
      nodes: computed.filter((id) => !drawn.includes(id)),
      isByHost: false,
      run: () => {
        this.session.run(this.feeds, this.fetches, {});
      },
    };
    if (this.draws === null) return [session];
    const { draw } = this.draws;
    const drawing: Part = {
      name: "random numbers",
      shape: [],
      work: 0,
      nodes: drawn,
      isByHost: false,
      run: () => {
        draw((leaf) => this.values.get(leaf) as Tensor).forEach((value, i) => {
          this.feeds[`drawn${i}`] = given(this.runtime, value);
        });
      },
    };
    return [drawing, session];
  }

  readonly run: Run = (inputs, access, check) => {
    const { graph, outputs, states } = this.program;
    this.feeds = {};
    this.values = new Map();
    inputs.forEach((value, i) => {
      this.feeds[`input${i}`] = given(this.runtime, value);
    });
    states.forEach(({ node }, i) => {
      if (node === null) return;
      const pair = this.pairs[i];
      if (pair === null || !access[i].isAt(this.remotes[i]))
        this.feeds[`state${i}`] = this.stateOf(i, access[i].read());
      else this.feeds[`state${i}`] = pair[0].theirs;
      if (states[i].kind === "generator") this.values.set(node, access[i].read());
    });
    const results = outputs.map((id) => bufferOf(this.runtime, graph.nodes[id]));
    this.fetches = Object.fromEntries([
      ...results.map(({ theirs }, i) => [`output${i}`, theirs] as const),
      ...this.pairs.flatMap((pair, i) => (pair === null ? [] : [[`next${i}`, pair[1].theirs] as const])),
      ...this.checked.map(({ theirs }, i) => [`check${i}`, theirs] as const),
    ]);
    for (const part of this.parts) part.run();
    this.checked.forEach(({ own }, i) => {
      check(own, i);
    });
    this.pairs.forEach((pair, i) => {
      if (pair === null) return;
      this.pairs[i] = [pair[1], pair[0]];
    });
    access.forEach((one, i) => {
      if (this.pairs[i] !== null) one.moveTo(this.remotes[i]);
    });
    return results.map(({ own }) => own);
  };

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
  const changed = rewritten(recorded, []);
  const runner = new Runner(changed.program, threads);
  const { parts, bytes } = runner;
  const execute: Run = (...operands) => runner.run(...operands);
  return Object.assign(execute, { parts, bytes, permanentBytes: bytes, rewritten: changed });
};
