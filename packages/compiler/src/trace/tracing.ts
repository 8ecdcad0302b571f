/**
 * Tracing: the interpreter that runs a function on shapes alone and takes down all that it computes, reads and changes.
 * What the function reads from outside becomes a state, what it changes is noted as the state's next value, and nothing
 * outside is touched.
 */
import { constant, Node, type Variable } from "@adjoint/autograd";
import {
  AbstractVariable,
  assignedInVmap,
  type Draw,
  describeVariable,
  type Effects,
  type Interpreter,
  inferred,
  locating,
  nodeOf,
  nodesMade,
  ops,
  recorder,
  recordingWith,
  variablesMade,
  Wrapped,
} from "@adjoint/autograd/internal";
import {
  type ErrorFields,
  formatShape,
  type GeneratorState,
  GraphError,
  isFloat,
  type RandomGenerator,
  Tensor,
} from "@adjoint/tensor";

import { type GeneratorWatch, watchingGenerators } from "@adjoint/tensor/internal";
import type { Binding } from "./bindings.ts";

/** A check that was asked for. */
export interface Check {
  readonly x: Variable;
  readonly check: (value: Tensor) => void;
  readonly passes: "finite" | null;
}

/** The interpreter of one run. */
export class Tracing implements Interpreter, Effects {
  readonly bindings: Binding[] = [];
  readonly checks: Check[] = [];
  /** Whether the settings are still those that the function found. */
  readonly assumptions: (() => boolean)[] = [];
  /** What a leaf stands for that has no value of its own: the node that was assigned to its Variable. */
  readonly sources = new Map<Node, Node>();
  /** Whether something was made inside the function and changed there: it may be there already the next time. */
  madeState = false;
  private readonly op: string;
  private readonly variables = variablesMade();
  private readonly nodes = nodesMade();
  private readonly places = new Map<Variable, number>();
  private readonly gradientsBefore: (Variable | null)[] = [];
  private readonly values = new Map<Variable, Binding>();
  private readonly gradients = new Map<Variable, Binding>();
  private readonly generators = new Map<RandomGenerator, Binding>();
  private readonly constants = new Map<Variable, Variable>();
  private readonly made = new Map<RandomGenerator, GeneratorState>();
  private readonly settled = new Set<object>();

  constructor(op: string) {
    this.op = op;
  }

  /** Stands for an argument in the function. */
  input(x: Variable, name: string): Variable {
    const y = this.leafOf(x, name);
    y.node.owner = y;
    this.places.set(y, this.places.size);
    this.gradientsBefore.push(x.grad);
    return y;
  }

  /** Tells generators that the function made from those it found, which must not draw by themselves. */
  readonly watch: GeneratorWatch = {
    made: (rng) => {
      this.made.set(
        rng,
        watchingGenerators(null, () => rng.state),
      );
    },
    moves: (rng) =>
      this.checkOwn(rng, {
        problem: "a generator draws numbers while the function is traced, so every call would use the same ones",
        expected: "random ops",
        hint: "Draw with randomUniform(rng, shape), randomNormal or randomBernoulli, or outside of the function.",
      }),
    touches: (rng) =>
      this.checkOwn(rng, {
        problem:
          "the state of a generator is read or set while the function is traced, so every call would use the same one",
        expected: "random ops, which move it on",
        hint: "Read and set it outside of the function. To use the same numbers twice, draw them once.",
      }),
  };

  /** @throws GraphError unless the function made the generator */
  private checkOwn(rng: RandomGenerator, wrong: Omit<ErrorFields, "op">): void {
    if (!this.made.has(rng)) throw new GraphError({ op: this.op, ...this.place(), ...wrong });
  }

  /** Puts generators that the function made back to where they began. */
  restore(): void {
    for (const [rng, state] of this.made) rng.state = state;
  }

  apply(op: Parameters<typeof inferred>[0], given: readonly Variable[], attributes: object): Variable | null {
    // An interpreter outside of this one applies the op to what it holds.
    if (given.some((x) => x instanceof Wrapped)) return null;
    const inputs = given.map(this.current);
    return locating(inputs, () => {
      const specs = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
      const spec = inferred(op, specs, attributes as never);
      const node = nodeOf(op as never, inputs, attributes, spec, recorder.mode === "none" ? false : undefined);
      return new AbstractVariable(node, this.unreadable);
    });
  }

  /** What x is at this moment of the function. */
  readonly current = (x: Variable): Variable => {
    if (x instanceof AbstractVariable || x instanceof Wrapped) return this.values.get(x)?.after ?? x;
    if (!x.isLeaf) return this.isOutside(x) ? this.captured(x) : x;
    const binding = this.values.get(x) ?? (this.isOutside(x) && x.node.owner === x ? this.valueOf(x) : null);
    return binding === null ? x : (binding.after ?? (binding.before as Variable));
  };

  leaf(x: Variable): Variable {
    return this.alias(this.current(x), isFloat(x.dtype), null);
  }

  check(x: Variable, check: (value: Tensor) => void, passes: "finite" | null): void {
    this.checks.push({ x: this.current(x), check, passes });
  }

