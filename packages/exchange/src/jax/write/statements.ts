/** Nodes as Python statements: what is used once stands inside of others, and what leaves a layer has its name. */
import type { GraphNode } from "@adjoint/autograd";
import { broadcastShapes, isFloat, printableLine, type Shape, sameShape, sizeOf } from "@adjoint/tensor";
import { atom, call, dtypeName, type Expression, literal, tuple } from "../expression.ts";
import type { HelperName } from "../helpers.ts";
import { isElementwise, writerOf } from "../ops/all.ts";
import type { Operand } from "../ops/writer.ts";
import type { Nodes } from "../recognize/nodes.ts";
import { type Literals, literalsOf } from "./literals.ts";
import { layerNames, type Names, nouns, snake } from "./names.ts";
import { ancestors, sectionNames, sectionsOf, writingOrder } from "./order.ts";
import { wrapped } from "./wrap.ts";

/** An expression in the shape that Python knows it in. */
export interface Known extends Expression {
  readonly shape: Shape;
}

export interface Task {
  readonly nodes: Nodes;
  /** The nodes that are needed, and what to call each; without a name it may stand where it is returned. */
  readonly ends: ReadonlyMap<number, string | null>;
  /** Those of the ends that the function returns: what they follow from without gradients is the forward pass. */
  readonly outputs: readonly number[];
  /** What is there already. */
  readonly given: ReadonlyMap<number, Known>;
  readonly names: Names;
  /** Takes down which helpers are called. */
  readonly helpers: Set<HelperName>;
  /** The names of parameters by the nodes of their gradients. */
  readonly gradients?: ReadonlyMap<number, string>;
}

/** The statements, and what each end is called in them. */
export interface Statements {
  readonly lines: readonly string[];
  of(end: number): Expression;
}

/** Longest right side of a statement. */
const longest = 84;

/** Writes nodes as statements. */
export function statementsFor(task: Task): Statements {
  return new Writing(task).run();
}

class Writing {
  private readonly task: Task;
  private readonly literals: Literals;
  private readonly order: readonly number[];
  private readonly sections: ReadonlyMap<number, number>;
  private readonly consumers = new Map<number, GraphNode[]>();
  private readonly known = new Map<number, Known>();
  /** Names of variables by node. */
  private readonly variables = new Map<number, string>();
  /** What leaves each layer. */
  private readonly layers = new Map<string, number>();
  private readonly layerNames: ReadonlyMap<string, string>;
  /** The nodes that have names for the moment, by name, and where these were given. */
  private readonly passing = new Map<string, { readonly id: number; readonly place: string }>();
  private readonly written = new Set<number>();
  private readonly lines: string[] = [];
  private heading: string | null = null;
  /** The ends by the node that they are written as, with their names. */
  private readonly ends: ReadonlyMap<number, string | null>;

  constructor(task: Task) {
    const { nodes, given } = task;
    this.task = task;
    const isGiven = (id: number): boolean => given.has(id);
    const all = ancestors(nodes, task.ends.keys(), isGiven);
    this.literals = literalsOf(nodes, all, isGiven);
    const stops = (id: number): boolean => given.has(id) || this.literals.has(id);
    const live = ancestors(nodes, task.ends.keys(), stops);
    this.layerNames = layerNames(live.map((id) => nodes.at(id).scope));
    this.ends = new Map([...task.ends].map(([id, name]) => [this.sourceOf(id), name]));
    this.sections = sectionsOf(nodes, live, task.outputs);
    this.order = writingOrder(nodes, live, this.sections, stops);
    for (const id of this.order) {
      if (stops(id) || this.isTransparent(id)) continue;
      for (const input of nodes.at(id).inputs) {
        const source = this.sourceOf(input);
        const others = this.consumers.get(source);
        if (others === undefined) this.consumers.set(source, [nodes.at(id)]);
        else others.push(nodes.at(id));
      }
    }
  }

  run(): Statements {
    for (const id of this.order) {
      if (this.isKnown(id) || this.isTransparent(id)) continue;
      this.known.set(id, this.compose(id));
      if (!this.isInline(id)) this.assign(id);
    }
    const of = (end: number): Expression => this.operand(this.task.nodes.idOf(end)).full();
    return { lines: this.lines, of };
  }

  private isKnown(id: number): boolean {
    return this.task.given.has(id) || this.literals.has(id);
  }

  /** Whether a node is written as its input is: repeated values broadcast, and so do single ones in any shape. */
  private isTransparent(id: number): boolean {
    if (this.isKnown(id)) return false;
    const node = this.task.nodes.at(id);
    if (node.op === "repeat") return true;
    return node.op === "reshape" && sizeOf(node.shape) === 1 && this.task.nodes.input(node).shape.length === 0;
  }

  /** The node as which one is written. */
  private sourceOf(id: number): number {
    let at = this.task.nodes.idOf(id);
    while (this.isTransparent(at)) at = this.task.nodes.input(this.task.nodes.at(at)).id;
    return at;
  }

