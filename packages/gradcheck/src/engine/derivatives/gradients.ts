/**
 * Takes gradients from the graph for any upstream vector. A rule that fails becomes a finding, not an exception.
 */

import { constant, type Node, noGrad, type Variable, variable } from "@adjoint/autograd";
import { recordingWith, sweep } from "@adjoint/autograd/internal";
import { AdjointError, kernels, Tensor } from "@adjoint/tensor";
import { floatInputs, joined, messageOf, type OutputPlace, outputsOf, placesOf, type Subject } from "../subject.ts";

/** A call with its graph. */
export interface Recorded {
  /** The Variables that the function was called with, integers included. */
  readonly xs: readonly Variable[];
  readonly outputs: readonly Variable[];
  readonly places: readonly OutputPlace[];
}

/** Why there is no gradient. */
export interface RuleFailure {
  readonly error: unknown;
  readonly message: string;
  /** The returned and the expected dtype and shape, as `float64 [2, 3]`, where they differ. */
  readonly returned?: string;
  readonly expected?: string;
}

/** The gradient of one input: its elements, null where none arrived, or why the rule failed. */
export type Gradient = Float64Array | null | RuleFailure;

/** Whether the rule failed. */
export function isFailure(gradient: Gradient): gradient is RuleFailure {
  return gradient !== null && !(gradient instanceof Float64Array);
}

/**
 * Calls the function on fresh Variables with its graph; on copies of the values, in case something writes into them.
 */
export function record(subject: Subject, points: readonly Tensor[] = subject.points.map(kernels.copy)): Recorded {
  const xs = points.map((point, k) => {
    const x = variable(point);
    x.name = subject.names[k];
    return x;
  });
  const outputs = recordingWith({ mode: "needed" }, () => outputsOf(subject.compute(...xs)));
  return { xs, outputs, places: placesOf(outputs) };
}

/** An upstream vector as one tensor for each result, of its dtype. */
export function upstreamTensors({ outputs, places }: Recorded, upstream: Float64Array): Tensor[] {
  return outputs.map((y, o) => {
    const { start, size, shape } = places[o];
    const part = upstream.slice(start, start + size);
    return kernels.cast(new Tensor(part, shape), y.dtype);
  });
}

/** The gradients of Σ ⟨upstream, result⟩ for every float input, in order; each input alone once a rule has failed. */
export function pull(subject: Subject, recorded: Recorded, upstream: readonly Tensor[]): Gradient[] {
  const targets = floatInputs(subject).map((k) => recorded.xs[k].node);
  const start = recorded.outputs.flatMap((y, o) =>
    y.requiresGrad ? [{ node: y.node, grad: constant(upstream[o]) }] : [],
  );
  if (start.length === 0) return targets.map(() => null);
  const from = (wanted: readonly Node[]): Gradient[] => {
    const found = noGrad(() => sweep(start, new Set(wanted)));
    return wanted.map((node) => {
      const grad = found.get(node);
      return grad === undefined ? null : joined([grad.value]);
    });
  };
  try {
    return from(targets);
  } catch {
    return targets.map((node) => {
      try {
        return from([node])[0];
      } catch (error) {
        return failureOf(error);
      }
    });
  }
}

function failureOf(error: unknown): RuleFailure {
  const message = messageOf(error);
  // The sweep itself names what a rule returned; any other error came from inside the rule.
  if (error instanceof AdjointError && /^backward\[\d+\]$/.test(error.argument ?? "")) {
    const { received, expected } = error;
    if (received !== undefined && expected !== undefined) return { error, message, returned: received, expected };
  }
  return { error, message };
}