  draw(rng: RandomGenerator, count: number): Draw {
    if (this.made.has(rng)) {
      this.madeState = true;
      return rng.take(count);
    }
    let binding = this.generators.get(rng);
    if (binding === undefined) {
      const name = `generator ${this.generators.size}`;
      const state = this.abstractLeaf([2], "float64", false, name);
      binding = { kind: "generator", name, before: state, after: state, of: rng };
      this.generators.set(rng, binding);
      this.bindings.push(binding);
    }
    const state = binding.after as Variable;
    if (count > 0)
      binding.after = recordingWith({ mode: "none" }, () => ops.add(state, constant(Float64Array.of(0, count))));
    return { key: 0, counter: 0, state };
  }

  canRead(x: Variable): boolean {
    if (!x.isLeaf) return (x.creator as Node).id < this.nodes;
    return !this.isOutside(x) && !this.values.has(x) && x.node.owner === x;
  }

  readonly unreadable = (x: Variable): GraphError =>
    new GraphError({
      op: this.op,
      problem: `the value of ${x.name === undefined ? "a Variable" : `"${x.name}"`} of shape ${formatShape(x.shape)} is read while the function is traced, when only shapes are known`,
      ...this.place(),
      hint: "Compute with ops alone (where instead of if, checkValue for checks), and return what you want to read.",
    });

  assign(x: Variable, value: Variable | Tensor): void {
    const given = value instanceof Tensor ? constant(value) : this.current(value);
    if (given instanceof Wrapped) throw assignedInVmap(x);
    const next = recordingWith({ mode: "none" }, () => ops.cast(given, x.dtype));
    const binding =
      this.values.get(x) ?? this.bind(this.values, { kind: "value", of: x, before: null, after: undefined });
    binding.after = this.alias(next, x.requiresGrad, x);
  }

  gradient(x: Variable, own: Variable | null): Variable | null {
    const known = this.gradients.get(x)?.after;
    if (known !== undefined) return known;
    const place = this.places.get(x);
    const held = place === undefined ? own : this.gradientsBefore[place];
    const before = held === null ? null : this.leafOf(held, `gradient of ${x.name ?? "a Variable"}`);
    this.bind(this.gradients, { kind: "gradient", of: x, before, after: before, wasNull: before === null });
    return before;
  }

  setGradient(x: Variable, gradient: Variable | null): void {
    const binding =
      this.gradients.get(x) ?? this.bind(this.gradients, { kind: "gradient", of: x, before: null, after: null });
    binding.after = gradient === null ? null : this.current(gradient);
  }

  dependsOn(of: object, read: () => unknown): void {
    if (this.settled.has(of)) return;
    const value = read();
    this.assumptions.push(() => Object.is(read(), value));
  }

  settles(of: object): void {
    this.settled.add(of);
  }

  /** Whether x was there before the function ran. */
  private isOutside(x: Variable): boolean {
    return x.isLeaf ? x.serial < this.variables : (x.creator as Node).id < this.nodes;
  }

  /** The state that is the value of a leaf. */
  private valueOf(x: Variable): Binding {
    return this.bind(this.values, { kind: "value", of: x, before: this.leafOf(x, x.name), after: undefined });
  }

  private bind(
    map: Map<Variable, Binding>,
    { of, ...rest }: Omit<Binding, "name"> & { readonly of: Variable },
  ): Binding {
    const name = of.name ?? `state ${this.bindings.length}`;
    const binding: Binding = { ...rest, name, of: this.places.get(of) ?? of };
    map.set(of, binding);
    // What was made inside is the function's own, until it is known to outlive it.
    const isOwn = !this.places.has(of) && (of instanceof AbstractVariable || !this.isOutside(of));
    if (!isOwn) this.bindings.push(binding);
    else if (rest.kind === "value") this.madeState = true;
    return binding;
  }

  /** A Variable computed outside, which nothing can change: a constant of the program. */
  private captured(x: Variable): Variable {
    if (x.requiresGrad) {
      throw new GraphError({
        op: this.op,
        problem: `${describeVariable(x)} was computed outside of the function by "${x.creator?.op?.name}", and gradients would flow on from there`,
        ...this.place(),
        hint: "Compute it inside the function, or pass it as an argument, or cut it off with detach().",
      });
    }
    const known = this.constants.get(x) ?? constant(x.value);
    this.constants.set(x, known);
    return known;
  }

  /** An abstract leaf in place of x, whose gradients arrive at x. */
  private leafOf(x: Variable, name: string | undefined): Variable {
    const y = this.abstractLeaf(x.shape, x.dtype, x.requiresGrad, name);
    y.node.hooks = x.node.hooks;
    if (!(x instanceof AbstractVariable)) y.node.owner = x;
    return y;
  }

  private abstractLeaf(
    shape: Variable["shape"],
    dtype: Variable["dtype"],
    requiresGrad: boolean,
    name: string | undefined,
  ): Variable {
    const node = new Node(null, [], {}, shape, dtype, requiresGrad);
    node.name = name;
    const y = new AbstractVariable(node, this.unreadable);
    node.owner = y;
    return y;
  }

  /** A leaf with the value of y: no gradient flows on to y. */
  private alias(y: Variable, requiresGrad: boolean, owner: Variable | null): Variable {
    const leaf = this.abstractLeaf(y.shape, y.dtype, requiresGrad, owner?.name);
    if (owner !== null) leaf.node.owner = owner;
    this.sources.set(leaf.node, y.node);
    return leaf;
  }

  private place(): { readonly where?: string } {
    return recorder.scope === "" ? {} : { where: `layer "${recorder.scope}"` };
  }
}
