/** Measures of a model over many samples, a batch at a time, so that memory stays flat. */
import { asVariable, constant, noGrad, type Variable, type VariableLike } from "@adjoint/autograd";
import { AdjointError, checkInteger, checkKind, formatShape, kernels, ShapeError, type Tensor } from "@adjoint/tensor";
import { type FullLossSpec, kindOfLoss } from "../losses/all.ts";
import { average, type MetricSpec, metricName, metricOf, type Tally } from "../losses/metrics.ts";
import { isRecord, type ModelInputs, type ModelTargets, targetFor } from "./inputs.ts";

/** The parts of a model that are measured. */
interface Evaluated {
  readonly losses: readonly {
    readonly output: string;
    readonly spec: FullLossSpec;
    readonly forward: (y: VariableLike, t: VariableLike) => Variable;
  }[];
  outputs(x: ModelInputs, options: { readonly train: boolean }): Record<string, Variable>;
}

/** What was measured, without the name of the only output: `accuracy` for `class.accuracy`. */
export function ofOneOutput(measured: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(measured).map(([name, value]) => [name.slice(name.lastIndexOf(".") + 1), value]);
  return Object.fromEntries(entries);
}

/** Computes the outputs of a batch by name, as a compiled function does. It is called with what it is compiled for. */
export type OutputFunction = (x: never) => Record<string, Variable>;

/** Options of a measurement. */
export interface Measuring {
  /** How many samples run at a time. */
  readonly batchSize: number;
  /** What computes the outputs of `batchSize` samples in place of the network's own function. */
  readonly outputs: OutputFunction | undefined;
}

interface Measures extends Measuring {
  /** The called method, for errors. */
  readonly op: "evaluate" | "accuracy";
  /** By output. */
  readonly metrics: Readonly<Record<string, readonly MetricSpec[]>>;
  /** A number added to the loss; null where the loss is not measured. */
  readonly penalty: number | null;
}

/** Samples start … start + count − 1 of a batch, or of each of several. */
function rows<Given extends ModelInputs>(x: Given, start: number, count: number): Given {
  if (isRecord(x))
    return Object.fromEntries(Object.entries(x).map(([name, of]) => [name, rows(of, start, count)])) as Given;
  return kernels.slice(tensorOf(x), [{ start, step: 1, length: count }]) as Tensor & Given;
}

function tensorOf(x: VariableLike): Tensor {
  return asVariable("evaluate", x).value;
}

/**
 * The outputs of the last `size` samples up to `end`. A function that was given gets batches of one size, since it may be
 * compiled for that: the last batch begins with samples that were there before. Fewer samples than that it does not get.
 */
function outputsUpTo(net: Evaluated, x: ModelInputs, end: number, size: number, { batchSize, outputs }: Measuring) {
  if (outputs === undefined || end < batchSize) return net.outputs(rows(x, end - size, size), { train: false });
  const all = outputs(rows(x, end - batchSize, batchSize) as never);
  if (size === batchSize) return all;
  const last = [{ start: batchSize - size, step: 1, length: size }];
  return Object.fromEntries(Object.entries(all).map(([name, y]) => [name, constant(kernels.slice(y.value, last))]));
}

/** How many samples there are in inputs and targets. @throws ShapeError where the numbers differ, or there are none */
function countOf(op: string, x: ModelInputs, t: ModelTargets): number {
  const all = [...(isRecord(x) ? Object.values(x) : [x]), ...(isRecord(t) ? Object.values(t) : [t])].map(tensorOf);
  if (all.length === 0) {
    throw ShapeError.of(op, "x", x, "batches by the names of inputs and outputs", { problem: "x and t are empty" });
  }
  const [{ shape }] = all;
  const count = shape[0] ?? 0;
  const other = all.find((of) => of.shape[0] !== count);
  const shapes = `x has shape ${formatShape(shape)}, t ${formatShape((other ?? all[all.length - 1]).shape)}`;
  if (other !== undefined) throw ShapeError.of(op, "t", other, "as many rows in t as in x", { problem: shapes });
  if (count > 0) return count;
  const hint = "A mean over no samples would be NaN.";
  throw ShapeError.of(op, "x", all[0], "at least one sample", { problem: `there are no samples: ${shapes}`, hint });
}

