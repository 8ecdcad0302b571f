/** What has no form in ONNX: reasons are collected, so that one error names them all. */
import { AdjointError, GraphError } from "@adjoint/tensor";

/** Why a node cannot be written. */
export class Refusal extends AdjointError {
  override readonly name = "Refusal";

  constructor(reason: string) {
    super({ op: "toOnnx", problem: reason });
  }
}

export interface RefusedNode {
  readonly op: string;
  readonly place: string;
  readonly reason: string;
}

/** The error that names every op that was refused, how often and where first, and why. */
export function refusalOf(caller: string, refused: readonly RefusedNode[]): GraphError {
  const byReason = new Map<string, RefusedNode[]>();
  for (const one of refused) {
    const key = `${one.op}: ${one.reason}`;
    byReason.set(key, [...(byReason.get(key) ?? []), one]);
  }
  const lines = [...byReason].map(([key, nodes]) => {
    const times = nodes.length === 1 ? "" : ` (${nodes.length} times)`;
    return `${key}${times}, first at ${nodes[0].place}`;
  });
  const ops = [...new Set(refused.map(({ op }) => op))];
  return new GraphError({
    op: caller,
    problem: `${ops.length === 1 ? "one op has" : `${ops.length} ops have`} no form in ONNX: ${lines.join("; ")}`,
    expected: "ops of the table in docs/onnx.md",
    received: ops.join(", "),
    hint:
      "Write what they compute with other ops: a function of them, or the composition of an op of your own, " +
      'defineOp({ …, composed: ([x]) => … }). Or run it with compile(fn), whose engine "wasm" has every op.',
  });
}
