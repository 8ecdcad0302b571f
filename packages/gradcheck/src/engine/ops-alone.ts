/**
 * Checks each op of a function by itself, to find the one with the wrong rule.
 *
 * Also, where several kinks meet in one number, a chain of right rules may give a value that lies outside
 * the slopes of the whole: relu(x) − relu(−x) is x, and its rules give 0 at 0. Then the ops alone decide.
 */

import { type Node, type OpDefinition, topologicalOrder } from "@adjoint/autograd";
import { apply, ruleOf } from "@adjoint/autograd/internal";
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import type { Diagnosis, InputReport } from "../report/report.ts";
import { record } from "./derivatives/gradients.ts";
import type { Subject } from "./subject.ts";

/** Functions of more ops than this are not checked op by op. */
const mostOps = 200;

/** An op as a function at the values that it got. */
export interface OpAlone extends Subject {
  /** Its name. */
  readonly op: string;
}

/**
 * The ops that a call applies, each as a function at the values that it got; empty when there is only one, which is
 * the function itself.
 */
export function opsAlone(subject: Subject): OpAlone[] {
  const { outputs } = record(subject);
  const ends = outputs.map((y) => y.node);
  const order = topologicalOrder(ends, (node) => node.requiresGrad);
  if (order.filter(({ op }) => op !== null).length < 2) return [];
  const values = new Map<Node, Tensor>();
  const known = (node: Node): Tensor | null => values.get(node) ?? node.owner?.value ?? null;
  const subjects: OpAlone[] = [];
  for (const node of order) {
    if (node.op === null) continue;
    const op = node.op as unknown as OpDefinition<object>;
    const inputs = node.inputs.map(known);
    if (inputs.some((x) => x === null)) continue;
    const points = inputs.map((x) => kernels.copy(x as Tensor));
    values.set(node, op.forward(points, node.attributes));
    if (points.every((x, i) => !isFloat(x.dtype) || ruleOf(node.op as OpDefinition<never>, i) === null)) continue;
    const { attributes } = node;
    subjects.push({
      op: op.name,
      compute: (...xs) => apply(op, xs, attributes),
      points,
      names: points.map((_, i) => String(i)),
      dtype: points.some((x) => x.dtype === "float32") ? "float32" : "float64",
    });
  }
  return subjects.length > mostOps ? [] : subjects;
}

/**
 * Diagnoses the first op whose rule is wrong, alone: its Jacobian says more than that of the whole function.
 *
 * @param check the reports on an op alone
 */
export function wrongOp(subject: Subject, check: (one: Subject) => readonly InputReport[]): Diagnosis[] {
  for (const alone of opsAlone(subject)) {
    const wrong = check(alone).find(({ ok, diagnoses }) => !ok && diagnoses[0]?.kind !== "not-finite");
    if (wrong === undefined) continue;
    const [first] = wrong.diagnoses;
    if (first === undefined) continue;
    return [
      { ...first, op: alone.op, text: `In the rule of ${alone.op} (for its input ${wrong.name}): ${first.text}` },
    ];
  }
  return [];
}
