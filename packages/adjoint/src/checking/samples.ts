/** What an op of a file is tried on: the samples that the file gives, or inputs that the op's shape rule accepts. */
import { asVariable, noGrad, type Op, type OpDefinition, type VariableLike, variable } from "@adjoint/autograd";
import { AdjointError, kernels, rng, type Shape, SpecError, type Tensor } from "@adjoint/tensor";

export interface OpSample {
  readonly inputs: readonly VariableLike[];
  readonly attributes: object;
}

/** An op, whatever its inputs and attributes. */
export type AnyOp = Op<never> & { readonly definition: OpDefinition<never> };

export function callOp(op: AnyOp, inputs: readonly VariableLike[], attributes: object): ReturnType<Op> {
  const call = op as unknown as (...args: readonly unknown[]) => ReturnType<Op>;
  return Object.keys(attributes).length === 0 ? call(...inputs) : call(...inputs, attributes);
}

function isArbitrary(value: unknown): boolean {
  return typeof (value as { generate?: unknown } | null)?.generate === "function";
}

function unusable(name: string, problem: string): SpecError {
  return new SpecError({
    op: "check",
    problem: `the samples of ${name} ${problem}`,
    argument: "samples",
    expected: "an array of { inputs: [...], attributes: {...} }, or a fast-check arbitrary of them",
    hint: `Write export const samples = { ${name}: [{ inputs: [[1, 2, 3]] }] }; inputs may be nested arrays.`,
  });
}

function asInput(value: unknown): VariableLike {
  return Array.isArray(value) || ArrayBuffer.isView(value)
    ? variable(value as never, { dtype: "float64" })
    : (value as VariableLike);
}

function asSample(name: string, value: unknown): OpSample {
  const { inputs, attributes = {} } = (Array.isArray(value) ? { inputs: value } : value) as Partial<OpSample>;
  if (!Array.isArray(inputs) || attributes === null || typeof attributes !== "object") {
    throw unusable(name, `hold ${JSON.stringify(value) ?? String(value)}, which has no list of inputs`);
  }
  return { inputs: inputs.map((x, i) => asVariable("check", asInput(x), `input ${i} of ${name}`)), attributes };
}

/**
 * The samples that a file gives for an op.
 * @param given a list of samples or a fast-check arbitrary of them, of which `count` are drawn
 */
export async function givenSamples(name: string, given: unknown, count: number, seed: number): Promise<OpSample[]> {
  if (isArbitrary(given)) {
    const { default: fc } = await import("fast-check");
    return fc.sample(given as never, { numRuns: count, seed }).map((value) => asSample(name, value));
  }
  if (!Array.isArray(given)) throw unusable(name, "are no list");
  if (given.length === 0) throw unusable(name, "are empty");
  return given.map((value) => asSample(name, value));
}

/** Shapes that ops of so many inputs may take, the likeliest first. */
function candidates(count: number): Shape[][] {
  const common: readonly Shape[] = [[2, 3], [4], [2, 3, 4], [3, 3], [1, 2, 4, 4], [5, 1], []];
  const alike = common.map((shape) => new Array<Shape>(count).fill(shape));
  if (count === 1) return alike;
  const products = ["2 3 · 3 4", "2 3 · 3", "2 3 · 1 3", "3 · 3 2", "2 2 3 · 2 3 2", "2 3 ·"].map((pair) =>
    pair.split("·").map((shape): Shape => shape.split(" ").filter(Boolean).map(Number)),
  );
  const others = products.map(([a, b]) => [a, b, ...new Array<Shape>(count - 2).fill([b[b.length - 1] ?? 1])]);
  return [...alike, ...others];
}

/** How numbers are drawn: of either sign first; positive for logarithms and roots; between 0 and 1 for others. */
const ranges = [
  { low: -2, high: 2 },
  { low: 0.3, high: 2 },
  { low: 0.1, high: 0.9 },
] as const;

function tryOut(op: AnyOp, shapes: readonly Shape[], range: (typeof ranges)[number], seed: number): OpSample | null {
  const random = rng(seed);
  const inputs = shapes.map((shape) => random.uniform(shape, { ...range, dtype: "float64" }) as Tensor);
  try {
    const y = noGrad(() => callOp(op, inputs, {}));
    return y.size > 0 && kernels.allFinite(y.value) ? { inputs, attributes: {} } : null;
  } catch (error) {
    // A kernel that gives something else than the shape rule says is a mistake of the op, not a bad guess.
    if (error instanceof AdjointError && error.argument === "forward") throw error;
    return null;
  }
}

/**
 * Inputs of several shapes that the op's shape rule accepts and for which it gives finite numbers, `count` at the most.
 * @throws SpecError when there are none: the op needs attributes, or inputs of a kind that cannot be guessed
 */
export function guessedSamples(name: string, op: AnyOp, count: number, seed: number): OpSample[] {
  const { backward } = op.definition;
  const arities = typeof backward === "function" ? [2, 1, 3] : [backward.length];
  for (const range of ranges) {
    const found: OpSample[] = [];
    for (const shapes of arities.flatMap(candidates)) {
      const sample = found.length < count ? tryOut(op, shapes, range, seed + found.length) : null;
      if (sample !== null) found.push(sample);
    }
    if (found.length > 0) return found;
  }
  const problem = `no inputs could be guessed for ${name}: it needs attributes, or refuses all shapes that were tried`;
  const expected = "samples in the file";
  const hint = `Add to the file: export const samples = { ${name}: [{ inputs: [[1, 2, 3]], attributes: {} }] }.`;
  throw new SpecError({ op: "check", problem, argument: "samples", expected, hint });
}
