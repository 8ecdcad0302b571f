/** Recurrent layers, unrolled over the steps of their sequences. */
import { constant, relu, sigmoid, softplus, softsign, stack, sub, tanh, type Variable } from "@adjoint/autograd";
import type { NodeCall } from "../nodes/call.ts";
import { Known } from "../nodes/values.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

type Activation = (x: Variable) => Variable;

/** Activations by name, with their alpha and beta, and the defaults of these. */
const activations: Readonly<
  Record<string, { readonly defaults: readonly number[]; readonly fn: (alpha: number, beta: number) => Activation }>
> = {
  sigmoid: { defaults: [], fn: () => sigmoid },
  tanh: { defaults: [], fn: () => tanh },
  relu: { defaults: [], fn: () => relu },
  softsign: { defaults: [], fn: () => softsign },
  softplus: { defaults: [], fn: () => softplus },
  leakyrelu: { defaults: [0.01], fn: (slope) => (x) => x.leakyRelu({ slope }) },
  elu: { defaults: [1], fn: (alpha) => (x) => x.elu({ alpha }) },
  affine: { defaults: [1, 0], fn: (alpha, beta) => (x) => x.mul(alpha).add(beta) },
  scaledtanh: { defaults: [1, 1], fn: (alpha, beta) => (x) => x.mul(beta).tanh().mul(alpha) },
  hardsigmoid: { defaults: [0.2, 0.5], fn: (alpha, beta) => (x) => x.mul(alpha).add(beta).clip({ min: 0, max: 1 }) },
};

/** The activations of all directions, in order. */
function activationsOf(node: NodeCall, defaults: readonly string[], directions: number): Activation[] {
  const names = node.strings("activations") ?? [];
  const all = names.length > 0 ? names : Array.from({ length: directions }, () => defaults).flat();
  const alphas = [...(node.floats("activation_alpha") ?? [])];
  const betas = [...(node.floats("activation_beta") ?? [])];
  const bound = node.float("clip", 0);
  if (all.length !== directions * defaults.length) throw node.refuse(`has ${all.length} activations`);
  return all.map((name) => {
    const known = Object.hasOwn(activations, name.toLowerCase()) ? activations[name.toLowerCase()] : undefined;
    if (known === undefined) throw node.refuse(`has the activation ${name}`);
    const [alpha = 0, beta = 0] = known.defaults.map((value, i) => (i === 0 ? alphas : betas).shift() ?? value);
    const fn = known.fn(alpha, beta);
    return bound > 0 ? (x) => fn(x.clip({ min: -bound, max: bound })) : fn;
  });
}

/** The state of a layer at one step: h, and c of an LSTM. */
type State = readonly Variable[];

interface Direction {
  /** Of the state, [H, gates · H]. */
  readonly r: Variable;
  /** The biases of the state, [gates · H]; null where there are none. */
  readonly rb: Variable | null;
  /** Peepholes of an LSTM, each [H]: of input, output and forget gate. */
  readonly peepholes: readonly Variable[] | null;
  readonly activations: readonly Activation[];
}

/** From what the inputs give to the gates, and the state before, to the state after. */
type Cell = (gates: Variable, state: State, direction: Direction, node: NodeCall) => State;

interface Kind {
  readonly gates: number;
  readonly states: number;
  readonly activations: readonly string[];
  readonly cell: Cell;
  /** Whether biases of the state are added to those of the inputs. */
  readonly joinsBiases: boolean;
}

const part = (x: Variable, gates: number): Variable[] => x.split(gates, { axis: x.ndim - 1 });

/** Part k of the first axis. */
const first = (x: Variable, k: number): Variable => x.slice(k, k + 1).reshape(x.shape.slice(1));

const rnnCell: Cell = (gates, [h], { r, activations: [f] }) => [f(gates.add(h.matmul(r)))];

/** Source: Cho et al. 2014; `linear_before_reset` is the variant that PyTorch and cuDNN compute. */
const gruCell: Cell = (gates, [h], { r, rb, activations: [f, g] }, node) => {
  const [xz, xr, xh] = part(gates, 3);
  const [rz, rr, rh] = part(r, 3);
  const [bz, br, bh] = rb === null ? [0, 0, 0] : part(rb, 3);
  const z = f(xz.add(h.matmul(rz)).add(bz));
  const reset = f(xr.add(h.matmul(rr)).add(br));
  const candidate =
    node.int("linear_before_reset", 0) === 0
      ? g(xh.add(reset.mul(h).matmul(rh)).add(bh))
      : g(xh.add(reset.mul(h.matmul(rh).add(bh))));
  return [sub(1, z).mul(candidate).add(z.mul(h))];
};

/** Source: Hochreiter and Schmidhuber 1997, with the peepholes of Gers and Schmidhuber 2000. */
const lstmCell: Cell = (gates, [h, c], { r, peepholes, activations: [f, g, k] }, node) => {
  const [i, o, forget, candidate] = part(gates.add(h.matmul(r)), 4);
  const seen = (gate: Variable, which: number, cell: Variable): Variable =>
    peepholes === null ? gate : gate.add(cell.mul(peepholes[which]));
  const input = f(seen(i, 0, c));
  const kept = node.int("input_forget", 0) === 0 ? f(seen(forget, 2, c)) : sub(1, input);
  const next = kept.mul(c).add(input.mul(g(candidate)));
  return [f(seen(o, 1, next)).mul(k(next)), next];
};

