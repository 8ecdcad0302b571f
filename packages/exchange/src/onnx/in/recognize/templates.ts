/** Nodes of a file that stand for one op, found by comparing them with templates: graphs with inputs and numbers left open. */
import type { Variable } from "@adjoint/autograd";
import { decodeMessage } from "../../messages/read.ts";
import type { Message } from "../../messages/schema.ts";
import { encodeMessage } from "../../messages/write.ts";
import { Emitter, type OnnxValue } from "../../out/emitter.ts";
import type { ElementType } from "../../out/types.ts";
import { externalFiles } from "../file/external.ts";
import type { OnnxSource } from "../file/source.ts";
import { knownTensor } from "../file/tensors.ts";

/** What a node of a file, and those that only it follows from, stand for. */
export interface Recognized {
  /** The names of the values that it reads. */
  readonly inputs: readonly string[];
  readonly compute: (xs: readonly Variable[]) => Variable;
}

export interface Template {
  /** Types of the inputs: each is any value, the same wherever the template reads it. */
  readonly inputs: readonly ElementType[];
  readonly write: (out: Emitter, inputs: readonly OnnxValue[]) => OnnxValue;
  /** Names of numbers that may be any, by the numbers that stand for them: no other number of the template is one of these. */
  readonly open?: ReadonlyMap<number, string>;
  /** Whether constants may have any type and shape, and be rounded to float32. */
  readonly isLoose?: boolean;
  readonly compute: (
    xs: readonly Variable[],
    numbers: Readonly<Record<string, number>>,
    source: OnnxSource,
  ) => Variable;
}

/** Ops whose two inputs may change places. */
const commutative: ReadonlySet<string> = new Set(["Add", "Mul", "And", "Or", "Equal"]);

/** The longest constant that is compared, in elements. */
const longest = 16;

/** Relative errors of constants that were rounded, by their types in the file: half precision, others float32. */
const roundings: Readonly<Record<number, number>> = { 10: 2 ** -10, 16: 2 ** -7 };

/** A constant of a few numbers. */
interface Small {
  readonly type: number;
  readonly shape: string;
  readonly numbers: readonly number[];
}

/** Nodes by the name of what they compute, and constants by name. */
export class Parts {
  readonly nodes: ReadonlyMap<string, Message<"Node">>;
  readonly ops: ReadonlySet<string>;
  private readonly source: OnnxSource;
  private readonly constants: ReadonlyMap<string, Message<"Tensor">>;
  private readonly values = new Map<string, Small | null>();

  constructor(source: OnnxSource, { node, initializer }: Pick<Message<"Graph">, "node" | "initializer">) {
    this.source = source;
    this.nodes = new Map(node.map((one) => [one.output[0] ?? "", one]));
    this.ops = new Set(node.map(({ op_type = "" }) => op_type));
    const inNodes = node.flatMap(({ op_type, output, attribute }) =>
      op_type === "Constant" && attribute[0]?.t !== undefined ? [[output[0], attribute[0].t] as const] : [],
    );
    this.constants = new Map([...initializer.map((proto) => [proto.name ?? "", proto] as const), ...inNodes]);
  }

  /** A constant of a few numbers; null for others. */
  constantOf(name: string): Small | null {
    let small = this.values.get(name);
    if (small === undefined) {
      small = this.read(name);
      this.values.set(name, small);
    }
    return small;
  }

  private read(name: string): Small | null {
    const proto = this.constants.get(name);
    if (proto === undefined || !(proto.dims.reduce((n, length) => n * length, 1) <= longest)) return null;
    try {
      const numbers = knownTensor(this.source, proto, `the constant "${name}"`).numbers();
      return { type: proto.data_type ?? 0, shape: proto.dims.join(), numbers };
    } catch {
      // Whoever reads it says what is wrong.
      return null;
    }
  }
}

/** A template as it is written, ready to be compared. */
export interface Written extends Template {
  readonly parts: Parts;
  readonly names: readonly string[];
  /** The op of its last node, and those whose results that node reads. */
  readonly lastOp: string;
  readonly opsBefore: readonly string[];
}

const LAST = "y";

/** Made by what writes files, so that both agree. */
export function writtenOf(template: Template, opset: number): Written {
  const out = new Emitter({ opset, batch: null });
  const inputs = template.inputs.map((type) => ({ name: out.unique("x"), shape: [2], type }));
  const value = template.write(out, inputs);
  const source: OnnxSource = { op: "", name: "", real: "float64", bytes: 0, external: externalFiles({}) };
  const graph = decodeMessage("Graph", encodeMessage("Graph", out.drafts([{ value, name: LAST }])), source);
  const parts = new Parts(source, graph);
  const names = inputs.map(({ name }) => name);
  const last = parts.nodes.get(LAST);
  const opsBefore = (last?.input ?? []).flatMap((name) =>
    parts.constantOf(name) === null ? (parts.nodes.get(name)?.op_type ?? []) : [],
  );
  return { ...template, parts, names, lastOp: last?.op_type ?? "", opsBefore };
}

type Attributes = readonly Message<"Attribute">[];

/** Whether two nodes have the same attributes. Most have none. */
const haveSame = (a: Attributes, b: Attributes): boolean =>
  a.length === b.length && (a.length === 0 || JSON.stringify(a) === JSON.stringify(b));

/** What the value `last` of a file is by a template; null where it is something else. */
export function matched(template: Written, file: Parts, last: string, source: OnnxSource): Recognized | null {
  const { parts, names, open, isLoose = false, compute } = template;
  const found = new Map<string, string>();
  const numbers: Record<string, number> = {};
  const isNumber = (n: number, wanted: number, type: number): boolean => {
    const free = open?.get(wanted);
    if (free !== undefined) numbers[free] = n;
    return (
      free !== undefined || Math.abs(n - wanted) <= (isLoose ? (roundings[type] ?? 2 ** -23) * Math.abs(wanted) : 0)
    );
  };
  const fitsAll = (own: readonly string[], given: readonly string[]): boolean =>
    own.length === given.length && own.every((one, i) => fits(one, given[i]));
  const fits = (own: string, name: string): boolean => {
    const before = found.get(own);
    if (before !== undefined) return before === name;
    if (!names.includes(own) && !fitsInside(own, name)) return false;
    // Files may have a constant twice.
    if (parts.constantOf(own) === null) found.set(own, name);
    return true;
  };
  const fitsInside = (own: string, name: string): boolean => {
    const wanted = parts.constantOf(own);
    if (wanted !== null) {
      const held = file.constantOf(name);
      if (held === null || held.numbers.length !== wanted.numbers.length) return false;
      if (!isLoose && (held.type !== wanted.type || held.shape !== wanted.shape)) return false;
      return wanted.numbers.every((n, i) => isNumber(held.numbers[i], n, held.type));
    }
    const [node, at] = [parts.nodes.get(own), file.nodes.get(name)];
    const isSame =
      node !== undefined &&
      at !== undefined &&
      node.op_type === at.op_type &&
      (at.domain ?? "") === "" &&
      haveSame(node.attribute, at.attribute);
    if (!isSame) return false;
    if (!commutative.has(at.op_type ?? "")) return fitsAll(node.input, at.input);
    const kept = [...found];
    if (fitsAll(node.input, at.input)) return true;
    found.clear();
    for (const [key, value] of kept) found.set(key, value);
    return fitsAll(node.input, at.input.toReversed());
  };
  if (!fits(LAST, last)) return null;
  const inputs = names.map((name) => found.get(name) ?? "");
  return inputs.includes("") ? null : { inputs, compute: (xs) => compute(xs, numbers, source) };
}
