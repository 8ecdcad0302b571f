/**
 * The output of a step from its inputs: the layer runs on shapes alone, so that its shape rule is that of its ops. The
 * batch has a size that no user chooses.
 */
import { abstractVariable, inferShapes, type OpDefinition, type Variable } from "@adjoint/autograd";
import { AdjointError, formatShape, GraphError, rng, type Shape, SpecError, sameShape, sizeOf } from "@adjoint/tensor";
import type { LayerKind, SampleSpec } from "../layers/kind/layer-kind.ts";
import type { ParameterPlan } from "../layers/kind/parameter.ts";
import type { Mistake } from "../read/mistake.ts";
import type { Step } from "./steps.ts";

/** No value of one sample, and no parameter, may have more numbers than this. */
export const MOST_NUMBERS = 2 ** 28;

/** Most ops of a layer. An LSTM has some fifteen for each time step. */
const MOST_OPS = 200_000;

/** Most ops of all layers together, so that planning takes a second or two. */
const MOST_OPS_IN_ALL = 300_000;

/** Most inferences in the search for fixes. */
const MOST_TRIES = 5000;

/**
 * Numbers of samples, primes that no shape has by chance. Layers of users are run with both: what depends on the batch
 * differs between them.
 */
const BATCHES = [999_983, 999_979] as const;

/** The shapes of a step. */
export interface Inferred {
  readonly output: SampleSpec;
  readonly parameters: Readonly<Record<string, ParameterPlan>>;
  readonly statistics: Readonly<Record<string, ParameterPlan>>;
}

/** A step, or a variation of one. */
export type Inferrable = Pick<Step, "name" | "path" | "kind" | "definition" | "spec">;

/** Infers steps, each once: the layers of a repeated block are remembered. */
export class Inference {
  private readonly ops: ReadonlyMap<string, OpDefinition<never>>;
  private readonly found = new Map<string, Inferred | null>();
  private opsLeft = MOST_OPS_IN_ALL;
  private triesLeft = MOST_TRIES;

  constructor(ops: ReadonlyMap<string, OpDefinition<never>>) {
    this.ops = ops;
  }

  /** Infers a step, or says what is wrong with it. */
  infer(step: Inferrable, inputs: readonly SampleSpec[]): Inferred | Mistake {
    const { name, path, kind } = step;
    const wrong = wrongInput(step, inputs);
    if (wrong !== null) return { path, layer: name, kind, ...wrong };
    const key = keyOf(step, inputs);
    const known = this.found.get(key);
    if (known) return known;
    const first = opsMade();
    const most = Math.min(MOST_OPS, this.opsLeft);
    try {
      if (most <= 0) throw tooLong();
      const found = inferUnchecked(step, inputs, this.ops, most);
      this.found.set(key, found);
      return found;
    } catch (error) {
      this.found.set(key, null);
      const isAll = error instanceof GraphError && most < MOST_OPS;
      return mistakeOf(step, inputs, isAll ? tooLong() : error);
    } finally {
      this.opsLeft -= opsMade() - first;
    }
  }

  /** The output of a variation of a step; null where it does not fit or the limit is reached. */
  attempt(step: Inferrable, inputs: readonly SampleSpec[]): SampleSpec | null {
    if (!this.mayTry) return null;
    this.triesLeft--;
    if (this.found.get(keyOf(step, inputs)) === null) return null;
    const found = this.infer(step, inputs);
    return isMistake(found) ? null : found.output;
  }

  /** Whether a search may go on: it gets half of all ops. */
  get mayTry(): boolean {
    return this.triesLeft > 0 && this.opsLeft > MOST_OPS_IN_ALL / 2;
  }
}

/** Everything that an inference depends on. */
function keyOf({ kind, spec }: Inferrable, inputs: readonly SampleSpec[]): string {
  const { name: _, from: __, ...options } = spec;
  return JSON.stringify([kind, options, inputs.map(({ shape, type }) => [type, ...shape])]);
}

/** The number of nodes made so far. */
function opsMade(): number {
  return abstractVariable({ shape: [], dtype: "float32" }).node.id;
}

