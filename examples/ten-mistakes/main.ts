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

const mistakes: readonly Mistake[] = [
  {
    words: "square: the 2 is forgotten",
    op: defineOp({
      name: "mySquare",
      infer: ([z]) => z,
      forward: ([z]) => kernels.square(z),
      backward: [({ grad, inputs: [z] }) => mul(grad, z)],
    }),
    inputs: [x],
  },
  {
    words: "subtraction: the minus is forgotten for the second operand",
    op: defineOp({
      name: "mySub",
      infer: ([p]) => p,
      forward: ([p, q]) => kernels.sub(p, q),
      backward: [({ grad }) => grad, ({ grad }) => grad],
    }),
    inputs: [a, b],
  },
  {
    words: "multiplication: the operands are not exchanged",
    op: defineOp({
      name: "myMul",
      infer: ([p]) => p,
      forward: ([p, q]) => kernels.mul(p, q),
      backward: [({ grad, inputs: [p] }) => mul(grad, p), ({ grad, inputs: [, q] }) => mul(grad, q)],
    }),
    inputs: [a, b],
  },
  {
    words: "matrix product: the second factor is not transposed",
    op: defineOp({
      name: "myMatmul",
      infer: ([p]) => p,
      forward: ([p, q]) => kernels.matmul(p, q),
      backward: [({ grad, inputs: [, q] }) => matmul(grad, q), ({ grad, inputs: [p] }) => matmul(transpose(p), grad)],
    }),
    inputs: [a, b],
  },
  {
    words: "mean: the 1/N is forgotten",
    op: defineOp({
      name: "myMean",
      infer: ([z]) => ({ shape: [], dtype: z.dtype }),
      forward: ([z]) => kernels.div(kernels.sum(z), z.size),
      backward: [({ grad, inputs: [z] }) => repeat(grad, z.shape)],
    }),
    inputs: [x],
  },
  {
    words: "relu: the mask is forgotten",
    op: defineOp({
      name: "myRelu",
      infer: ([z]) => z,
      forward: ([z]) => kernels.relu(z),
      backward: [({ grad }) => grad],
    }),
    inputs: [x],
  },
  {
    words: "softmax: the sum is taken for a constant",
    op: defineOp({
      name: "mySoftmax",
      infer: ([z]) => z,
      forward: ([z]) => softmaxOf(z),
      backward: [({ grad, output }) => mul(grad, output)],
    }),
    inputs: [x],
  },
  {
    words: "embedding: of rows taken several times the last gradient stays",
    op: defineOp({
      name: "myEmbedding",
      infer: ([table, rows]) => ({ shape: [rows.shape[0], table.shape[1]], dtype: table.dtype }),
      forward: ([table, rows]) => kernels.indexSelect(table, rows, 0),
      backward: [({ grad, inputs: [table, rows] }) => lastOf(grad, rows, table.shape), null],
    }),
    inputs: [normal([3, 2], 4), places],
  },
  {
    words: "bias: the gradient is not summed over the batch",
    op: defineOp({
      name: "myBias",
      infer: ([z]) => z,
      forward: ([z, bias]) => kernels.add(z, bias),
      backward: [({ grad }) => grad, ({ grad }) => grad],
    }),
    inputs: [x, normal([3], 5)],
  },
  {
    words: "exponential: the gradient that arrives is left out",
    op: defineOp({
      name: "myExp",
      infer: ([z]) => z,
      forward: ([z]) => kernels.exp(z),
      backward: [({ output }) => mul(output, 1)],
    }),
    inputs: [x],
  },
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
