/** One graph with its values: the library's replay, its rules and its stepper, as the page calls them. */
import {
  type BackwardStep,
  backwardSteps,
  defineOp,
  type Graph,
  type GraphData,
  type GraphJSON,
  graphFromJSON,
  type OpDefinition,
  primitives,
  type StepContribution,
  type Variable,
  variable,
  vjp,
} from "@adjoint/autograd";
import { isFloat, kernels, ones, sizeOf, type Tensor, tensor } from "@adjoint/tensor";
import type { Summary } from "../../src/drawing/painting/appearance.ts";
import { type Picture, pictureOf, summaryOf } from "../../src/drawing/values.ts";
import type { Expression } from "../../src/drawing/writing/expression.ts";
import { type TensorView, viewOf } from "./tensor-view.ts";

/** Elements of leaves that were changed: leaf → place in row-major order → number. */
export type Edits = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** What one rule gave, for the stepper. */
export interface ContributionView extends Omit<StepContribution, "gradient" | "before" | "after"> {
  /** The local derivative, of ops that work element by element. */
  readonly local: TensorView | null;
  readonly gradient: TensorView;
  readonly before: TensorView | null;
  readonly after: TensorView;
}

/** One step of the backward pass, for the stepper. */
export interface StepView {
  readonly node: number;
  /** The node of the gradient that arrived. */
  readonly upstreamNode: number;
  readonly contributions: readonly ContributionView[];
}

/** An op as a function of Variables, its attributes last. */
export type OpFunction = (...args: readonly (Variable | object)[]) => Variable;

const opFunction = (definition: OpDefinition<never>): OpFunction =>
  defineOp(definition as OpDefinition<object>) as unknown as OpFunction;

/** How many numbers a page computes for one graph: beyond, its memory would be at an end. */
const mostNumbers = 2 ** 28;

/** How many numbers a graph's ops compute. What is repeated is stored once. */
function numbersOf({ nodes }: Graph): number {
  return nodes.reduce((sum, { op, shape }) => sum + (op === null || op === "repeat" ? 0 : sizeOf(shape)), 0);
}

function totalOf(x: Tensor): number {
  let sum = 0;
  for (const value of kernels.copy(x).data) sum += Number(value);
  return sum;
}

/** The values whose sum the gradients are of: those that the backward pass starts from, or else the outputs. */
export function differentiated({ backward, outputs }: GraphData): readonly number[] {
  return backward?.starts.map(({ node }) => node) ?? outputs;
}

/** A graph that is open in the page. */
export class Session {
  readonly graph: Graph;
  /** The graph as it came, with its names. */
  readonly named: Graph;
  /** The graph with the values of the last run; as it came where it cannot be run. */
  current: Graph;
  /** Why it cannot be run with other values; null when it can. */
  readonly cannotRun: string | null;
  private edits: Edits = new Map();
  private steps: ReadonlyMap<number, BackwardStep> | null = null;

  /** @throws GraphError when it is no graph */
  constructor(json: GraphJSON) {
    // First as it is, so that errors say what is wrong in the file; then without names, so that every leaf is called
    // by its number whatever names there are.
    this.named = graphFromJSON(json);
    this.graph = graphFromJSON({ ...json, nodes: json.nodes.map(({ name: _, ...node }) => node) });
    this.current = this.graph;
    let problem: string | null = null;
    try {
      const numbers = numbersOf(this.graph);
      if (numbers > mostNumbers) {
        const [all, most] = [numbers, mostNumbers].map((n) => n.toLocaleString("en-US"));
        throw new Error(`Its ops compute ${all} numbers; a page computes ${most} at the most.`);
      }
      this.current = this.graph.run().graph;
      const frozen = this.graph.nodes.find((node) => node.frozen);
      if (frozen !== undefined) problem = `Node n${frozen.id} was computed by an op that was not recorded.`;
    } catch (error) {
      problem = (error as Error).message;
    }
    this.cannotRun = problem;
  }

  /** Runs everything again with these elements changed. */
  edit(edits: Edits): void {
    if (this.cannotRun !== null) return;
    this.current = this.run(edits);
    this.edits = edits;
    this.steps = null;
  }

  private run(edits: Edits): Graph {
    const inputs = [...edits].map(([id, changes]): [string, Tensor] => {
      const leaf = this.graph.nodes[id];
      const data = kernels.copy(leaf.value as Tensor).data.slice();
      for (const [place, value] of changes) data[place] = value;
      return [String(id), tensor(data, { shape: leaf.shape, dtype: leaf.dtype })];
    });
    return this.graph.run(Object.fromEntries(inputs)).graph;
  }