function tooLong(): SpecError {
  return new SpecError({
    op: "plan",
    problem: `the layers up to this one take more than ${MOST_OPS_IN_ALL.toLocaleString("en-US")} ops`,
    expected: `at most ${MOST_OPS_IN_ALL} ops`,
    hint: "Use fewer layers or shorter sequences.",
  });
}

/** Whether something was inferred, or a mistake found. */
export function isMistake(found: Inferred | Mistake): found is Mistake {
  return "problem" in found;
}

function inferUnchecked(
  { name, definition, spec }: Inferrable,
  inputs: readonly SampleSpec[],
  ops: ReadonlyMap<string, OpDefinition<never>>,
  maxOps: number,
): Inferred {
  const parameters = definition.parameters?.(spec, inputs) ?? {};
  const statistics = definition.statistics?.(spec, inputs) ?? {};
  for (const [key, { shape }] of Object.entries({ ...parameters, ...statistics })) checkSize(`its ${key}`, shape);
  const batches = definition.isForeign === true ? BATCHES : BATCHES.slice(0, 1);
  const [first, second = null] = batches.map((batch) => {
    const run = (): Variable => {
      const variables = (plans: Readonly<Record<string, ParameterPlan>>, requiresGrad: boolean) => {
        const abstract = ([key, { shape }]: [string, ParameterPlan]) =>
          [key, abstractVariable({ shape, dtype: "float32" }, { name: `${name}.${key}`, requiresGrad })] as const;
        return Object.fromEntries(Object.entries(plans).map(abstract));
      };
      const layer = definition.layer(spec, {
        inputs,
        parameters: variables(parameters, true),
        statistics: variables(statistics, false),
        generator: rng(0),
        ops,
      });
      const xs = inputs.map((input) => batchOf(input, batch));
      return typeof layer === "function" ? layer(xs, { train: true }) : layer.forward(xs[0], { train: true });
    };
    return inferShapes(run, { maxOps, maxSize: batch * MOST_NUMBERS });
  });
  const shape = first.shape.slice(1);
  const isBatch = first.shape[0] === BATCHES[0];
  if (!isBatch || (second !== null && !sameShape(second.shape, [BATCHES[1], ...shape]))) {
    throw new SpecError({
      op: name,
      problem: `gives ${symbolic(formatShape(first.shape))} for a batch of N samples`,
      expected: "[N, ...]",
      received: symbolic(formatShape(first.shape)),
      hint: "A layer keeps the first axis, which is the batch.",
    });
  }
  checkSize("one sample of its output", shape);
  return { output: { shape, type: typeOf(definition, inputs) }, parameters, statistics };
}

/** A batch of samples of which only the shape is known. */
function batchOf({ shape, type }: SampleSpec, batch: number): Variable {
  const isFloat = type === "float";
  const spec = { shape: [batch, ...shape], dtype: isFloat ? "float32" : "int32" } as const;
  return abstractVariable(spec, { requiresGrad: isFloat });
}

/** Layers that only rearrange pass labels on. */
function typeOf({ takes }: LayerKind, inputs: readonly SampleSpec[]): SampleSpec["type"] {
  return takes === "any" ? inputs[0].type : "float";
}

/** @throws SpecError for a tensor that would have too many numbers to be made */
function checkSize(what: string, shape: Shape): void {
  if (sizeOf(shape) <= MOST_NUMBERS) return;
  const most = MOST_NUMBERS.toLocaleString("en-US");
  const problem = `${what} would have the shape ${formatShape(shape)}, more than ${most} numbers`;
  const expected = `at most ${MOST_NUMBERS} numbers`;
  throw new SpecError({ op: "plan", problem, expected, received: formatShape(shape) });
}

type WrongInput = Pick<Mistake, "problem" | "expected" | "received" | "hint">;