  /** Whether a node stands in the statement of its only consumer. */
  private isInline(id: number): boolean {
    const consumers = this.consumers.get(id) ?? [];
    const end = this.ends.get(id);
    if (end !== undefined) return consumers.length === 0 && end === null && this.task.gradients?.has(id) !== true;
    if (this.isShort(id)) return true;
    const [consumer] = consumers;
    const { name, scope } = this.task.nodes.at(id);
    return (
      consumers.length === 1 &&
      name === undefined &&
      scope === consumer.scope &&
      this.sections.get(id) === this.sections.get(consumer.id)
    );
  }

  /** Whether a node is a view of a variable, so short that it may be written again and again: `t[:, None]`. */
  private isShort(id: number): boolean {
    const node = this.task.nodes.at(id);
    const { op, name } = node;
    const text = this.known.get(id)?.text ?? "";
    const isView = name === undefined && (op === "reshape" || op === "transpose");
    // A name for the moment may be another's by then.
    if (!isView || this.passing.get(this.variables.get(this.sourceOf(node.inputs[0])) ?? "") !== undefined)
      return false;
    return /^\w+[.[][^(]{1,10}$/.test(text);
  }

  /** The text of a node; what makes it too long becomes a statement before. */
  private compose(id: number): Known {
    for (;;) {
      const known = this.textOf(id);
      const inputs = this.task.nodes.at(id).inputs.map((input) => this.sourceOf(input));
      const inline = inputs.filter((input) => this.known.has(input) && !this.variables.has(input));
      const [largest] = inline.toSorted((a, b) => this.lengthOf(b) - this.lengthOf(a));
      if (known.text.length <= longest || largest === undefined || this.lengthOf(largest) < 16) return known;
      this.assign(largest);
    }
  }

  private lengthOf(id: number): number {
    return this.known.get(id)?.text.length ?? 0;
  }

  private textOf(id: number): Known {
    const { nodes, helpers } = this.task;
    const node = nodes.at(id);
    const { op, attributes, shape, dtype } = node;
    const write = writerOf(op as string);
    if (write === undefined) throw new Error(`no writer of ${op}`);
    const inputs = node.inputs.map((input) => this.operand(nodes.idOf(input)));
    // Two numbers as such would take JAX's default dtype.
    const isChoice = op === "where" && inputs[1].isLiteral && inputs[2].isLiteral;
    const operands = isChoice ? [inputs[0], typed(inputs[1]), inputs[2]] : inputs;
    const helper = (name: HelperName): string => {
      helpers.add(name);
      return name;
    };
    const { text, level } = write({ inputs: operands, attributes: attributes as never, shape, dtype, helper });
    const own = isElementwise(op as string)
      ? inputs.map((x) => x.known).reduce((a, b) => broadcastShapes(op as string, a, b))
      : shape;
    return { text, level, shape: own };
  }

  private operand(id: number): Operand & { readonly known: Shape } {
    const { nodes } = this.task;
    const { shape, dtype } = nodes.at(id);
    const number = this.literals.get(id);
    if (number !== undefined) {
      const own = literal(number, dtype);
      return { ...own, shape, dtype, isLiteral: true, known: [], full: () => filled(number, shape, dtype) };
    }
    const { text, level, shape: known } = this.knownOf(this.sourceOf(id));
    const full = (): Expression =>
      sameShape(known, shape) ? { text, level } : call("jnp.broadcast_to", text, tuple(shape));
    return { text, level, shape, dtype, isLiteral: false, known, full };
  }

  private knownOf(id: number): Known {
    const found = this.task.given.get(id) ?? this.known.get(id);
    if (found !== undefined) return found;
    const number = this.literals.get(id) as number | boolean;
    return { ...literal(number, this.task.nodes.at(id).dtype), shape: [] };
  }

  /** Writes the statement of a node. */
  private assign(id: number): void {
    const { text, shape } = this.known.get(id) as Known;
    const node = this.task.nodes.at(id);
    this.writeHeading(node);
    this.noteWritten(id);
    const name = this.nameFor(node);
    this.variables.set(id, name);
    this.known.set(id, { ...atom(name), shape });
    this.lines.push(...wrapped(`${name} = `, text));
  }

  /** Notes that a node is written, with those that stand in its statement. */
  private noteWritten(id: number): void {
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      this.written.add(next);
      const inputs = this.task.nodes.at(next).inputs.map((input) => this.sourceOf(input));
      open.push(...inputs.filter((input) => this.known.has(input) && !this.variables.has(input)));
    }
  }

  /** A comment where a layer begins, or another part of the step. */
  private writeHeading(node: GraphNode): void {
    const heading = this.headingOf(node);
    if (heading === this.heading) return;
    this.heading = heading;
    if (this.lines.length > 0) this.lines.push("");
    if (heading !== "") this.lines.push(`# ${heading}`);
  }

  private headingOf({ id, scope }: GraphNode): string {
    const part = sectionNames[(this.sections.get(id) as number) % 3];
    return [part === "update" ? "" : printableLine(scope), part].filter((word) => word !== "").join(", ");
  }

  /** The part of the text that a node stands in: a heading, which may come again in a later section. */
  private placeOf(node: GraphNode): string {
    return `${this.sections.get(node.id)} ${this.headingOf(node)}`;
  }

  private nameFor(node: GraphNode): string {
    const { id, op, name, scope } = node;
    const { gradients, names } = this.task;
    const place = this.placeOf(node);
    const isInUse = (other: string): boolean => this.isInUse(other, place);
    const parameter = gradients?.get(id);
    const wanted = this.ends.get(id) ?? (parameter === undefined ? name : `d_${this.parameterName(parameter)}`);
    if (wanted !== undefined) return names.unique(wanted, isInUse);
    const consumers = this.consumers.get(id) ?? [];
    const of = this.gradientTarget(node);
    const noun = of === null ? this.nounOf(node) : `d_${of}`;
    if (!this.ends.has(id) && consumers.every((next) => this.placeOf(next) === place)) {
      const own = names.passing(noun, isInUse);
      this.passing.set(own, { id, place });
      return own;
    }
    if (of !== null) return names.unique(noun, isInUse);
    const section = this.sections.get(id);
    const leaves = consumers.some((next) => next.scope !== scope && this.sections.get(next.id) === section);
    if (scope !== "" && section === 0 && leaves) {
      this.layers.set(scope, id);
      return names.unique(this.layerName(scope), isInUse);
    }
    return names.unique(scope === "" || op === null ? noun : `${this.layerName(scope)}_${noun}`, isInUse);
  }

  /** The name of a parameter as one of a variable: its layer's, and what it is there. */
  private parameterName(name: string): string {
    const layers = [...this.layerNames].filter(([scope]) => name.startsWith(`${scope.replaceAll("/", ".")}.`));
    const [found] = layers.toSorted(([a], [b]) => b.length - a.length);
    return found === undefined ? snake(name) : `${found[1]}_${name.slice(found[0].length + 1)}`;
  }

  private layerName(scope: string): string {
    return this.layerNames.get(scope) ?? snake(scope);
  }

  /** What the result of an op is called. */
  private nounOf({ op, shape, inputs }: GraphNode): string {
    const [first, second] = inputs.map((input) => this.task.nodes.at(this.sourceOf(input)));
    if (first === undefined) return nouns[op as string] ?? snake(op as string);
    if (op === "reshape" && shape.length < first.shape.length) return "flat";
    if (op === "sub" && second.op === "mean") return "centered";
    if (op === "div" && /centered/.test(this.variables.get(first.id) ?? "")) return "normalized";
    return nouns[op as string] ?? snake(op as string);
  }

  /** Whether a name for the moment is still needed, or was given in the same part of the text. */
  private isInUse(name: string, place: string): boolean {
    const holder = this.passing.get(name);
    if (holder === undefined) return false;
    const consumers = this.consumers.get(holder.id) ?? [];
    return holder.place === place || consumers.some((next) => !this.written.has(next.id));
  }

  /** What a gradient that goes on to the rules of other nodes is the gradient of, by name. */
  private gradientTarget({ id, gradientOf, role, shape, scope }: GraphNode): string | null {
    if (role !== "gradient" || gradientOf === undefined) return null;
    const { nodes } = this.task;
    const onward = (this.consumers.get(id) ?? []).filter((next) => (next.gradientOf ?? gradientOf) !== gradientOf);
    const targets = onward.map((next) => this.sourceOf(next.gradientOf as number));
    const fitting = targets.filter((target) => sameSize(nodes.at(target).shape, shape));
    const known = fitting.find((target) => this.variables.has(target));
    if (known !== undefined) return this.variables.get(known) as string;
    for (const next of onward) {
      const layer = next.scope === scope ? undefined : this.layers.get(next.scope);
      if (layer !== undefined && sameSize(nodes.at(layer).shape, shape)) return this.variables.get(layer) as string;
    }
    return fitting.length === 0 || nodes.at(fitting[0]).op === null ? null : this.nounOf(nodes.at(fitting[0]));
  }
}

const sameSize = (a: Shape, b: Shape): boolean => sizeOf(a) === sizeOf(b);

/** A number with its dtype. */
function typed(x: Operand): Operand {
  const own = x.dtype === "bool" ? call("jnp.array", x) : call(dtypeName(x.dtype), x);
  return { ...x, ...own, isLiteral: false };
}

/** An array of one number. */
function filled(number: number | boolean, shape: Shape, dtype: Operand["dtype"]): Expression {
  const own = literal(number, dtype);
  if (shape.length === 0) return dtype === "bool" ? call("jnp.array", own) : call(dtypeName(dtype), own);
  if (isFloat(dtype) && Object.is(number, 0)) return call("jnp.zeros", tuple(shape), dtypeName(dtype));
  if (isFloat(dtype) && number === 1) return call("jnp.ones", tuple(shape), dtypeName(dtype));
  return call("jnp.full", tuple(shape), own, dtypeName(dtype));
}
