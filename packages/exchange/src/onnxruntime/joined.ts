/** Programs whose small states move together: an optimizer's updates become one of blocks, with far fewer nodes. */
import { Graph, type GraphNode, type OpDefinition } from "@adjoint/autograd";
import { ops } from "@adjoint/autograd/internal";
import type { Program } from "@adjoint/compiler";
import { constantOf } from "@adjoint/compiler/internal";
import { isFloat, type Shape, sameShape, sizeOf, Tensor } from "@adjoint/tensor";

/** States in one block of memory. */
export interface Block {
  /** The leaf that is all of their values, [size], and the node that is all of the next ones. */
  readonly leaf: number;
  readonly next: number;
  /** The places of states in the program, and where each begins in the block. */
  readonly states: readonly { readonly state: number; readonly offset: number }[];
}

/** A program with blocks. Its graph has those nodes of the recorded one at their places, and more behind them. */
export interface Joined {
  readonly graph: Graph;
  readonly blocks: readonly Block[];
  /** The node [1] or [n] whose numbers are finite only where all checked ones are; null where no check asks for that. */
  readonly finite: number | null;
}

/** Most numbers of a state that joins others: more than that do not gain by it. */
const mostJoined = 2 ** 14;

/** States that follow from each other, their update, and what it takes from elsewhere. */
interface Update {
  readonly states: readonly number[];
  readonly operands: readonly number[];
  readonly shape: Shape;
  /** The same text for updates that do the same. */
  readonly key: string;
}

const primitives = ops.primitives as Readonly<Record<string, OpDefinition<never>>>;

/** The nodes of a program, to which more are added. */
class Extended {
  readonly nodes: GraphNode[];
  private readonly program: Program;
  private readonly added = new Map<number, OpDefinition<never>>();

  constructor(program: Program) {
    this.program = program;
    this.nodes = [...program.graph.nodes];
  }

  /** Adds a node, computed by the library's op of that name, or a leaf. */
  add(node: Pick<GraphNode, "op" | "inputs" | "attributes" | "shape" | "dtype"> & { readonly value?: Tensor }): number {
    const id = this.nodes.length;
    if (node.op !== null) this.added.set(id, primitives[node.op]);
    this.nodes.push({ ...node, id, scope: "", role: node.op !== null ? "op" : node.value ? "constant" : "input" });
    return id;
  }

  /** A node's numbers in another shape. */
  reshape(id: number, shape: Shape): number {
    const { dtype, shape: before } = this.nodes[id];
    return sameShape(before, shape)
      ? id
      : this.add({ op: "reshape", inputs: [id], attributes: { shape }, shape, dtype });
  }

  /** The numbers of several nodes one after the other. */
  concat(ids: readonly number[]): number {
    if (ids.length === 1) return ids[0];
    const shape = [ids.reduce((sum, id) => sum + this.nodes[id].shape[0], 0)];
    return this.add({ op: "concat", inputs: ids, attributes: { axis: 0 }, shape, dtype: this.nodes[ids[0]].dtype });
  }

  get graph(): Graph {
    const { graph } = this.program;
    const data = { nodes: this.nodes, outputs: graph.outputs, gradients: {} };
    return new Graph(data, (node) => this.added.get(node.id) ?? graph.definitionOf(graph.nodes[node.id]));
  }
}

/** Whether a node computes each element from those at its place. */
const isElementwise = ({ graph }: Program, node: GraphNode): boolean =>
  node.inputs.length > 0 && graph.definitionOf(node)?.batch === "elementwise";

/** The states that may join others, by their leaves. */
function joinable({ graph: { nodes }, states }: Program): Map<number, number> {
  const found = new Map<number, number>();
  states.forEach(({ kind, node, next }, state) => {
    if (kind !== "value" || node === null || next === null || next === node) return;
    const [now, after] = [nodes[node], nodes[next]];
    const isSmall = sizeOf(now.shape) > 0 && sizeOf(now.shape) <= mostJoined;
    if (isSmall && isFloat(now.dtype) && now.dtype === after.dtype && sameShape(now.shape, after.shape))
      found.set(node, state);
  });
  return found;
}

/** The nodes of an update, and what it reads, walking back from next values. */
interface Region {
  readonly own: ReadonlySet<number>;
  readonly inside: ReadonlySet<number>;
}

