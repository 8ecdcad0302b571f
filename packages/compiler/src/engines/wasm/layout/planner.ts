/**
 * From a program to units: which ops run as one loop, which by a kernel of the library, which by their own, and where
 * their values lie.
 */
import { type GraphNode, type OpDefinition, primitives } from "@adjoint/autograd";
import { evaluate } from "@adjoint/autograd/internal";
import { kernels, type Shape, sameShape, sizeOf, type Tensor } from "@adjoint/tensor";
import type { Program } from "../../../program.ts";
import { Counts } from "../../../rewrite/applied.ts";
import type { HasForm } from "../../../rewrite/composition.ts";
import { hasKernel, lowered } from "../kernels/lowering.ts";
import type { Found, PatternContext, PatternOptions } from "../kernels/pattern.ts";
import { patterns } from "../kernels/patterns.ts";
import { lanes, lanesOf, type Vectorized } from "../loops/lanes.ts";
import { depends, type Group, type HostOp, type Kernel, type Unit } from "./units.ts";
import { freshValue, isDense, type Value, viewOf } from "./values.ts";

/** Ops whose result is a view of their input, or its elements in another order. */
const views = new Set(["reshape", "transpose", "repeat", "slice", "flip", "detach", "identity", "cast"]);

/**
 * Whether ops of that name run in the memory of the program. Those of other dtypes than float32 count, too: the kernels of
 * their compositions are made for float32.
 */
export const hasForm: HasForm = ({ op, dtype }) =>
  dtype !== "float32" ||
  [lanes.float32, lowered].some((table) => Object.hasOwn(table, op as string)) ||
  views.has(op as string);

/** Most ops of a group: functions stay of a size that engines optimize. */
export const mostMembers = 48;

/** How many groups back a new op looks for one to join. */
const lookBack = 8;

/** A constant of the program, and where it goes. */
export interface Constant {
  readonly value: Value;
  readonly tensor: Tensor;
}

/** The plan of a program. */
export class Plan {
  readonly units: Unit[] = [];
  readonly constants: Constant[] = [];
  /** Where the value of each node lies. */
  readonly values: Value[] = [];
  /** The patterns that were found. */
  readonly found = new Counts();
  private readonly program: Program;
  private readonly context: PatternContext;
  /** The unit that computes what lies in a buffer. */
  private readonly makers = new Map<Value["buffer"], Unit>();
  /** Kernels that give the results of several nodes, by what these have in common. */
  private readonly shared = new Map<
    string,
    { readonly unit: Kernel; readonly results: Partial<Record<string, Value>> }
  >();
  private readonly copies = new Map<Value, Value>();
  /** Of what lies in a buffer, when a member of a group computes it: which one, and the value as its loop sees it. */
  private readonly places = new Map<
    Value["buffer"],
    { readonly group: Group; readonly index: number; readonly value: Value }
  >();
  private readonly groups: Group[] = [];

  constructor(program: Program, options: PatternOptions) {
    this.program = program;
    const counts = readersIn(program);
    this.context = { ...options, readers: (id) => counts[id] };
    for (const node of program.graph.nodes) this.values.push(this.valueOf(node));
  }

  /** The unit that computes a value; undefined for what is there from the start. */
  makerOf(value: Value): Unit | undefined {
    return this.makers.get(value.buffer);
  }

  /** The same elements one after the other. */
  private dense(x: Value): Value {
    if (isDense(x)) return x;
    const copy = this.copies.get(x) ?? this.copied(x);
    this.copies.set(x, copy);
    return copy;
  }