  /** By how much what the gradients are of grows when an element of a leaf is changed by each of the steps. */
  nudge(leaf: number, place: number, steps: readonly number[]): number[] {
    const total = ({ nodes }: Graph): number =>
      differentiated(this.current).reduce((sum, id) => sum + totalOf(nodes[id].value as Tensor), 0);
    const before = total(this.current);
    const value = Number(kernels.copy(this.current.nodes[leaf].value as Tensor).data[place]);
    return steps.map((h) => {
      const changed = new Map(this.edits.get(leaf)).set(place, value + h);
      return total(this.run(new Map(this.edits).set(leaf, changed))) - before;
    });
  }

  /** Of every node what is known of its value. */
  summaries(): (Summary | null)[] {
    return this.current.nodes.map(({ value }) => (value === undefined ? null : summaryOf(value)));
  }

  view(id: number): TensorView | null {
    const { value } = this.current.nodes[id];
    return value === undefined ? null : viewOf(value);
  }

  /** The value of an expression of the graph's values. */
  evaluate(expression: Expression): TensorView {
    const computed = (part: Expression): Variable => {
      if (part.kind === "one") return variable(1);
      const value = part.node === null ? undefined : this.current.nodes[part.node].value;
      if (value !== undefined) return variable(value, { requiresGrad: false });
      if (part.kind === "value") throw new Error(`n${part.node} has no value`);
      return opFunction(primitives[part.op as keyof typeof primitives])(...part.args.map(computed), part.attributes);
    };
    return viewOf(computed(expression).value);
  }

  pictures(ids: readonly number[], side: number): (Picture | null)[] {
    return ids.map((id) => {
      const { value } = this.current.nodes[id];
      return value === undefined ? null : pictureOf(value, side);
    });
  }

  /** The step of the backward pass at a forward node; null where none is. */
  step(node: number): StepView | null {
    if (this.current.backward === undefined) return null;
    this.steps ??= new Map([...backwardSteps(this.current)].map((step) => [step.node, step]));
    const step = this.steps.get(node);
    if (step === undefined) return null;
    const locals = this.localDerivatives(node);
    return {
      node,
      upstreamNode: step.upstreamNode,
      contributions: step.contributions.map((given) => ({
        ...given,
        local: locals === null ? null : viewOf(locals[given.input]),
        gradient: viewOf(given.gradient),
        before: given.before === null ? null : viewOf(given.before),
        after: viewOf(given.after),
      })),
    };
  }

  /** The op of a node as a function of Variables; null for leaves and ops that the page does not have. */
  op(id: number): OpFunction | null {
    const definition = this.definition(id);
    if (definition === null) return null;
    const { attributes } = this.graph.nodes[id];
    const op = opFunction(definition);
    return (...inputs) => op(...inputs, attributes);
  }

  /** Whether a gradient can pass the op of a node. */
  hasRules(id: number): boolean {
    const { inputs, dtype } = this.graph.nodes[id];
    const definition = this.definition(id);
    if (definition === null || !isFloat(dtype)) return false;
    const { backward } = definition;
    return inputs.some(
      (input, i) =>
        isFloat(this.graph.nodes[input].dtype) && (typeof backward === "function" ? backward(i) : backward[i]) !== null,
    );
  }

  private definition(id: number): OpDefinition<never> | null {
    const { op } = this.graph.nodes[id];
    if (op === null || !Object.hasOwn(primitives, op)) return null;
    return primitives[op as keyof typeof primitives];
  }

  /** Of an op that works element by element: its derivative by each input, which is its rule given ones. */
  private localDerivatives(id: number): readonly Tensor[] | null {
    const node = this.current.nodes[id];
    if (this.definition(id)?.batch !== "elementwise") return null;
    const inputs = node.inputs.map((input) => this.current.nodes[input].value as Tensor);
    const { f, places } = this.ofFloats(id);
    if (places.length === 0) return null;
    const given = places.map((i) => variable(inputs[i]));
    const pulled = vjp(f, ...given).pullback(variable(ones(node.shape, { dtype: node.dtype })));
    return inputs.map((x, i) => (places.includes(i) ? pulled[places.indexOf(i)].value : x));
  }

  /** The op of a node as a function of those of its inputs that have derivatives, and which these are. */
  ofFloats(id: number): { readonly f: (...xs: Variable[]) => Variable; readonly places: readonly number[] } {
    const nodes = this.graph.nodes[id].inputs.map((input) => this.current.nodes[input]);
    const places = nodes.flatMap(({ dtype }, i) => (isFloat(dtype) ? [i] : []));
    const f = (...xs: Variable[]): Variable => {
      const op = this.op(id) as OpFunction;
      const given = ({ value }: (typeof nodes)[number]): Variable => variable(value as Tensor, { requiresGrad: false });
      return op(...nodes.map((node, i) => (places.includes(i) ? xs[places.indexOf(i)] : given(node))));
    };
    return { f, places };
  }
}
