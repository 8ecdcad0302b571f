/** Measures of a model over many samples, a batch at a time, so that memory stays flat. */
import { asVariable, type Variable, type VariableLike } from "@adjoint/autograd";
import { formatShape, kernels, ShapeError, SpecError, type Tensor } from "@adjoint/tensor";
import { isRecord, type ModelInputs, type ModelTargets, targetFor } from "./inputs.ts";
import { metricName, metricOf, type Tally } from "./losses/metrics.ts";
import type { FullLossSpec, MetricSpec } from "./spec/losses.ts";

/** What is needed of a model. */
interface Evaluated {
  readonly losses: readonly { readonly output: string; readonly spec: FullLossSpec }[];
  outputs(x: ModelInputs, options: { readonly train: boolean }): Record<string, Variable>;
  lossOf(outputs: Readonly<Record<string, Variable>>, t: ModelTargets): Variable;
}

/** Samples start … start + count − 1 of a batch, or of each of several. */
function rows<Given extends ModelInputs>(x: Given, start: number, count: number): Given {
  if (isRecord(x))
    return Object.fromEntries(Object.entries(x).map(([name, of]) => [name, rows(of, start, count)])) as Given;
  return kernels.slice(tensorOf(x), [{ start, step: 1, length: count }]) as unknown as Given;
}

function tensorOf(x: VariableLike): Tensor {
  return asVariable("evaluate", x).value;
}

function countOf(op: string, x: ModelInputs, t: ModelTargets): number {
  const all = [...(isRecord(x) ? Object.values(x) : [x]), ...(isRecord(t) ? Object.values(t) : [t])].map(tensorOf);
  const count = all[0].ndim === 0 ? 0 : all[0].shape[0];
  const other = all.find(({ shape }) => shape[0] !== count);
  if (count > 0 && other === undefined) return count;
  throw new ShapeError({
    op,
    problem: `x has shape ${formatShape(all[0].shape)}, t ${formatShape((other ?? all[all.length - 1]).shape)}`,
    argument: "t",
    expected: "one target for each sample, and at least one sample",
    received: formatShape((other ?? all[all.length - 1]).shape),
    hint: "x and t need the same number of rows.",
  });
}

/** The loss, and the metrics of every output, by name. @throws ShapeError, SpecError for samples that do not fit */
export function evaluate(
  net: Evaluated,
  x: ModelInputs,
  t: ModelTargets,
  metrics: Readonly<Record<string, readonly MetricSpec[]>>,
  batchSize: number,
  op: "evaluate" | "accuracy",
): Record<string, number> {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new SpecError({
      op,
      problem: `batchSize is ${batchSize}`,
      argument: "batchSize",
      expected: "a whole number ≥ 1",
      received: String(batchSize),
      hint: "batchSize must be a whole number, 1 or more: how many samples are computed at a time.",
    });
  }
  const count = countOf(op, x, t);
  const tallies = new Map<string, { metric: MetricSpec; tally: Tally }>();
  let loss = 0;
  const isNamed = net.losses.length > 1;
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const [batch, targets] = [rows(x, start, size), rows(t, start, size)];
    const outputs = net.outputs(batch, { train: false });
    if (op === "evaluate") loss += size * net.lossOf(outputs, targets).item();
    for (const [output, list] of Object.entries(metrics)) {
      const spec = net.losses.find((of) => of.output === output)?.spec ?? null;
      const target = tensorOf(targetFor(op, targets, output, isNamed));
      for (const metric of list) {
        const name = `${output}.${metricName(metric)}`;
        const { tally } = tallies.get(name) ?? { tally: { sum: 0, count: 0 } };
        const more = metricOf(metric).add(outputs[output], target, spec);
        tallies.set(name, { metric, tally: { sum: tally.sum + more.sum, count: tally.count + more.count } });
      }
    }
  }
  const measured = [...tallies].map(([name, { metric, tally }]) => [name, metricOf(metric).value(tally)] as const);
  return { ...(op === "evaluate" ? { loss: loss / count } : {}), ...Object.fromEntries(measured) };
}
