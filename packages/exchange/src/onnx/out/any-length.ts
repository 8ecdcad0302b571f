/** A function as a program for axes of any length, such as batches: traced for two lengths, what differs between them is what grows. */
import { abstractVariable, type GraphNode, type Variable } from "@adjoint/autograd";
import { type Program, trace } from "@adjoint/compiler";
import { AdjointError, type DType, GraphError } from "@adjoint/tensor";
import type { OpenAxis } from "./emitter.ts";
import { isCounting } from "./write-graph.ts";

/** An input: its name, and its shape, with names for lengths that are open; the same name is the same length. */
export interface OpenInput {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly dtype: DType;
}

/** A program in which every length that is a multiple of those of `open` grows with them. */
export interface OpenProgram {
  readonly program: Program;
  readonly open: readonly OpenAxis[];
}

/** Two lengths to try. */
type Pair = readonly [one: number, other: number];

/**
 * Lengths to try: primes, of which no other length is a multiple by chance; where one is, the next ones are taken. Batches are
 * larger than what models have of anything, other axes long enough for windows one behind the other.
 */
export const batches: readonly Pair[] = [
  [8191, 8179],
  [7919, 7907],
  [6007, 5987],
];
export const lengths: readonly Pair[] = [
  [97, 101],
  [103, 107],
  [31, 37],
  [109, 113],
  [41, 43],
  [127, 131],
  [149, 151],
];

export type Compute = (xs: readonly Variable[]) => unknown;

/** The program for lengths of open axes. */
export function ofLengths(
  compute: Compute,
  inputs: readonly OpenInput[],
  sizes: Readonly<Record<string, number>>,
): Program {
  const examples = inputs.map(({ name, shape, dtype }) => {
    const whole = shape.map((n) => (typeof n === "number" ? n : sizes[n]));
    const x = abstractVariable({ shape: whole, dtype }, { requiresGrad: false });
    x.node.name = name;
    return x;
  });
  return trace((...xs: Variable[]) => compute(xs), ...examples);
}

/**
 * The program for open axes of any length.
 * @param first  lengths to try for the first open axis; others have {@link lengths}
 * @throws GraphError where an open axis does not stay one, or numbers of a fixed length take part
 */
export function ofAnyLength(
  op: string,
  compute: Compute,
  inputs: readonly OpenInput[],
  first: readonly Pair[],
  hint: string,
): OpenProgram {
  const names = [...new Set(inputs.flatMap(({ shape }) => shape.filter((n) => typeof n === "string")))];
  let problem = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    const pairs = names.map((_, k) => (k === 0 ? first[attempt] : lengths[(attempt + k) % lengths.length]));
    const open = [0, 1].map((i) => names.map((name, k): OpenAxis => ({ name, length: pairs[k][i] })));
    try {
      const programs = open.map((axes) =>
        ofLengths(compute, inputs, Object.fromEntries(axes.map(({ name, length }) => [name, length]))),
      );
      const found = differenceOf(programs, open);
      if (found === null) return { program: programs[0], open: open[0] };
      problem = found;
    } catch (error) {
      if (!(error instanceof AdjointError) || attempt === 2) throw error;
    }
  }
  throw new GraphError({
    op,
    problem: `the model cannot be written for a ${names.join(" and a ")} of any size: ${problem}`,
    argument: names[0] ?? "x",
    expected: "lengths that are known",
    received: "any",
    hint,
  });
}

/** What is neither the same for both lengths nor a product with them; null where all is. */
function differenceOf(programs: readonly Program[], open: readonly (readonly OpenAxis[])[]): string | null {
  const [a, b] = programs.map(({ graph }) => graph.nodes);
  const [one, other] = open;
  const sizes = open.map((axes) => axes.map(({ name, length }) => `${name} ${length}`).join(", "));
  /** What a number is for the other lengths. */
  const grown = (n: number): number =>
    one.reduce((product, { length }, k) => {
      let rest = product;
      for (let left = n; left !== 0 && left % length === 0; left /= length) rest = (rest / length) * other[k].length;
      return rest;
    }, n);
  for (const [i, node] of a.entries()) {
    const twin = b[i] as GraphNode | undefined;
    const [x, y] = [numbersOf(node), twin === undefined ? [] : numbersOf(twin)];
    const what = `${node.op ?? "a constant"}${node.scope === "" ? "" : ` of ${node.scope}`}`;
    if (node.op !== twin?.op || x.length !== y.length) return `it computes other ops for other sizes, from ${what} on`;
    const k = x.findIndex((n, at) => grown(n) !== y[at]);
    if (k >= 0) return `${what} has a ${x[k]} for ${sizes[0]}, a ${y[k]} for ${sizes[1]}`;
  }
  return a.length === b.length ? null : "it computes more ops for other sizes";
}

/** The numbers of a node that a length may be in: its shape, attributes, a constant of one number; and if it counts. */
function numbersOf({ shape, attributes, value, op }: GraphNode): number[] {
  const numbers = [...shape];
  JSON.stringify(attributes, (_, part) => {
    if (typeof part === "number" && Number.isFinite(part)) numbers.push(part);
    return part;
  });
  if (op === null && value !== undefined && value.size > 0) {
    const first = Number(value.data[value.offset]);
    const isOne = value.strides.every((step, axis) => step === 0 || shape[axis] === 1);
    if (isOne && Number.isFinite(first)) numbers.push(first);
    numbers.push(Number(isCounting(value)));
  }
  return numbers;
}
