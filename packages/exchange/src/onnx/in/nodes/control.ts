/** If, Loop and Scan, which run graphs of their own: conditions and counts have to be known, and loops are unrolled. */
import { constant, stack, type Variable } from "@adjoint/autograd";
import { kernels, Tensor } from "@adjoint/tensor";
import type { Message } from "../../messages/schema.ts";
import type { NodeCall } from "./call.ts";
import { type Held, hasNoSequence, Known, knownIntegers, type Value } from "./values.ts";

/** What such a node needs to run. */
export interface ControlCall {
  readonly node: NodeCall;
  /** Runs one of the node's graphs, in a scope of its own. */
  readonly run: (graph: Message<"Graph">, inputs: readonly Held[], part: string) => readonly Held[];
  /** What `compute` makes of some values: known where these are known and small. */
  readonly compute: (inputs: readonly Value[], compute: () => Variable) => Value;
}

/** Computes a node with what is around it. */
export type Control = (call: ControlCall) => readonly Held[];

const runBranch: Control = ({ node, run }) => {
  node.checkTruth(0);
  const isThen = node.number(0) !== 0;
  const [yes, no] = [node.graph("then_branch"), node.graph("else_branch")];
  return run(isThen ? yes : no, [], "");
};

/** Values of all steps along a new axis. */
function stacked({ node, compute }: ControlCall, steps: readonly Held[], axis: number): Value {
  if (!hasNoSequence(steps)) throw node.refuse("collects sequences, and only tensors can be stacked");
  return compute(steps, () => stack(steps.map(node.variableOf), { axis }));
}

/** What a body gives in each step, where there is none: nothing, of the shape that the file says. */
function emptyOf(node: NodeCall, { name = "", type }: Message<"ValueInfo">, axis: number): Value {
  const lengths = type?.tensor_type?.shape?.dim.map(({ dim_value }) => dim_value ?? -1);
  if (lengths === undefined || lengths.some((n) => !Number.isSafeInteger(n) || n < 0)) {
    throw node.refuse(`runs no step, and the file does not give the shape of "${name}"`);
  }
  const shape = lengths.toSpliced(axis, 0, 0);
  const dtype = node.dtype(type?.tensor_type?.elem_type ?? 0);
  return constant(kernels.cast(new Tensor(new Float32Array(0), shape), dtype));
}

/** Runs a body again and again; stops after so many steps, or where the condition that it gives is false. */
const runLoop: Control = (call) => {
  const { node, run } = call;
  const body = node.graph("body");
  const most = node.has(0) ? node.number(0) : Number.POSITIVE_INFINITY;
  let goesOn = node.has(1) ? node.number(1) !== 0 : true;
  let carried: readonly Held[] = node.held(2);
  const scans = body.output.length - 1 - carried.length;
  if (body.input.length !== carried.length + 2 || scans < 0) {
    throw node.refuse(
      `has a body of ${body.input.length} inputs and ${body.output.length} outputs for ${carried.length} values`,
    );
  }
  const made: Held[][] = Array.from({ length: scans }, () => []);
  for (let k = 0; k < most && goesOn; k++) {
    const [condition, ...results] = run(body, [knownIntegers([k], []), truth(goesOn), ...carried], String(k));
    carried = results.slice(0, carried.length);
    results.slice(carried.length).forEach((value, i) => {
      made[i].push(value);
    });
    if (!(condition instanceof Known)) {
      throw node.refuse("goes on by a condition that depends on inputs or parameters", {
        hint: "Loops are unrolled, so the number of their steps must follow from the file and the shapes of the inputs.",
      });
    }
    goesOn = condition.numbers()[0] !== 0;
  }
  const outputs = made.map((steps, i) =>
    steps.length === 0 ? emptyOf(node, body.output[1 + carried.length + i], 0) : stacked(call, steps, 0),
  );
  return [...carried, ...outputs];
};

const truth = (value: boolean): Known => new Known(new Tensor(Uint8Array.of(Number(value)), []));

/** Runs a body on each slice of its inputs, one after the other. */
const runScan: Control = (call) => {
  const { node, run, compute } = call;
  if (node.version < 9) throw node.refuse(`is of version ${node.version}`, { expected: "version 9 or later" });
  const body = node.graph("body");
  const count = node.int("num_scan_inputs", 0);
  const all = node.values();
  let carried: readonly Held[] = all.slice(0, all.length - count);
  const inputs = all.slice(carried.length);
  const scans = body.output.length - carried.length;
  if (!(count >= 1 && count <= all.length) || body.input.length !== all.length || scans < 0) {
    throw node.refuse(
      `has a body of ${body.input.length} inputs and ${body.output.length} outputs for ${all.length} values`,
    );
  }
  const listOf = (name: string, length: number): readonly number[] => {
    const given = node.ints(name) ?? [];
    if (given.length !== 0 && given.length !== length) throw node.refuse(`has ${given.length} ${name}`);
    return given.length === 0 ? new Array<number>(length).fill(0) : given;
  };
  const [reversed, reversedOut] = [listOf("scan_input_directions", count), listOf("scan_output_directions", scans)];
  const [axes, axesOut] = [listOf("scan_input_axes", count), listOf("scan_output_axes", scans)];
  const parts = inputs.map((x, i) => {
    const { shape } = x;
    const axis = node.axis(axes[i], shape.length);
    const at = (k: number): Value =>
      compute([x], () => {
        const start = shape.map((_, d) => (d === axis ? k : 0));
        const one = node.variableOf(x).slice({ start, stop: shape.map((n, d) => (d === axis ? k + 1 : n)) });
        return one.reshape(shape.toSpliced(axis, 1));
      });
    return { length: shape[axis], at };
  });
  const [{ length }] = parts;
  if (parts.some((part) => part.length !== length)) {
    throw node.refuse(`scans inputs of ${parts.map((part) => part.length).join(" and ")} steps`);
  }
  node.limits.checkOps(length);
  const made: Held[][] = Array.from({ length: scans }, () => []);
  for (let k = 0; k < length; k++) {
    const slices = parts.map(({ at }, i) => at(reversed[i] === 0 ? k : length - 1 - k));
    const results = run(body, [...carried, ...slices], String(k));
    carried = results.slice(0, carried.length);
    results.slice(carried.length).forEach((value, i) => {
      if (reversedOut[i] === 0) made[i].push(value);
      else made[i].unshift(value);
    });
  }
  const outputs = made.map((steps, i) => {
    const info = body.output[carried.length + i];
    const ndim =
      steps.length > 0 ? node.variableOf(steps[0] as Value).ndim : (info.type?.tensor_type?.shape?.dim.length ?? 0);
    const axis = node.axis(axesOut[i], ndim + 1);
    return steps.length === 0 ? emptyOf(node, info, axis) : stacked(call, steps, axis);
  });
  return [...carried, ...outputs];
};

/** The nodes by the names of their ops. */
export const controls: ReadonlyMap<string, Control> = new Map([
  ["If", runBranch],
  ["Loop", runLoop],
  ["Scan", runScan],
]);
