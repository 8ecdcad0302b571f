/** Layers and losses beyond the book against PyTorch's values and gradients, in float64. */
import { readFileSync } from "node:fs";
import { concat, logSoftmax, type Variable, variable } from "@adjoint/autograd";
import { kernels, type Shape, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { binaryCrossEntropyWithLogits } from "../losses/binary-cross-entropy.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { huberLoss } from "../losses/huber.ts";
import { klDivergence } from "../losses/kl-divergence.ts";
import { l1Loss } from "../losses/l1.ts";
import { mseLoss } from "../losses/mse.ts";
import { AdaptiveAveragePooling } from "./adaptive-average-pooling.ts";
import { MultiHeadAttention } from "./attention.ts";
import { AveragePooling } from "./average-pooling.ts";
import { BatchNormalization } from "./batch-normalization.ts";
import { Convolution } from "./convolution.ts";
import { Embedding } from "./embedding.ts";
import { GlobalAveragePooling } from "./global-average-pooling.ts";
import { GroupNormalization } from "./group-normalization.ts";
import { GruCell } from "./gru.ts";
import { LayerNormalization } from "./layer-normalization.ts";
import { LstmCell } from "./lstm.ts";
import { TransposedConvolution } from "./transposed-convolution.ts";

interface Values {
  readonly shape: Shape;
  readonly data: readonly number[];
}

interface Case {
  readonly name: string;
  readonly inputs: readonly Values[];
  readonly attrs: Readonly<Record<string, never>>;
  readonly output: Values;
  readonly upstream: Values;
  readonly grads: readonly Values[];
  readonly indices?: readonly (number | readonly number[])[];
  readonly target?: Values;
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("../fixtures/torch-layers.json", import.meta.url), "utf8"),
);

const f64 = (values: Values): Tensor => tensor(Float64Array.from(values.data), { shape: values.shape });
const int32 = (values: unknown): Tensor => tensor(values as never, { dtype: "int32" });

/** How a case is computed here. */
const compute: Readonly<Record<string, (c: Case, ...xs: Variable[]) => Variable>> = {
  convolution: ({ attrs }, x, W, b) => new Convolution(W, b, attrs).forward(x),
  transposedConvolution: ({ attrs }, x, W, b) => new TransposedConvolution(W, b, attrs).forward(x),
  averagePooling: ({ attrs: { size, ...rest } }, x) => new AveragePooling(size, size, rest).forward(x),
  adaptiveAveragePooling: ({ attrs: { size } }, x) => new AdaptiveAveragePooling(size[0], size[1]).forward(x),
  layerNormalization: ({ attrs }, x, gamma, beta) => new LayerNormalization(gamma, beta, attrs).forward(x),
  groupNormalization: ({ attrs: { groups, ...rest } }, x, gamma, beta) =>
    new GroupNormalization(groups, gamma, beta, rest).forward(x),
  batchNormalization: (_, x, gamma, beta) => new BatchNormalization(gamma, beta, { perChannel: true }).forward(x),
  embedding: ({ indices }, W) => new Embedding(W).forward(int32(indices)),
  lstmCell: (_, x, h, c, Wx, Wh, b) => {
    const next = new LstmCell(Wx, Wh, b).forward(x, { h, c });
    return concat([next.h, next.c], { axis: 1 });
  },
  gruCell: (_, x, h, Wx, Wh, bx, bh) => new GruCell(Wx, Wh, bx, bh).forward(x, h),
  multiHeadAttention: ({ attrs }, x, Wq, Wk, Wv, Wo, bq, bk, bv, bo) =>
    new MultiHeadAttention({ Wq, Wk, Wv, Wo, bq, bk, bv, bo }, attrs).forward(x),
  crossEntropy: ({ attrs, indices }, x) => crossEntropy(x, int32(indices), { ...attrs, ignoreIndex: -100 }),
  binaryCrossEntropyWithLogits: ({ target }, x) => binaryCrossEntropyWithLogits(x, f64(target as Values)),
  huber: ({ attrs, target }, x) => huberLoss(x, f64(target as Values), attrs),
  l1: ({ target }, x) => l1Loss(x, f64(target as Values)),
  mse: ({ target }, x) => mseLoss(x, f64(target as Values)),
  klDivergence: ({ target }, x) => klDivergence(logSoftmax(x), f64(target as Values)),
};

/** Sums of up to a few hundred products in another order: 1e-12 of the largest is thousands of ulps. */
function expectNear(found: Tensor | undefined, expected: Values, what: string): void {
  expect(found?.shape, what).toEqual(expected.shape);
  const largest = Math.max(1, ...expected.data.map(Math.abs));
  const flat = Array.from(kernels.copy(found as Tensor).data, Number);
  flat.forEach((value, i) => {
    expect(Math.abs(value - expected.data[i]), `${what}, entry ${i}`).toBeLessThan(1e-12 * largest);
  });
}

describe("as PyTorch", () => {
  it.each(cases.map((one, i) => [`${one.name} ${JSON.stringify(one.attrs)} (${i})`, one] as const))("%s", (_, one) => {
    const xs = one.inputs.map((x) => variable(f64(x)));
    const y = compute[one.name](one, ...xs);
    expectNear(y.value, one.output, "the output");
    y.backward({ grad: f64(one.upstream) });
    one.grads.forEach((grad, i) => {
      expectNear(xs[i].grad?.value, grad, `the gradient of input ${i}`);
    });
  });

  it("in every one of the cases", () => {
    expect(cases).toHaveLength(37);
    expect(Object.keys(compute).filter((name) => !cases.some((one) => one.name === name))).toEqual([]);
  });
});

it("averages over whole images as an average to one pixel does", () => {
  const [x] = cases.filter(({ name }) => name === "averagePooling").map(({ inputs }) => f64(inputs[0]));
  const whole = new AdaptiveAveragePooling(1, 1).forward(x).reshape([2, 3]);
  expectNear(
    new GlobalAveragePooling().forward(x).value,
    { shape: [2, 3], data: Array.from(kernels.copy(whole.value).data, Number) },
    "means",
  );
});