/** What the next value of a state is computed from: leaves of states, and elementwise nodes of its shape. */
function regionOf(
  program: Program,
  next: number,
  leaves: ReadonlyMap<number, number>,
  ends: ReadonlySet<number>,
): Region {
  const { nodes } = program.graph;
  const { shape } = nodes[next];
  const [own, inside] = [new Set<number>(), new Set<number>()];
  const open = [next];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (inside.has(id) || own.has(id) || ends.has(id) || !sameShape(nodes[id].shape, shape)) continue;
    if (leaves.has(id)) own.add(id);
    else if (isElementwise(program, nodes[id])) {
      inside.add(id);
      open.push(...nodes[id].inputs);
    }
  }
  return { own, inside };
}

/** States that share leaves or nodes of their updates, together. */
function together(regions: ReadonlyMap<number, Region>, leaves: ReadonlyMap<number, number>): number[][] {
  const groupOf = new Map<number, Set<number>>();
  const userOf = new Map<number, number>();
  const join = (a: number, b: number): void => {
    const [one, other] = [groupOf.get(a) as Set<number>, groupOf.get(b) as Set<number>];
    if (one === other) return;
    for (const state of other) {
      one.add(state);
      groupOf.set(state, one);
    }
  };
  for (const state of regions.keys()) groupOf.set(state, new Set([state]));
  for (const [state, { own, inside }] of regions) {
    for (const leaf of own) join(state, leaves.get(leaf) as number);
    for (const id of inside) {
      const user = userOf.get(id);
      if (user === undefined) userOf.set(id, state);
      else join(state, user);
    }
  }
  return [...new Set(groupOf.values())].map((group) => [...group].sort((a, b) => a - b));
}

/** Walks an update from its next values, inputs first, and calls back for each node. */
interface Visitor<T> {
  own(place: number): T;
  number(value: number, node: GraphNode): T;
  /** A number that is computed elsewhere, and repeated. */
  shared(id: number, node: GraphNode): T;
  operand(place: number): T;
  op(node: GraphNode, inputs: readonly T[]): T;
}

/** The values that a visitor gives to the next values of states, and what the update takes from elsewhere. */
function walk<T>(program: Program, states: readonly number[], inside: ReadonlySet<number>, visitor: Visitor<T>) {
  const { nodes } = program.graph;
  const places = new Map(states.map((state, place) => [program.states[state].node as number, place]));
  const known = new Map<number, T>();
  const operands: number[] = [];
  const visit = (id: number): T => {
    const done = known.get(id);
    if (done !== undefined) return done;
    const node = nodes[id];
    const place = places.get(id);
    const value = constantOf(node);
    const source = node.op === "repeat" ? node.inputs[0] : null;
    let found: T;
    if (place !== undefined) found = visitor.own(place);
    else if (inside.has(id)) found = visitor.op(node, node.inputs.map(visit));
    else if (value !== null) found = visitor.number(value, node);
    else if (source !== null && sizeOf(nodes[source].shape) === 1) found = visitor.shared(source, node);
    else found = visitor.operand(operands.push(id) - 1);
    known.set(id, found);
    return found;
  };
  return { nexts: states.map((state) => visit(program.states[state].next as number)), operands };
}

/** An update as text that is the same for states of other shapes. */
function updateOf(program: Program, states: readonly number[], inside: ReadonlySet<number>): Update {
  const { nodes } = program.graph;
  const lines: string[] = [];
  const line = (...parts: readonly unknown[]): number => lines.push(JSON.stringify(parts)) - 1;
  const { nexts, operands } = walk<number>(program, states, inside, {
    own: (place) => line("own", place),
    number: (value, { dtype }) => line("number", String(value), Object.is(value, -0), dtype),
    shared: (id, { dtype }) => line("shared", id, dtype),
    operand: (place) => line("operand", place),
    op: ({ op, attributes, dtype }, inputs) => line(op, attributes, dtype, inputs),
  });
  const dtypes = [...operands, ...states.map((state) => program.states[state].node as number)].map(
    (id) => nodes[id].dtype,
  );
  const { shape } = nodes[program.states[states[0]].node as number];
  return { states, operands, shape, key: JSON.stringify([lines, nexts, dtypes]) };
}