/** Mistakes of the input itself: its number of axes, or labels instead of real numbers. */
export function wrongInput(
  { kind, definition, spec }: Pick<Inferrable, "kind" | "definition" | "spec">,
  inputs: readonly SampleSpec[],
): WrongInput | null {
  const { axes, takes = "float" } = definition;
  const [{ shape, type }] = inputs;
  const received = formatShape(shape);
  if (axes !== undefined && shape.length !== axes.length) {
    const expected = `[${axes.join(", ")}]`;
    const problem = `${kind} got an input of shape ${received}; it needs ${expected}`;
    return { problem, expected, received, ...hintForAxes(shape, axes) };
  }
  if (definition.takesMask === true && inputs.length > 1) {
    const mistake = wrongMask(kind, shape, inputs[1]);
    if (mistake !== null) return mistake;
  }
  if (takes === "any" || takes === type) return null;
  if (takes === "labels") {
    return {
      problem: `${kind} got real numbers; it needs labels, which are integers`,
      expected: "labels: integers",
      received: "real numbers",
      hint: `Declare the input as { "shape": [${shape.join(", ")}], "type": "labels" }.`,
    };
  }
  const before = "kind" in spec ? "Put an embedding layer before it, or declare" : "Declare";
  return {
    problem: `${kind} got labels; it needs real numbers`,
    expected: "real numbers",
    received: "labels",
    hint: `${before} the input without "type": "labels".`,
  };
}

/** A mask that does not say of each step of a sample whether it counts, or how many do. */
function wrongMask(kind: string, [steps]: Shape, mask: SampleSpec): WrongInput | null {
  const isLabels = mask.type === "labels";
  if (isLabels && mask.shape.length === 1 && (mask.shape[0] === steps || mask.shape[0] === 1)) return null;
  const received = `${isLabels ? "labels" : "real numbers"} ${formatShape(mask.shape)}`;
  return {
    problem: `the mask of ${kind} is ${received}`,
    expected: `labels [${steps}], or a length [1]`,
    received,
    hint: `A mask is labels [${steps}], 0 where a step is padding, or labels [1], how many steps count.`,
  };
}

function hintForAxes(shape: Shape, axes: readonly string[]): { readonly hint?: string } {
  if (axes[0] === "channels" && shape.length === 2) {
    return { hint: `For grey images declare input: [1, ${shape.join(", ")}].` };
  }
  if (axes[0] === "channels" && shape.length === 1) {
    const side = Math.sqrt(shape[0]);
    const square = Number.isInteger(side) ? `, for a square image [1, ${side}, ${side}]` : "";
    return { hint: `Declare the input as an image${square}, or move this layer before those that flatten.` };
  }
  if (axes[0] === "time" && shape.length === 1) {
    return { hint: "Embed labels first, or declare input: [time, features]." };
  }
  if (axes[0] === "time" && shape.length === 3 && shape[0] === 1) {
    const reshape = `{ "kind": "reshape", "shape": [${shape[1]}, ${shape[2]}] }`;
    return { hint: `To read the rows as a sequence, put ${reshape} before it.` };
  }
  return {};
}

/** The inputs of a layer, as a sentence. */
export function placeOf(inputs: readonly SampleSpec[]): string {
  const got = inputs.map(({ shape }) => formatShape(shape)).join(" and ");
  return inputs.length === 1 ? `Its input is ${got}.` : `Its inputs are ${got}.`;
}

/** An error of the layer as a mistake in the spec, in which the batch is N. */
function mistakeOf({ name, path, kind }: Inferrable, inputs: readonly SampleSpec[], error: unknown): Mistake {
  const place = placeOf(inputs);
  if (!(error instanceof AdjointError)) {
    const problem = `cannot be applied: ${error instanceof Error ? error.message : String(error)}`;
    return { path, layer: name, kind, problem, hint: place };
  }
  const { problem, expected, received, hint } = error;
  return {
    path,
    layer: name,
    kind,
    problem: symbolic(problem),
    ...(expected === undefined ? {} : { expected: symbolic(expected) }),
    ...(received === undefined ? {} : { received: symbolic(received) }),
    hint: hint === undefined ? place : `${symbolic(hint)} ${place}`,
  };
}

/** A text with N in place of the size of the batch and its multiples. */
function symbolic(text: string): string {
  return text.replaceAll(/\d{1,3}(?:,\d{3})+|\d{6,}/g, (digits) => {
    const factor = Number(digits.replaceAll(",", "")) / BATCHES[0];
    if (!Number.isInteger(factor)) return digits;
    return factor === 1 ? "N" : `N·${digits.includes(",") ? factor.toLocaleString("en-US") : factor}`;
  });
}