/** The lengths of the sequences, null where all have every step. */
function lengthsOf(node: NodeCall, steps: number): Variable | null {
  if (!node.has(4)) return null;
  const value = node.value(4);
  if (value instanceof Known && value.numbers().every((n) => n === steps)) return null;
  return node.x(4).reshape([-1, 1]);
}

const recurrent =
  (kind: Kind): Lowering =>
  (node) => {
    const isBatchFirst = node.int("layout", 0) !== 0;
    const given = node.x(0);
    const x = isBatchFirst ? given.transpose([1, 0, 2]) : given;
    const [w, r] = [node.x(1), node.x(2)];
    const direction = node.choice("direction", ["forward", "reverse", "bidirectional"], "forward");
    const directions = w.shape[0];
    if (x.ndim !== 3 || w.ndim !== 3 || r.ndim !== 3 || directions !== (direction === "bidirectional" ? 2 : 1)) {
      throw node.refuse(`has weights of shape [${w.shape.join(", ")}] for direction ${direction}`);
    }
    const [steps, batch, features] = x.shape;
    const hidden = r.shape[2];
    node.limits.checkOps(steps);
    if (node.int("hidden_size", hidden) !== hidden) throw node.refuse(`has a hidden_size that is not ${hidden}`);
    const rows = kind.gates * hidden;
    node.checkShape(1, [directions, rows, features]);
    node.checkShape(2, [directions, rows, hidden]);
    if (node.has(3)) node.checkShape(3, [directions, 2 * rows]);
    if (node.has(4)) node.checkShape(4, [batch]);
    for (let k = 0; k < kind.states; k++) {
      const shape = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
      if (node.has(5 + k)) node.checkShape(5 + k, shape);
    }
    if (kind.states === 2 && node.has(7)) node.checkShape(7, [directions, 3 * hidden]);
    for (const name of ["linear_before_reset", "input_forget"]) node.int(name);
    const fns = activationsOf(node, kind.activations, directions);
    const lengths = lengthsOf(node, steps);
    const starts = Array.from({ length: kind.states }, (_, k) => {
      const start = node.optional(5 + k);
      return start !== null && isBatchFirst ? start.transpose([1, 0, 2]) : start;
    });
    const results = Array.from({ length: directions }, (_, d) => {
      const bias = node.has(3) ? first(node.x(3), d).split(2) : null;
      const own: Direction = {
        r: first(r, d).transpose(),
        rb: kind.joinsBiases || bias === null ? null : bias[1],
        peepholes: node.has(7) && kind.states === 2 ? first(node.x(7), d).split(3) : null,
        activations: fns.slice(d * kind.activations.length, (d + 1) * kind.activations.length),
      };
      const product = x.reshape([steps * batch, features]).matmul(first(w, d).transpose());
      const biased = bias === null ? product : product.add(kind.joinsBiases ? bias[0].add(bias[1]) : bias[0]);
      const gates = biased.reshape([steps, batch, kind.gates * hidden]).split(steps);
      const zeros = constant(0, { dtype: x.dtype }).broadcastTo([batch, hidden]);
      let state: State = starts.map((start) => (start === null ? zeros : first(start, d)));
      const outputs = new Array<Variable>(steps);
      const isReverse = direction === "reverse" || d === 1;
      for (let k = 0; k < steps; k++) {
        const t = isReverse ? steps - 1 - k : k;
        const next = kind.cell(gates[t].reshape([batch, kind.gates * hidden]), state, own, node);
        // Beyond the end of a sequence its state stays, and its output is 0.
        const goesOn = lengths === null ? null : lengths.gt(t);
        outputs[t] = goesOn === null ? next[0] : goesOn.where(next[0], 0);
        state = goesOn === null ? next : next.map((value, i) => goesOn.where(value, state[i]));
      }
      return { outputs, state };
    });
    const ends = Array.from({ length: kind.states }, (_, k) => {
      const both = stack(results.map(({ state }) => state[k]));
      return isBatchFirst ? both.transpose([1, 0, 2]) : both;
    });
    if (!node.wants(0)) return [ends[0], ...ends];
    const sequences = results.map(({ outputs }) => stack(outputs));
    const y = stack(sequences, { axis: 1 });
    return [isBatchFirst ? y.transpose([2, 0, 1, 3]) : y, ...ends];
  };

export const recurrents: Lowerings = {
  RNN: recurrent({ gates: 1, states: 1, activations: ["Tanh"], cell: rnnCell, joinsBiases: true }),
  GRU: recurrent({ gates: 3, states: 1, activations: ["Sigmoid", "Tanh"], cell: gruCell, joinsBiases: false }),
  LSTM: recurrent({ gates: 4, states: 2, activations: ["Sigmoid", "Tanh", "Tanh"], cell: lstmCell, joinsBiases: true }),
};
