/** A function as a program for batches of any size: traced for two sizes, what differs between them is what grows. */
import { abstractVariable, type GraphNode, type Variable } from "@adjoint/autograd";
import { type Program, trace } from "@adjoint/compiler";
import { type DType, GraphError, type Shape } from "@adjoint/tensor";

/** An input of a function of batches: its name, and the shape of one sample. */
export interface BatchInput {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A program in which every multiple of `batch` grows with the batch; of a fixed size, `batch` is null. */
export interface BatchProgram {
  readonly program: Program;
  readonly batch: number | null;
}

/** Sizes to try: primes, of which no other length is a multiple by chance; where one is, the next pair is taken. */
const sizes = [
  [8191, 8179],
  [7919, 7907],
  [6007, 5987],
] as const;

type Compute = (xs: readonly Variable[]) => unknown;

/** The program for batches of one size. */
export function ofBatch(compute: Compute, inputs: readonly BatchInput[], size: number): Program {
  const examples = inputs.map(({ name, shape, dtype }) => {
    const x = abstractVariable({ shape: [size, ...shape], dtype }, { requiresGrad: false });
    x.node.name = name;
    return x;
  });
  return trace((...xs: Variable[]) => compute(xs), ...examples);
}

/**
 * The program for batches of any size.
 * @throws GraphError where the batch does not stay an axis, or numbers of a fixed size for each sample take part
 */
export function ofAnyBatch(op: string, compute: Compute, inputs: readonly BatchInput[]): BatchProgram {
  let problem = "";
  for (const [one, other] of sizes) {
    const [program, second] = [one, other].map((size) => ofBatch(compute, inputs, size));
    const found = differenceOf(program, second, one, other);
    if (found === null) return { program, batch: one };
    problem = found;
  }
  throw new GraphError({
    op,
    problem: `the model cannot be written for batches of any size: ${problem}`,
    argument: "batch",
    expected: "a fixed number of samples",
    received: "any",
    hint: `Write it for a fixed number of samples: ${op}(net, { batch: 1 }).`,
  });
}

/** What is neither the same for both sizes nor a multiple of them; null where all is. */
function differenceOf(first: Program, second: Program, one: number, other: number): string | null {
  const [a, b] = [first.graph.nodes, second.graph.nodes];
  if (a.length !== b.length) return "it computes other ops for other sizes";
  for (const [i, node] of a.entries()) {
    const [x, y] = [numbersOf(node), numbersOf(b[i])];
    if (node.op !== b[i].op || x.length !== y.length) return "it computes other ops for other sizes";
    for (let k = 0; k < x.length; k++) {
      const same = x[k] === y[k] && (x[k] === 0 || x[k] % one !== 0);
      const grows = x[k] !== y[k] && x[k] % one === 0 && x[k] / one === y[k] / other;
      if (!(same || grows))
        return `${node.op ?? "a constant"} has a ${x[k]} for ${one} samples, a ${y[k]} for ${other}`;
    }
  }
  return null;
}

/** The numbers of a node that a batch may be in: lengths, attributes, and the value of a constant that is one number. */
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
  }
  return numbers;
}