  private valueOf(node: GraphNode): Value {
    const { op, dtype, shape, value } = node;
    if (op === null) return value === undefined ? freshValue(dtype, shape, true) : this.constantOf(value);
    const inputs = node.inputs.map((id) => this.values[id]);
    const definition = this.program.graph.definitionOf(node) as OpDefinition<never>;
    if (views.has(op)) {
      const view = this.viewed(definition, inputs[0], node);
      if (view !== null) return view;
    }
    const loop = loopOf(op, inputs, node);
    if (loop !== null) return this.joined(op, node.attributes, inputs, freshIn(node, orderOf(inputs)), loop);
    const result = freshValue(dtype, shape);
    const place = node.scope === "" ? "" : `layer "${node.scope}"`;
    // A user's kernel may keep what it is given, whose memory will have other values.
    const isOfUser = !Object.hasOwn(primitives, op);
    const run = (tensors: readonly Tensor[]): Tensor => {
      const operands = isOfUser ? tensors.map(kernels.copy) : tensors;
      return evaluate(definition, operands, node.attributes as never, node, "the program");
    };
    const host: HostOp = { name: op, inputs, result, place, run };
    const recognized = this.byPattern(node, host);
    if (recognized !== null) return recognized;
    if (hasKernel(op, inputs, node, node.attributes)) return this.lowered(host, node.attributes);
    this.add({ ...this.common(inputs, [result]), kind: "host", host });
    return result;
  }

  /** The result of a kernel in place of several ops, where a pattern is found. */
  private byPattern(node: GraphNode, host: HostOp): Value | null {
    const { nodes } = this.program.graph;
    for (const pattern of patterns) {
      const found = pattern.ops.includes(host.name) ? pattern.find(node, nodes, this.context) : null;
      if (found === null) continue;
      this.found.add(pattern, node.id);
      const inputs = found.inputs.map((id, i) =>
        found.dense.includes(i) ? this.dense(this.values[id]) : this.values[id],
      );
      const result = freshIn(node, this.layoutOf(found));
      const { key = null, slot = "" } = found.shared ?? {};
      const known = key === null ? undefined : this.shared.get(key);
      if (known !== undefined) {
        // The same numbers, once with the axis of length 1 and once without it.
        const same = known.results[slot];
        if (same !== undefined) return { ...result, buffer: same.buffer };
        known.results[slot] = result;
        known.unit.writes.add(result);
        this.makers.set(result.buffer, known.unit);
        return result;
      }
      const results: Record<string, Value> = { [slot]: result };
      const unit: Kernel = {
        ...this.common(inputs, [result, ...(found.temporaries ?? [])]),
        kind: "kernel",
        name: pattern.name,
        work: found.work ?? 0,
        host: null,
        calls: () => found.calls(inputs, result, results),
      };
      this.add(unit);
      if (key !== null) this.shared.set(key, { unit, results });
      return result;
    }
    return null;
  }

  private layoutOf({ layout }: Found): readonly number[] | null {
    return typeof layout === "number" ? orderOf([this.values[layout]]) : (layout ?? null);
  }

  /** A constant without the copies of its repeated axes. */
  private constantOf(tensor: Tensor): Value {
    const { shape, strides, dtype } = tensor;
    const once = shape.map((n, axis) => (strides[axis] === 0 ? Math.min(n, 1) : n));
    const value = freshValue(dtype, once, true);
    const stored = kernels.copy(tensor.size === 0 ? tensor : viewWithout(tensor, once));
    this.constants.push({ value, tensor: stored });
    return { ...value, shape, strides: value.strides.map((step, axis) => (strides[axis] === 0 ? 0 : step)) };
  }

  private viewed(definition: OpDefinition<never>, x: Value, { shape, dtype, attributes }: GraphNode): Value | null {
    if (dtype !== x.dtype) return null;
    if (definition.name === "cast" || (sameShape(shape, x.shape) && ["detach", "identity"].includes(definition.name)))
      return x;
    const view = (tensor: Tensor): Tensor => definition.forward([tensor], attributes as never);
    return viewOf(x, view) ?? viewOf(this.dense(x), view);
  }

  /** A copy of x without gaps, by a loop. */
  private copied(x: Value): Value {
    const loop = lanesOf("copy", [x.dtype], x.dtype) as Vectorized;
    const result = freshValue(x.dtype, x.shape);
    this.join(this.group(x.shape, [...x.shape.keys()], loop.width), "copy", loop, {}, [x], result);
    return result;
  }

