/**
 * Draws of random numbers as toOnnx writes them, recognized in a file. Their integers of 64 bits are no values here, so each
 * draw becomes the op that it was.
 */
import type { Variable } from "@adjoint/autograd";
import { apply, ops } from "@adjoint/autograd/internal";
import { decodeMessage } from "../messages/read.ts";
import type { Message } from "../messages/schema.ts";
import { encodeMessage } from "../messages/write.ts";
import { Emitter } from "../out/emitter.ts";
import { opsetOfBits, randomOps } from "../out/ops/random.ts";
import { externalFiles } from "./external.ts";
import { type OnnxSource, refused } from "./source.ts";
import { knownTensor } from "./tensors.ts";

type Name = keyof typeof randomOps;
type DrawDType = "float32" | "float64";

/** A draw: what one node of a file, and those that only it follows from, stand for. */
export interface Draw {
  readonly op: Name;
  readonly dtype: DrawDType;
  /** The name of the generator's state, [key, counter]; null where both are numbers of the file. */
  readonly state: string | null;
  readonly key: number;
  readonly counter: number;
  readonly count: number;
  /** The probability of 1, of a mask. */
  readonly p: number;
}

/** Numbers that differ from draw to draw, by numbers that nothing else in a template is. */
const open = { key: 1_000_003, counter: 2_000_003, count: 3_000_017, p: 0.123456789 } as const;
const openNumbers: ReadonlyMap<number, keyof typeof open> = new Map(
  (Object.keys(open) as (keyof typeof open)[]).map((name) => [open[name], name]),
);
const STATE = "state";
const LAST = "y";

/** Nodes by the name of what they compute, and constants by name. */
class Parts {
  readonly nodes: ReadonlyMap<string, Message<"Node">>;
  private readonly source: OnnxSource;
  private readonly constants: ReadonlyMap<string, Message<"Tensor">>;

  constructor(source: OnnxSource, { node, initializer }: Pick<Message<"Graph">, "node" | "initializer">) {
    this.source = source;
    this.nodes = new Map(node.map((one) => [one.output[0] ?? "", one]));
    this.constants = new Map(initializer.map((proto) => [proto.name ?? "", proto]));
  }

  /** Type, shape and numbers of a constant of a few numbers; null for others. */
  constantOf(name: string): { readonly key: string; readonly numbers: readonly number[] } | null {
    const proto = this.constants.get(name);
    if (proto === undefined || (proto.raw_data?.length ?? 0) > 64) return null;
    const numbers = knownTensor(this.source, proto, `the initializer "${name}"`).numbers();
    return { key: `${proto.data_type} [${proto.dims.join(", ")}]`, numbers };
  }
}

/** A draw as it is written. */
interface Template {
  readonly op: Name;
  readonly dtype: DrawDType;
  readonly parts: Parts;
  /** The op of its last node. */
  readonly lastOp: string;
}

/** Made by what writes draws, so that both agree. */
function templateOf(op: Name, dtype: DrawDType, hasState: boolean): Template {
  const out = new Emitter({ opset: opsetOfBits, batch: null });
  const state = hasState ? [{ name: out.unique(STATE), shape: [2], type: "float64" as const }] : [];
  const { key, counter, count, p } = open;
  const node = { attributes: { key, counter, p } as never, shape: [count], dtype };
  const value = randomOps[op].lower(out, state, node);
  const source: OnnxSource = {
    op: "fromOnnx",
    name: "a template",
    real: "float64",
    bytes: 0,
    external: externalFiles({}),
  };
  const graph = decodeMessage("Graph", encodeMessage("Graph", out.drafts([{ value, name: LAST }])), source);
  const parts = new Parts(source, graph);
  return { op, dtype, parts, lastOp: parts.nodes.get(LAST)?.op_type ?? "" };
}

let made: readonly Template[] | null = null;

