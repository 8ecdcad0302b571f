/**
 * Checks forward mode of user-defined ops: their forward rule, or the claim (`linear`, `batch: "elementwise"`) that it
 * follows from. Once the backward rules are known to be right, ⟨u, J v⟩ must equal ⟨Jᵀ u, v⟩.
 */
import { constant, jvp, type OpDefinition, primitives, topologicalOrder, vjp } from "@adjoint/autograd";
import { apply, ruleOf } from "@adjoint/autograd/internal";
import { kernels, type Tensor } from "@adjoint/tensor";
import { apart } from "../../report/numbers.ts";
import type { Diagnosis } from "../../report/report.ts";
import { inner, innerOfMagnitudes } from "../inner.ts";
import { epsilonOf, messageOf, type Subject } from "../subject.ts";
import { randomVector } from "../upstream.ts";
import { record } from "./gradients.ts";

const builtIn: ReadonlySet<OpDefinition<never>> = new Set(Object.values(primitives));

/** Diagnoses the first user-defined op with wrong forward mode; null where there is none. */
export function wrongForward(subject: Subject, seed: number): Diagnosis | null {
  const nodes = record(subject).outputs.map((y) => y.node);
  for (const node of topologicalOrder(nodes, ({ requiresGrad }) => requiresGrad)) {
    const op = node.op as OpDefinition<object> | null;
    if (op === null || builtIn.has(node.op as OpDefinition<never>)) continue;
    if (op.jvp === undefined && op.linear === undefined && op.batch !== "elementwise") continue;
    const inputs = node.inputs.map((x, i) => node.savedInputs?.[i] ?? x.owner?.value ?? null);
    if (inputs.some((x) => x === null)) continue;
    const moving = node.inputs.flatMap((x, i) => (x.requiresGrad && ruleOf(op as never, i) !== null ? [i] : []));
    // All inputs move together, then each alone, with null tangents for the others.
    for (const some of moving.length > 1 ? [moving, ...moving.map((i) => [i])] : [moving]) {
      const found = mistakeIn(op, inputs as Tensor[], node.attributes, some, seed);
      if (found !== null) return found;
    }
  }
  return null;
}

/**
 * What makes all elements of a tangent count alike, so that large ones hide no mistake in others: 1 / |t|, as far as
 * products of it stay finite.
 */
function weights(tangent: Tensor): Tensor {
  const most = epsilonOf(tangent.dtype) > 1e-10 ? 2 ** 40 : 2 ** 300;
  const like = kernels.copy(tangent);
  const { data } = like;
  for (let i = 0; i < like.size; i++) {
    const size = Math.abs(Number(data[i]));
    data[i] = size > 0 && Number.isFinite(size) ? Math.min(1 / size, most) : 1;
  }
  return like;
}

function mistakeIn(
  op: OpDefinition<object>,
  inputs: readonly Tensor[],
  attributes: object,
  moving: readonly number[],
  seed: number,
): Diagnosis | null {
  const compute = (...xs: Parameters<typeof apply>[1][number][]) => {
    const all = inputs.map((x, i) => (moving.includes(i) ? xs[moving.indexOf(i)] : constant(x)));
    return apply(op, all, attributes);
  };
  const xs = moving.map((i) => constant(inputs[i]));
  const random = (like: Tensor, stream: number): Tensor => {
    const values = randomVector(like.size, seed + stream);
    return kernels.reshape(kernels.cast(constant(values).value, like.dtype), like.shape);
  };
  const vs = xs.map(({ value }, k) => random(value, 301 + k));
  const [source, fix] =
    op.jvp === undefined
      ? [
          "what it claims (linear, batch)",
          "Correct the claim or leave it out: forward mode then follows from the backward rules.",
        ]
      : [
          "its forward rule",
          "The definition's jvp gives J v for the tangents v of the inputs; null means a tangent of 0.",
        ];
  const wrong = (verb: string, what: string): Diagnosis => ({
    kind: "forward",
    certainty: 1,
    op: op.name,
    text: `Forward mode of ${op.name} ${verb}; the gradient is right: by ${source}, ${what} ${fix}`,
  });
  try {
    const { value, tangent } = jvp(compute, xs, vs);
    const u = kernels.mul(random(value.value, 300), weights(tangent.value));
    const pulled = vjp(compute, ...xs).pullback(u);
    const summed = (product: typeof inner): number => pulled.reduce((sum, x, k) => sum + product(x.value, vs[k]), 0);
    const [forward, backward] = [inner(tangent.value, u), summed(inner)];
    // Both add up the same products in another order (Higham 2002, 3.1), of numbers that some operations made.
    const terms = u.size + vs.reduce((n, v) => n + v.size, 0);
    const epsilon = Math.max(...[u, ...vs].map(({ dtype }) => epsilonOf(dtype)));
    const magnitude = innerOfMagnitudes(tangent.value, u) + summed(innerOfMagnitudes);
    if (Math.abs(forward - backward) <= (16 + terms) * epsilon * magnitude) return null;
    const [found, right] = apart(forward, backward);
    return wrong("is wrong", `⟨u, J v⟩ = ${found}, but by the backward rules ⟨Jᵀ u, v⟩ = ${right}.`);
  } catch (error) {
    return wrong("fails", `jvp throws: ${messageOf(error).replace(/\.?$/, ".")}`);
  }
}