  private lowered(host: HostOp, attributes: object): Value {
    const { name } = host;
    const kernel = lowered[name];
    const dense = host.inputs.map((x, i) => (kernel.dense === "all" || kernel.dense.includes(i) ? this.dense(x) : x));
    const result = kernel.adds ? this.copied(dense[0]) : host.result;
    // What reads it from here on reads the sums.
    if (kernel.adds) this.places.delete(result.buffer);
    const inputs = kernel.adds ? dense.with(0, result) : dense;
    const temporary = kernel.temporary?.(inputs, attributes as never) ?? null;
    const unit: Kernel = {
      ...this.common(
        kernel.refuses ? [...inputs, ...host.inputs] : inputs,
        temporary === null ? [result] : [result, temporary],
      ),
      kind: "kernel",
      name,
      work: name === "matmul" ? 2 * (inputs[0].shape.at(-1) as number) * sizeOf(result.shape) : 0,
      host: kernel.refuses ? { ...host, result } : null,
      calls: () => kernel.calls(inputs, result, attributes as never, temporary),
    };
    this.add(unit);
    return result;
  }

  /** The result of an elementwise op, in a group that it can join, or one of its own. */
  private joined(op: string, attributes: object, inputs: readonly Value[], result: Value, loop: Vectorized): Value {
    const order = orderIn(result);
    // The last ones, then those that compute an operand, however long ago.
    const makers = inputs.flatMap((x) => this.places.get(x.buffer)?.group ?? []);
    for (const group of new Set([...this.groups.slice(-lookBack).reverse(), ...makers])) {
      const isAlike = sameShape(group.shape, result.shape) && group.order.every((axis, i) => axis === order[i]);
      // Element by element in memory an op may run in a loop over another shape of as many elements.
      const [operands, own] = isAlike ? [inputs, result] : [inMemory(inputs, result, group), seenAs(result, group)];
      if (operands === null || group.width !== loop.width || !this.mayJoin(group, operands)) continue;
      this.join(group, op, loop, attributes, operands, own);
      return result;
    }
    this.join(this.group(result.shape, order, loop.width), op, loop, attributes, inputs, result);
    return result;
  }

  private group(shape: Shape, order: readonly number[], width: Vectorized["width"]): Group {
    const group: Group = { ...this.common([], []), kind: "group", shape, order, width, members: [] };
    this.groups.push(group);
    this.units.push(group);
    return group;
  }

  /** Whether an op may run in the loop of a group: it shares an operand with it, and none of them waits for the group. */
  private mayJoin(group: Group, inputs: readonly Value[]): boolean {
    if (group.members.length >= mostMembers) return false;
    const shares = inputs.some((x) => group.reads.has(x) || this.indexIn(group, x) !== undefined);
    if (!shares) return false;
    return inputs.every((x) => {
      if (this.indexIn(group, x) !== undefined) return true;
      const maker = this.makerOf(x);
      return maker === undefined || (maker !== group && !depends(maker, group));
    });
  }

  /** The number of the member of a group that a value is the result of, as the loop sees it. */
  private indexIn(group: Group, x: Value): number | undefined {
    const place = this.places.get(x.buffer);
    return place?.group === group && isSame(x, place.value) ? place.index : undefined;
  }

  private join(
    group: Group,
    op: string,
    { compute }: Vectorized,
    attributes: object,
    inputs: readonly Value[],
    result: Value,
  ): void {
    const operands = inputs.map((x) => {
      const index = this.indexIn(group, x);
      if (index !== undefined) return index;
      group.reads.add(x);
      const maker = this.makerOf(x);
      if (maker !== undefined) group.after.add(maker);
      return x;
    });
    const index = group.members.push({ op, compute, attributes, operands, result }) - 1;
    this.places.set(result.buffer, { group, index, value: result });
    group.writes.add(result);
    this.makers.set(result.buffer, group);
  }

