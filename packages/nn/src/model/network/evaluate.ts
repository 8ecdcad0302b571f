/** Measures of a model over many samples, a batch at a time, so that memory stays flat. */
import { asVariable, type Variable, type VariableLike } from "@adjoint/autograd";
import { ShapeError, type Tensor } from "@adjoint/tensor";
import { checkBatchSize, countOf, rowsFrom } from "../../networks/measures.ts";
import type { MetricSpec } from "../losses/metrics.ts";
import { average, metricName, metricOf, type Tally } from "../losses/metrics.ts";
import type { FullLossSpec } from "../losses/table.ts";
import { lossKind } from "../losses/table.ts";
import { isRecord, type ModelInputs, type ModelTargets, targetFor } from "./inputs.ts";

/** What is needed of a model. */
interface Evaluated {
  readonly losses: readonly {
    readonly output: string;
    readonly spec: FullLossSpec;
    readonly forward: (y: VariableLike, t: VariableLike) => Variable;
  }[];
  outputs(x: ModelInputs, options: { readonly train: boolean }): Record<string, Variable>;
}

/** What is to be measured, and how. */
interface Measures {
  /** Who was called, for errors. */
  readonly op: "evaluate" | "accuracy";
  /** By output. */
  readonly metrics: Readonly<Record<string, readonly MetricSpec[]>>;
  readonly batchSize: number;
  /** What is added to the loss; null where the loss is not asked for. */
  readonly penalty: number | null;
}

/** Samples start … start + count − 1 of a batch, or of each of several. */
function rows<Given extends ModelInputs>(x: Given, start: number, count: number): Given {
  if (isRecord(x))
    return Object.fromEntries(Object.entries(x).map(([name, of]) => [name, rows(of, start, count)])) as Given;
  return rowsFrom(tensorOf(x), start, count) as Tensor & Given;
}

function tensorOf(x: VariableLike): Tensor {
  return asVariable("evaluate", x).value;
}

function samplesIn(op: string, x: ModelInputs, t: ModelTargets): number {
  const all = [...(isRecord(x) ? Object.values(x) : [x]), ...(isRecord(t) ? Object.values(t) : [t])].map(tensorOf);
  if (all.length === 0) {
    throw new ShapeError({
      op,
      problem: "x and t are empty",
      argument: "x",
      expected: "samples and targets",
      hint: "Pass batches by the names of inputs and outputs.",
    });
  }
  return countOf(op, all);
}

/** Sums with the number of their terms, by name; and what each means. */
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
export function evaluate(
  net: Evaluated,
  x: ModelInputs,
  t: ModelTargets,
  { op, metrics, batchSize, penalty }: Measures,
): Record<string, number> {
  checkBatchSize(op, batchSize);
  const count = samplesIn(op, x, t);
  const measured = new Tallies();
  const losses = new Tallies();
  const isNamed = new Set([...net.losses.map(({ output }) => output), ...Object.keys(metrics)]).size > 1;
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const [batch, targets] = [rows(x, start, size), rows(t, start, size)];
    const outputs = net.outputs(batch, { train: false });
    const targetOf = (output: string): Tensor => tensorOf(targetFor(op, targets, output, isNamed));
    for (const { output, spec, forward } of penalty === null ? [] : net.losses) {
      const [y, target] = [outputs[output], targetOf(output)];
      const { isSum = false, terms: termsOf } = lossKind(spec);
      const terms = isSum ? 1 : (termsOf?.(spec, y, target) ?? size);
      // Over no terms there is no mean: only if there are none in any batch, the loss says so.
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
  }
  if (penalty === null) return measured.values();
  const loss = Object.values(losses.values()).reduce((sum, one) => sum + one, penalty);
  return { loss, ...measured.values() };
}