/** Tallies by name, with the function that gives their values. */
class Tallies {
  private readonly tallies = new Map<string, { tally: Tally; value: (tally: Tally) => number }>();

  add(name: string, more: Tally, value: (tally: Tally) => number): void {
    const { sum, count } = this.of(name);
    this.tallies.set(name, { tally: { sum: sum + more.sum, count: count + more.count }, value });
  }

  of(name: string): Tally {
    return this.tallies.get(name)?.tally ?? { sum: 0, count: 0 };
  }

  values(): Record<string, number> {
    return Object.fromEntries([...this.tallies].map(([name, { tally, value }]) => [name, value(tally)]));
  }
}

/** The loss, and the metrics of every output, by name. @throws ShapeError, SpecError for samples that do not fit */
export function evaluate(net: Evaluated, x: ModelInputs, t: ModelTargets, measures: Measures): Record<string, number> {
  const { op, metrics, batchSize, penalty, outputs: given } = measures;
  checkInteger(op, "batchSize", batchSize, 1);
  checkKind(op, "outputs", given, given === undefined || typeof given === "function", "a function of a batch");
  const count = countOf(op, x, t);
  const measured = new Tallies();
  const losses = new Tallies();
  const isNamed = new Set([...net.losses.map(({ output }) => output), ...Object.keys(metrics)]).size > 1;
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    try {
      const targets = rows(t, start, size);
      const outputs = outputsUpTo(net, x, start + size, size, measures);
      const targetOf = (output: string): Tensor => tensorOf(targetFor(op, targets, output, isNamed));
      for (const { output, spec, forward } of penalty === null ? [] : net.losses) {
        const [y, target] = [outputs[output], targetOf(output)];
        const { isSum = false, terms: termsOf } = kindOfLoss(spec);
        const terms = isSum ? 1 : (termsOf?.(spec, y, target) ?? size);
        // A batch without terms has no mean. Only when no batch has any does the loss report it.
        if (terms === 0 && (losses.of(output).count > 0 || start + size < count)) continue;
        const { weight = 1 } = spec;
        const more = { sum: terms * forward(y, target).item(), count: terms };
        losses.add(output, more, (all) => weight * (isSum ? all.sum : average(all)));
      }
      for (const [output, list] of Object.entries(metrics)) {
        const spec = net.losses.find((of) => of.output === output)?.spec ?? null;
        for (const metric of list) {
          const { add, value } = metricOf(metric);
          measured.add(`${output}.${metricName(metric)}`, add(outputs[output], targetOf(output), spec), value);
        }
      }
    } catch (error) {
      // Errors count samples from the start of their batch.
      const isPart = error instanceof AdjointError && start > 0;
      throw isPart ? error.locate(`samples ${start} … ${start + size - 1}`) : error;
    }
  }
  if (penalty === null) return measured.values();
  const loss = Object.values(losses.values()).reduce((sum, one) => sum + one, penalty);
  return { loss, ...measured.values() };
}

/** The share of samples whose largest score is at the right class, a batch at a time: of the first loss for classes. */
export function accuracyOf(net: Evaluated, x: ModelInputs, t: ModelTargets, measuring: Measuring): number {
  const { output } = net.losses.find(({ spec }) => kindOfLoss(spec).classifies) as Evaluated["losses"][number];
  const measures = { ...measuring, op: "accuracy", metrics: { [output]: ["accuracy"] }, penalty: null } as const;
  return noGrad(() => evaluate(net, x, t, measures))[`${output}.accuracy`];
}