  private common(
    reads: readonly Value[],
    writes: readonly Value[],
  ): Omit<Group, "kind" | "shape" | "order" | "width" | "members"> {
    const after = new Set(reads.flatMap((x) => this.makerOf(x) ?? []));
    return { id: this.units.length, reads: new Set(reads), writes: new Set(writes), after };
  }

  private add(unit: Unit): void {
    this.units.push(unit);
    for (const value of unit.writes) this.makers.set(value.buffer, unit);
  }
}

/** For each node, among how many operands it is of nodes that somebody needs, and one more where it is a result. */
function readersIn({ graph: { nodes }, outputs, states, checks }: Program): number[] {
  const counts = new Array<number>(nodes.length).fill(0);
  for (const id of [...outputs, ...states.flatMap(({ next }) => next ?? []), ...checks.map(({ node }) => node)])
    counts[id] += 1;
  for (const { id, inputs } of nodes.toReversed()) if (counts[id] > 0) for (const input of inputs) counts[input] += 1;
  return counts;
}

/** How a loop computes an op; null where it runs in none. */
function loopOf(
  op: string,
  inputs: readonly Value[],
  { shape, dtype }: Pick<Value, "shape" | "dtype">,
): Vectorized | null {
  if (shape.includes(0) || !inputs.every((x) => sameShape(x.shape, shape))) return null;
  return lanesOf(
    op,
    inputs.map((x) => x.dtype),
    dtype,
  );
}

/** The tensor without the copies along repeated axes. */
function viewWithout(tensor: Tensor, shape: Shape): Tensor {
  return kernels.slice(
    tensor,
    shape.map((length) => ({ start: 0, step: 1, length })),
  );
}

/** The axes from the outermost to the innermost, as the elements lie in memory. */
function orderIn({ shape, strides }: Value): number[] {
  const axes = shape.map((_, axis) => axis);
  return axes.sort((a, b) => strides[b] - strides[a] || a - b);
}

/** Whether two values are the same elements in the same order. */
function isSame(a: Value, b: Value): boolean {
  return (
    a === b ||
    (a.buffer === b.buffer && a.offset === b.offset && sameShape(a.shape, b.shape) && sameShape(a.strides, b.strides))
  );
}

/** Whether a value has its elements without gaps, with the axes in that order in memory. */
function isWhole({ shape, strides }: Value, order: readonly number[]): boolean {
  let step = 1;
  return order.toReversed().every((axis) => {
    const fits = shape[axis] === 1 || strides[axis] === step;
    step *= shape[axis];
    return fits;
  });
}

/** The order of axes of the first operand that has all elements, without gaps; null where there is none. */
function orderOf(inputs: readonly Value[]): readonly number[] | null {
  return inputs.map((x) => [x, orderIn(x)] as const).find(([x, order]) => isWhole(x, order))?.[1] ?? null;
}

/** A value that has all elements without gaps, element by element in memory, as one of the shape of a group. */
function seenAs(x: Value, { shape, order }: Group): Value {
  return { ...x, shape, strides: stridesIn(shape, order) };
}

/**
 * Operands as those of a group of another shape, where all of them lie in memory as their result does, or are one number.
 * Otherwise null.
 */
function inMemory(inputs: readonly Value[], result: Value, group: Group): Value[] | null {
  if (sizeOf(group.shape) !== sizeOf(result.shape)) return null;
  const order = orderIn(result);
  const isOne = (x: Value): boolean => x.strides.every((step, axis) => step === 0 || x.shape[axis] === 1);
  if (!inputs.every((x) => isOne(x) || isWhole(x, order))) return null;
  return inputs.map((x) =>
    isOne(x) ? { ...x, shape: group.shape, strides: group.shape.map(() => 0) } : seenAs(x, group),
  );
}

/** The strides of axes in that order in memory, without gaps. */
function stridesIn(shape: Shape, order: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (const axis of order.toReversed()) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** A new value with its axes in that order in memory. */
function freshIn({ dtype, shape }: GraphNode, order: readonly number[] | null): Value {
  const value = freshValue(dtype, shape);
  return order === null ? value : { ...value, strides: stridesIn(shape, order) };
}