/** Writes one update for all that do the same. */
function joined(program: Program, members: readonly Update[], inside: ReadonlySet<number>, out: Extended) {
  const { nodes } = program.graph;
  const sizes = members.map(({ shape }) => sizeOf(shape));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const offsets = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const [first] = members;
  const flat = (ids: readonly number[]): number => out.concat(ids.map((id, i) => out.reshape(id, [sizes[i]])));
  const leaves = first.states.map((state) => {
    const { dtype } = nodes[program.states[state].node as number];
    return out.add({ op: null, inputs: [], attributes: {}, shape: [total], dtype });
  });
  const operands = first.operands.map((_, place) => flat(members.map((member) => member.operands[place])));
  const { nexts } = walk<number>(program, first.states, inside, {
    own: (place) => leaves[place],
    number: (_, { value, dtype }) => {
      const one = value as Tensor;
      const repeated = new Tensor(one.data, [total], [0], one.offset);
      return out.add({ op: null, inputs: [], attributes: {}, shape: [total], dtype, value: repeated });
    },
    shared: (id, { dtype }) => {
      const attributes = { shape: [total] };
      return out.add({ op: "repeat", inputs: [out.reshape(id, [])], attributes, shape: [total], dtype });
    },
    operand: (place) => operands[place],
    op: ({ op, attributes, dtype }, inputs) => out.add({ op, inputs, attributes, shape: [total], dtype }),
  });
  const blocks = leaves.map(
    (leaf, place): Block => ({
      leaf,
      next: nexts[place],
      states: members.map(({ states }, i) => ({ state: states[place], offset: offsets[i] })),
    }),
  );
  const inBlock = new Map(
    first.operands.flatMap((_, place) => members.map((member) => [member.operands[place], operands[place]] as const)),
  );
  return { blocks, inBlock };
}

/** The sums of squares of what is checked for finite numbers: a sum is finite only where all of its terms are. */
function sumsOf({ checks, graph }: Program, inBlock: ReadonlyMap<number, number>, out: Extended): number | null {
  const nodes = checks.flatMap(({ node, passes }) =>
    passes === "finite" && isFloat(graph.nodes[node].dtype) ? [inBlock.get(node) ?? node] : [],
  );
  if (nodes.length === 0) return null;
  const sums = [...new Set(nodes)].map((id) => {
    const { shape, dtype } = out.nodes[id];
    const squares = out.add({ op: "mul", inputs: [id, id], attributes: {}, shape, dtype });
    const attributes = { axes: shape.map((_, axis) => axis), keepDims: false };
    const sum = shape.length === 0 ? squares : out.add({ op: "sum", inputs: [squares], attributes, shape: [], dtype });
    const one = out.reshape(sum, [1]);
    return dtype === "float32"
      ? one
      : out.add({ op: "cast", inputs: [one], attributes: { dtype: "float32" }, shape: [1], dtype: "float32" });
  });
  return out.concat(sums);
}

/** Joins the updates of a program that do the same. */
export function joinedUpdates(program: Program): Joined {
  const out = new Extended(program);
  const leaves = joinable(program);
  const ends = new Set(
    program.states.flatMap(({ kind, next }) => (kind === "gradient" && next !== null ? [next] : [])),
  );
  const regions = new Map(
    [...leaves.values()].map((state) => [state, regionOf(program, program.states[state].next as number, leaves, ends)]),
  );
  const inside = new Set([...regions.values()].flatMap((region) => [...region.inside]));
  const byKey = new Map<string, Update[]>();
  for (const states of together(regions, leaves)) {
    const update = updateOf(program, states, inside);
    byKey.set(update.key, [...(byKey.get(update.key) ?? []), update]);
  }
  const blocks: Block[] = [];
  const inBlock = new Map<number, number>();
  for (const members of byKey.values()) {
    if (members.length < 2) continue;
    // The large ones first: most begin at even addresses then.
    const largestFirst = members.toSorted((a, b) => sizeOf(b.shape) - sizeOf(a.shape));
    const found = joined(program, largestFirst, inside, out);
    blocks.push(...found.blocks);
    for (const [node, block] of found.inBlock) inBlock.set(node, block);
  }
  const finite = sumsOf(program, inBlock, out);
  return { graph: out.graph, blocks, finite };
}