/** All templates. A mask begins with what is a uniform draw by itself, so that those come last. */
function templates(): readonly Template[] {
  made ??= (["randomBernoulli", "randomNormal", "randomUniform"] as const).flatMap((op) =>
    (["float32", "float64"] as const).flatMap((dtype) =>
      [true, false].map((hasState) => templateOf(op, dtype, hasState)),
    ),
  );
  return made;
}

/** The draw that ends in the value `last` of a file; null where that is none. */
function matched({ op, dtype, parts }: Template, file: Parts, last: string): Draw | null {
  const names = new Map<string, string>();
  const numbers = new Map<keyof typeof open, number>();
  const fits = (own: string, name: string): boolean => {
    const before = names.get(own);
    if (before !== undefined) return before === name;
    names.set(own, name);
    if (own === STATE) return true;
    const wanted = parts.constantOf(own);
    if (wanted !== null) {
      const found = file.constantOf(name);
      if (found === null || found.key !== wanted.key) return false;
      return wanted.numbers.every((n, i) => {
        const free = openNumbers.get(n);
        if (free === undefined) return found.numbers[i] === n;
        numbers.set(free, found.numbers[i]);
        return true;
      });
    }
    const [node, found] = [parts.nodes.get(own), file.nodes.get(name)];
    if (node === undefined || found === undefined) return false;
    const isSame =
      node.op_type === found.op_type &&
      (found.domain ?? "") === "" &&
      node.input.length === found.input.length &&
      JSON.stringify(node.attribute) === JSON.stringify(found.attribute);
    return isSame && node.input.every((input, i) => fits(input, found.input[i]));
  };
  if (!fits(LAST, last)) return null;
  const { key, counter, count, p } = { ...open, ...Object.fromEntries(numbers) };
  return { op, dtype, state: names.get(STATE) ?? null, key, counter, count, p };
}

/**
 * The nodes of a graph without those that only draws of random numbers follow from, and these draws by the nodes that they
 * end in.
 */
export function withDraws(
  source: OnnxSource,
  graph: Message<"Graph">,
): { readonly graph: Message<"Graph">; readonly draws: ReadonlyMap<Message<"Node">, Draw> } {
  const draws = new Map<Message<"Node">, Draw>();
  if (!graph.node.some(({ op_type }) => op_type === "BitwiseXor")) return { graph, draws };
  const parts = new Parts(source, graph);
  for (const template of templates()) {
    for (const node of graph.node) {
      if (node.op_type !== template.lastOp || draws.has(node)) continue;
      const draw = matched(template, parts, node.output[0] ?? "");
      if (draw !== null) draws.set(node, draw);
    }
  }
  if (draws.size === 0) return { graph, draws };
  // What nothing else reads is left out.
  const needed = new Set(graph.output.map(({ name }) => name ?? ""));
  const kept = graph.node.toReversed().filter((node) => {
    const draw = draws.get(node);
    if (!node.output.some((name) => needed.has(name))) return false;
    for (const name of draw === undefined ? namesReadBy(node) : (draw.state ?? [])) needed.add(name);
    return true;
  });
  return { graph: { ...graph, node: kept.reverse() }, draws };
}

/** The names that a node reads, in its graphs, too. */
function namesReadBy({ input, attribute }: Message<"Node">): string[] {
  const inner = attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
  return [
    ...input,
    ...inner.flatMap(({ node, output }) => [...node.flatMap(namesReadBy), ...output.map((y) => y.name ?? "")]),
  ];
}

/** The numbers of a draw, [count]. */
export function drawn(
  source: OnnxSource,
  { op, dtype, key, counter, count, p }: Draw,
  state: Variable | null,
): Variable {
  if (state !== null && (state.shape.join() !== "2" || state.dtype !== "float64")) {
    throw refused(source, `draws random numbers by a state of shape [${state.shape.join(", ")}]`, {
      expected: "[key, counter] in float64",
    });
  }
  const attributes = { key, counter, shape: [count], dtype, ...(op === "randomBernoulli" ? { p } : {}) };
  return apply(ops.primitives[op] as never, state === null ? [] : [state], attributes as never);
}
