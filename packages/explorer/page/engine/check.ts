/**
 * The numerical check of a node, by the library's own gradcheck: of an op its rules at the values it has, of a leaf the
 * gradient of the output through the whole graph.
 */
import { add, cast, constant, sum, type Variable } from "@adjoint/autograd";
import { type GradcheckReport, gradcheck } from "@adjoint/gradcheck";
import { GraphError, isFloat, kernels, type Tensor } from "@adjoint/tensor";
import { differentiated, type Session } from "./session.ts";

/** What a check found: the report, and its text. */
export interface CheckView {
  readonly report: GradcheckReport;
  readonly text: string;
}

/** Checks one node. @throws AdjointError where there is no derivative to check */
export function checkNode(session: Session, id: number, names: readonly string[]): CheckView {
  const node = session.current.nodes[id];
  const report = node.op === null ? checkLeaf(session, id, names) : checkOp(session, id, names);
  // A copy without the functions that print it, which a worker cannot send; JSON would make null of NaN and infinity.
  return { report: { ...report } as GradcheckReport, text: String(report) };
}

function tensorAt({ current }: Session, id: number): Tensor {
  return current.nodes[id].value as Tensor;
}

function checkOp(session: Session, id: number, names: readonly string[]): GradcheckReport {
  const node = session.current.nodes[id];
  const op = session.op(id);
  if (op === null) {
    throw new GraphError({ op: "check", problem: `the page does not have the op "${node.op}"` });
  }
  if (!session.hasRules(id)) {
    throw new GraphError({ op: "check", problem: `no gradient passes "${node.op}": there is no rule to check` });
  }
  requireFinite(tensorAt(session, id));
  const distinct = names.map((name, i) => (names.indexOf(name) === i ? name : `${name} (${i})`));
  return gradcheck(
    (...xs: Variable[]) => op(...xs),
    node.inputs.map((input) => tensorAt(session, input)),
    { names: distinct },
  );
}

/** Where a result is NaN or infinite the rule is not wrong: there is no derivative to compare it with. */
function requireFinite(result: Tensor): void {
  const bad = kernels.copy(result).data.find((x) => !Number.isFinite(Number(x)));
  if (bad === undefined) return;
  throw new GraphError({
    op: "check",
    problem: `the result is ${Number(bad)} here, where no derivative can be computed to compare with`,
    hint: "Give the leaves values at which it is a finite number.",
  });
}

/** How long a check of every entry may take, in milliseconds; beyond, random directions are checked. */
const patience = 4000;
/** About how often the function is evaluated for one entry: ten steps, on both sides. */
const evaluations = 20;

function checkLeaf(session: Session, id: number, names: readonly string[]): GradcheckReport {
  const value = tensorAt(session, id);
  const start = performance.now();
  requireFinite(outputFrom(session, id, constant(asFloat64(value))).value);
  const duration = (performance.now() - start) * value.size * evaluations;
  const mode = duration > patience ? "projected" : "auto";
  return gradcheck((x: Variable) => outputFrom(session, id, x), [value], { names, mode });
}

/** The sum that the graph's gradients are of as a function of one leaf, in float64. */
function outputFrom(session: Session, leaf: number, x: Variable): Variable {
  const { nodes } = session.current;
  const results = new Map<number, Variable>([[leaf, x]]);
  for (const node of nodes) {
    if (node.id === leaf || node.role === "gradient") continue;
    if (node.op === null || !node.inputs.some((input) => results.has(input))) continue;
    const inputs = node.inputs.map((input) => results.get(input) ?? constant(asFloat64(tensorAt(session, input))));
    results.set(
      node.id,
      node.op === "cast" && isFloat(node.dtype) ? cast(inputs[0], "float64") : callOp(session, node.id, inputs),
    );
  }
  const reached = differentiated(session.current).flatMap((output) => results.get(output) ?? []);
  if (reached.length === 0) throw new GraphError({ op: "check", problem: "no output depends on this leaf" });
  return reached.map((y) => sum(y)).reduce((a, b) => add(a, b));
}

function callOp(session: Session, id: number, inputs: readonly Variable[]): Variable {
  const op = session.op(id);
  if (op === null) throw new GraphError({ op: "check", problem: `the page does not have the op of n${id}` });
  return op(...inputs);
}

function asFloat64(x: Tensor): Tensor {
  return x.dtype === "float32" ? kernels.cast(x, "float64") : x;
}
