/** The nodes of a program while it is made readable. A node keeps its number, which outputs and states go on naming. */
import type { GraphNode, OpDefinition } from "@adjoint/autograd";
import type { Program } from "@adjoint/compiler";
import { type Shape, sameShape } from "@adjoint/tensor";

/** What is computed at a node: the rest of it stays. */
export type Replacement = Pick<GraphNode, "op" | "attributes" | "inputs">;

export class Nodes {
  private readonly list: GraphNode[];
  private readonly same: number[];
  private readonly places: number[];
  private readonly program: Program;

  constructor(program: Program) {
    this.program = program;
    this.list = [...program.graph.nodes];
    this.same = this.list.map((_, id) => id);
    this.places = [...this.same];
  }

  /** The node that a number stands for. */
  readonly at = (id: number): GraphNode => this.list[this.idOf(id)];

  /** The number of the node that a number stands for: another one where a node only passed a value on. */
  idOf(id: number): number {
    let at = id;
    while (this.same[at] !== at) at = this.same[at];
    return at;
  }

  /** Where in the program a node stands: a new one where it was added. */
  placeOf(id: number): number {
    return this.places[id];
  }

  input(node: GraphNode, place = 0): GraphNode {
    return this.at(node.inputs[place]);
  }

  /** The definition of a node's op; undefined for a leaf and for what was recognized. */
  definitionOf(node: GraphNode): OpDefinition<never> | undefined {
    const recorded = this.program.graph.nodes[node.id];
    return recorded?.op === node.op ? this.program.graph.definitionOf(recorded) : undefined;
  }

  /** The same nodes without the names that Variables have: those of one parameter mean nothing to another. */
  withoutNames(): Nodes {
    const others = new Nodes(this.program);
    others.list.splice(0, others.list.length, ...this.list.map(({ name: _, ...node }) => node));
    others.same.splice(0, others.same.length, ...this.same);
    others.places.splice(0, others.places.length, ...this.places);
    return others;
  }

  /** Lets a node be computed otherwise. */
  replace(id: number, replacement: Replacement): void {
    this.list[id] = { ...this.list[id], ...replacement };
  }

  /** Lets a node be another one of the same value. */
  alias(id: number, other: number): void {
    this.same[id] = this.idOf(other);
  }

  /** A new node, at the place in the program of another one. */
  add(like: GraphNode, op: string, attributes: object, inputs: readonly number[], shape: Shape): number {
    const { value: _, name: __, ...place } = like;
    const id = this.list.length;
    this.list.push({ ...place, id, op, attributes, inputs, shape });
    this.same.push(id);
    this.places.push(this.places[like.id]);
    return id;
  }

  /** x in another shape, at the place of another node. */
  reshape(like: GraphNode, x: number, shape: Shape): number {
    const source = this.at(x);
    if (sameShape(source.shape, shape)) return source.id;
    if (source.op === "reshape") return this.reshape(like, source.inputs[0], shape);
    return this.add(like, "reshape", { shape }, [source.id], shape);
  }

  /** x with its axes in another order, at the place of another node. */
  transpose(like: GraphNode, x: number, axes: readonly number[]): number {
    const source = this.at(x);
    if (axes.every((axis, i) => axis === i)) return source.id;
    if (source.op === "transpose") {
      const { axes: before } = source.attributes as { readonly axes: readonly number[] };
      const order = axes.map((axis) => before[axis]);
      return this.transpose(like, source.inputs[0], order);
    }
    const shape = axes.map((axis) => source.shape[axis]);
    return this.add(like, "transpose", { axes }, [source.id], shape);
  }
}
