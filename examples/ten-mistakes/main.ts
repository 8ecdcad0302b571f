/**
 * Ten mistakes that people make in backward rules, and what gradcheck says of each. The same ten are in
 * benchmarks/peers/gradcheck_torch.py, for PyTorch's checker.
 */
import {
  defineOp,
  gradcheck,
  kernels,
  matmul,
  mul,
  type Op,
  type OpDefinition,
  repeat,
  rng,
  type Shape,
  type Tensor,
  tensor,
  transpose,
  type Variable,
} from "adjoint";

const normal = (shape: Shape, seed: number): Tensor => rng(seed).normal(shape, { dtype: "float64" });
const x = normal([2, 3], 1);
const [a, b] = [normal([2, 2], 2), normal([2, 2], 3)];
const places = tensor([2, 0, 2, 2], { dtype: "int32" });

interface Mistake {
  readonly words: string;
  readonly op: (...xs: Variable[]) => Variable;
  readonly inputs: readonly Tensor[];
}

/** softmax along the last axis. */
function softmaxOf(z: Tensor): Tensor {
  const powers = kernels.exp(kernels.sub(z, kernels.max(z, [z.ndim - 1], true)));
  return kernels.div(powers, kernels.sum(powers, [z.ndim - 1], true));
}

/** An op with a mistake, whose result has the shape of its first input unless it says otherwise. */
const mistaken = (
  words: string,
  inputs: readonly Tensor[],
  definition: Omit<OpDefinition, "infer"> & Partial<Pick<OpDefinition, "infer">>,
): Mistake => ({ words, inputs, op: defineOp({ infer: ([z]) => z, ...definition }) });

const mistakes: readonly Mistake[] = [
  mistaken("square: the 2 is forgotten", [x], {
    name: "mySquare",
    forward: ([z]) => kernels.square(z),
    backward: [({ grad, inputs: [z] }) => mul(grad, z)],
  }),
  mistaken("subtraction: the minus is forgotten for the second operand", [a, b], {
    name: "mySub",
    forward: ([p, q]) => kernels.sub(p, q),
    backward: [({ grad }) => grad, ({ grad }) => grad],
  }),
  mistaken("multiplication: the operands are not exchanged", [a, b], {
    name: "myMul",
    forward: ([p, q]) => kernels.mul(p, q),
    backward: [({ grad, inputs: [p] }) => mul(grad, p), ({ grad, inputs: [, q] }) => mul(grad, q)],
  }),
  mistaken("matrix product: the second factor is not transposed", [a, b], {
    name: "myMatmul",
    forward: ([p, q]) => kernels.matmul(p, q),
    backward: [({ grad, inputs: [, q] }) => matmul(grad, q), ({ grad, inputs: [p] }) => matmul(transpose(p), grad)],
  }),
  mistaken("mean: the 1/N is forgotten", [x], {
    name: "myMean",
    infer: ([z]) => ({ shape: [], dtype: z.dtype }),
    forward: ([z]) => kernels.div(kernels.sum(z), z.size),
    backward: [({ grad, inputs: [z] }) => repeat(grad, z.shape)],
  }),
  mistaken("relu: the mask is forgotten", [x], {
    name: "myRelu",
    forward: ([z]) => kernels.relu(z),
    backward: [({ grad }) => grad],
  }),
  mistaken("softmax: the sum is taken for a constant", [x], {
    name: "mySoftmax",
    forward: ([z]) => softmaxOf(z),
    backward: [({ grad, output }) => mul(grad, output)],
  }),
  mistaken("embedding: of rows taken several times the last gradient stays", [normal([3, 2], 4), places], {
    name: "myEmbedding",
    infer: ([table, rows]) => ({ shape: [rows.shape[0], table.shape[1]], dtype: table.dtype }),
    forward: ([table, rows]) => kernels.indexSelect(table, rows, 0),
    backward: [({ grad, inputs: [table, rows] }) => lastOf(grad, rows, table.shape), null],
  }),
  mistaken("bias: the gradient is not summed over the batch", [x, normal([3], 5)], {
    name: "myBias",
    forward: ([z, bias]) => kernels.add(z, bias),
    backward: [({ grad }) => grad, ({ grad }) => grad],
  }),
  mistaken("exponential: the gradient that arrives is left out", [x], {
    name: "myExp",
    forward: ([z]) => kernels.exp(z),
    backward: [({ output }) => mul(output, 1)],
  }),
];

/** Written into zeros instead of added: the mistake. */
function lastOf(grad: Variable, rows: Variable, shape: Shape): Variable {
  const chosen = Array.from({ length: shape[0] }, (_, row) => (rows.toArray() as number[]).lastIndexOf(row));
  const picks = chosen.map((at) => (at < 0 ? mul(grad.index([0]), 0) : grad.index([at])));
  return picks[0].stack(picks.slice(1));
}

for (const { words, op, inputs } of mistakes) {
  const report = gradcheck(op as Op, inputs);
  const wrong = report.inputs.filter(({ ok }) => !ok);
  console.log(`${words}\n`);
  if (wrong.length === 0) console.log("  It went unnoticed.\n");
  for (const { name, diagnoses } of wrong) {
    const [first] = diagnoses;
    console.log(`  ${name}: ${first.text} (${first.kind}, ${Math.round(100 * first.certainty)} % sure)`);
  }
  console.log();
}
