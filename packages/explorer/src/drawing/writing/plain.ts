/**
 * Rules in the form that textbooks give them, where a rule computes the same in another way to keep its digits. Each
 * form is equal to the recorded one, since probabilities y add up to 1 along their axis.
 */
import type { GraphData } from "@adjoint/autograd";
import { type carefulOps, isCareful } from "../quiet.ts";
import { backwardExpression, type Expression } from "./expression.ts";

type Applied = Extract<Expression, { readonly kind: "op" }>;

/** The arguments of an op of this name; none for anything else. */
function argsOf(expression: Expression | undefined, op: string): readonly (Expression | undefined)[] {
  return expression?.kind === "op" && expression.op === op ? expression.args : [];
}

/** What is summed and repeated along the axis it was summed over, and that sum. */
function totalled(expression: Expression | undefined): { readonly of: Expression; readonly sum: Applied } | null {
  const [sum] = argsOf(expression, "repeat");
  const [of] = argsOf(sum, "sum");
  return of === undefined ? null : { of, sum: sum as Applied };
}

const isSame = (a: Expression | undefined, b: Expression | undefined): boolean =>
  a !== undefined && b !== undefined && a.kind !== "one" && b.kind !== "one" && a.node !== null && a.node === b.node;

/** An op that no recorded node stands for. */
const applied = (like: Applied, op: string, args: readonly Expression[]): Applied => ({
  ...like,
  node: null,
  op,
  attributes: {},
  args,
});

/** y (r − Σ y r) with r = ∂y − c is y (∂y − Σ y ∂y): what is one number along the axis falls out. */
function softmaxRule(expression: Applied): Expression | null {
  const [y, centered] = argsOf(expression, "mul");
  const [relative, average] = argsOf(centered, "sub");
  const total = totalled(average);
  const [sameY, sameRelative] = argsOf(total?.of, "mul");
  const [given, shift] = argsOf(relative, "sub");
  if (total === null || y === undefined || given === undefined || centered?.kind !== "op") return null;
  if (!isSame(y, sameY) || !isSame(relative, sameRelative) || totalled(shift) === null) return null;
  const sum: Applied = { ...total.sum, node: null, args: [applied(total.of as Applied, "mul", [y, given])] };
  const repeated: Applied = { ...(average as Applied), node: null, args: [sum] };
  return { ...expression, args: [y, { ...centered, node: null, args: [given, repeated] }] };
}

/** ∂y (1 − y) − y (Σ ∂y − ∂y) is ∂y − y Σ ∂y, also where 1 − y was added up from the others. */
function logSoftmaxRule(expression: Applied): Expression | null {
  const [own, others] = argsOf(expression, "sub");
  const [given, complement] = argsOf(own, "mul");
  const [y, rest] = argsOf(others, "mul");
  const [total, sameGiven] = argsOf(rest, "sub");
  const [, , plainComplement] = argsOf(complement, "where");
  const [, sameY] = argsOf(plainComplement, "sub");
  if (given === undefined || y === undefined || total === undefined || others?.kind !== "op") return null;
  if (!isSame(given, sameGiven) || !isSame(y, sameY) || totalled(total) === null) return null;
  return { ...expression, args: [given, { ...others, node: null, args: [y, total] }] };
}

const rules: Readonly<Record<(typeof carefulOps)[number], (expression: Applied) => Expression | null>> = {
  softmax: softmaxRule,
  logSoftmax: logSoftmaxRule,
};

/** What a rule computed for one of its inputs, as it is read. */
export interface ReadRule {
  /** The textbook's form where there is one, else what was recorded. */
  readonly expression: Expression;
  /** What was recorded, where that is something else; else null. */
  readonly recorded: Expression | null;
}

/** What the rule of a forward node computed for one of its inputs, from the gradient that arrived. */
export function readRule(graph: GraphData, id: number, upstream: number, gradient: number): ReadRule {
  const recorded = backwardExpression(graph, id, upstream, gradient);
  const { op } = graph.nodes[id];
  const simplified = isCareful(op) && recorded.kind === "op" ? rules[op](recorded) : null;
  return simplified === null ? { expression: recorded, recorded: null } : { expression: simplified, recorded };
}
