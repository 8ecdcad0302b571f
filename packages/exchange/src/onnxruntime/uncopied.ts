/**
 * Runs of a session whose results stay where they were written. The package copies every output that it returns, tensors that
 * were given for them included. A list is an output that it does not return: a run that asks for one first has computed and
 * written everything by the time it ends with an error that says so.
 */

import type { Draft } from "../onnx/messages/schema.ts";
import { encodeFile, type Opset } from "../onnx/out/file.ts";
import { typeNumbers } from "../onnx/out/types.ts";
import { type NativeSession, type RuntimeTensor, runtime, sessionOf } from "./binding.ts";

type Tensors = Readonly<Record<string, RuntimeTensor>>;

const list = "list";

/** What the package says of it. */
const refusal = "Non tensor type is temporarily not supported.";

/** A graph with that output before its own. */
export function withList(graph: Draft<"Graph">): Draft<"Graph"> {
  const number = { name: `${list}.number`, dims: [], data_type: typeNumbers.float32, raw_data: new Uint8Array(4) };
  return {
    ...graph,
    node: [{ op_type: "SequenceConstruct", input: [number.name], output: [list] }, ...(graph.node ?? [])],
    initializer: [number, ...(graph.initializer ?? [])],
    output: [{ name: list }, ...(graph.output ?? [])],
  };
}

/** Runs a session of such a graph, into the tensors of `fetches`. */
function runWithList(session: NativeSession, feeds: Tensors, fetches: Tensors): void {
  try {
    session.run(feeds, { [list]: null, ...fetches }, {});
  } catch (error) {
    if (!(error instanceof Error && error.message === refusal)) throw error;
  }
}

let isSpared: boolean | null = null;

/** Whether the package, as it is installed, has written results when it refuses a list. */
function sparesCopies(op: string, opset: Opset): boolean {
  if (isSpared !== null) return isSpared;
  const { Tensor } = runtime(op);
  const infoOf = (name: string) => ({
    name,
    type: { tensor_type: { elem_type: typeNumbers.float32, shape: { dim: [] } } },
  });
  const graph = withList({
    name: "graph",
    node: [{ op_type: "Neg", input: ["x"], output: ["y"] }],
    input: [infoOf("x")],
    output: [infoOf("y")],
  });
  const y = new Float32Array(1);
  try {
    const session = sessionOf(op, encodeFile(graph, opset));
    const x = new Tensor("float32", Float32Array.of(1), []);
    runWithList(session, { x }, { y: new Tensor("float32", y, []) });
    session.dispose();
  } catch {
    // Another version of the package: it is asked for its outputs alone then.
  }
  isSpared = y[0] === -1;
  return isSpared;
}

/** A session for a graph, and how it is run. */
export function sessionInto(op: string, graph: Draft<"Graph">, opset: Opset, options: object) {
  const isWithList = sparesCopies(op, opset);
  const session = sessionOf(op, encodeFile(isWithList ? withList(graph) : graph, opset), options);
  /** Runs the session, into the tensors of `fetches`. */
  return (feeds: Tensors, fetches: Tensors): void => {
    if (isWithList) runWithList(session, feeds, fetches);
    else session.run(feeds, fetches, {});
  };
}
