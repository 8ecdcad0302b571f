/**
 * Checks second derivatives: the gradients are a function of inputs and upstream gradient, checked like any other.
 */

import { constant, mul, type Variable, variable } from "@adjoint/autograd";
import { recordingWith, sweep } from "@adjoint/autograd/internal";
import { isFloat, Tensor } from "@adjoint/tensor";
import { apart } from "../../report/numbers.ts";
import type { Diagnosis, InputReport } from "../../report/report.ts";
import { floatInputs, outputsOf, type Subject } from "../subject.ts";
import { randomVector } from "../upstream.ts";
import { record, upstreamTensors } from "./gradients.ts";

/** The function from inputs and upstream gradients to the gradients of all float inputs. */
export function gradientSubject(subject: Subject, seed: number): Subject {
  const { outputs, places } = record(subject);
  const upstream = outputs.map((y, o) => {
    const random = randomVector(places[o].size, seed + 300 + o);
    return new Tensor(y.dtype === "float32" ? Float32Array.from(random) : random, y.shape);
  });
  const count = subject.points.length;
  return {
    dtype: subject.dtype,
    points: [...subject.points, ...upstream],
    names: [...subject.names, ...upstream.map((_, o) => (upstream.length === 1 ? "upstream" : `upstream ${o}`))],
    compute: (...given) => gradientsOf(subject, given.slice(0, count), given.slice(count)),
  };
}

/** The function from inputs to the gradients of all float inputs, for one upstream gradient. */
export function gradientSubjectFor(subject: Subject, upstream: Float64Array): Subject {
  const tensors = upstreamTensors(record(subject), upstream);
  return {
    ...subject,
    compute: (...xs) =>
      gradientsOf(
        subject,
        xs,
        tensors.map((x) => constant(x)),
      ),
  };
}

/** The gradients of all float inputs, with their graph. */
function gradientsOf(subject: Subject, given: readonly Variable[], upstream: readonly Variable[]): Variable[] {
  return recordingWith({ mode: "needed" }, () => {
    // Numerical derivatives pass constants: the first derivative needs a graph of its own all the same.
    const xs = given.map((x) => (isFloat(x.dtype) && !x.requiresGrad ? variable(x.value) : x));
    const results = outputsOf(subject.compute(...xs));
    const start = results.map((y, o) => ({ node: y.node, grad: upstream[o] }));
    const live = start.filter((_, o) => results[o].requiresGrad);
    const inputs = floatInputs(subject);
    const found = live.length === 0 ? new Map<never, Variable>() : sweep(live, new Set(inputs.map((k) => xs[k].node)));
    return inputs.map((k) => found.get(xs[k].node as never) ?? mul(xs[k], 0));
  });
}

/**
 * The reports with the mistakes in the second derivatives, and the number of their entries that are unsure.
 *
 * @param second the reports on {@link gradientSubject}: those of the inputs, then those of the upstream gradients
 */
export function withSecondOrder(reports: readonly InputReport[], second: readonly InputReport[]): InputReport[] {
  const wrong = second.find(({ ok }) => !ok);
  return reports.map((first, j) => {
    const report = { ...first, unsure: first.unsure + second[j].unsure, checked: first.checked + second[j].checked };
    if (wrong === undefined) return report;
    // Blame the inputs whose gradients do not follow them; the upstream gradient's mistakes belong to all.
    const own = second[j].ok ? (second.slice(0, reports.length).every(({ ok }) => ok) ? wrong : null) : second[j];
    if (own === null) return report;
    const { worst } = own;
    return { ...report, ok: false, worst: worst ?? report.worst, wrong: own.wrong, diagnoses: [secondOrder(own)] };
  });
}

function secondOrder({ name, diagnoses: [cause], worst }: InputReport): Diagnosis {
  const numbers = worst === null ? "" : ` (${apart(worst.analytic, worst.numerical).join(" instead of ")})`;
  const detached = cause?.kind === "detached";
  return {
    kind: "second-order",
    certainty: 0.95,
    text:
      `The gradient is right, but its derivative with respect to ${name} is not${numbers}. ` +
      (detached
        ? "The rule computes with values outside the graph (kernels, .value, constant or detach): use ops on Variables."
        : `The second derivative: ${cause?.text ?? "it differs."}`),
    ...(cause === undefined ? {} : { cause: cause.kind }),
  };
}
