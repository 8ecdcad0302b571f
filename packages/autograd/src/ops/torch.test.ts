/**
 * Every op, and the layers and losses made of ops, against PyTorch: result, gradients, and gradients of gradients.
 *
 * Layers and losses are written here in ops alone: what they prove is that the ops compose.
 */
import { kernels, Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { sweep } from "../backward/backward.ts";
import { constant, variable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import reference from "../fixtures/torch-ops.json" with { type: "json" };
import * as api from "../index.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly name: string;
  readonly inputs: readonly Stored[];
  // biome-ignore lint/suspicious/noExplicitAny: each case has attributes of its own
  readonly attrs: any;
  readonly output: Stored;
  readonly upstream: Stored;
  readonly grads: readonly Stored[];
  readonly second?: { readonly vectors: readonly Stored[]; readonly grads: readonly (Stored | null)[] };
}

const cases = reference as unknown as readonly Case[];

type Recipe = (xs: readonly Variable[], attrs: Case["attrs"]) => Variable;

const { add, sub, mul, div, sum, mean, sqrt, reshape, transpose, matmul, exp, log, abs, where, slice } = api;

const whole = (values: unknown): Tensor => tensor(values as number[], { dtype: "int32" });

/** The axes that are not reduced at all, normalized: (x − mean) / √(var + ε) over `axis`. */
function normalized(x: Variable, axis: readonly number[], epsilon: number): Variable {
  const centered = sub(x, mean(x, { axis, keepDims: true }));
  const variance = mean(api.square(centered), { axis, keepDims: true });
  return div(centered, sqrt(add(variance, epsilon)));
}

/** One value for each channel of [N, C, H, W]. */
function perChannel(x: Variable): Variable {
  return reshape(x, [1, -1, 1, 1]);
}

/** im2col → matmul → reshape → transpose, each group of channels for itself. */
const conv2d: Recipe = ([x, w, b], { stride, pad, dilation, groups }) => {
  const [n, , height, width] = x.shape;
  const [filters, , filterH, filterW] = w.shape;
  const size = (length: number, filter: number): number =>
    Math.floor((length + 2 * pad - dilation * (filter - 1) - 1) / stride) + 1;
  const [outH, outW] = [size(height, filterH), size(width, filterW)];
  const images = api.split(x, groups, { axis: 1 });
  const weights = api.split(w, groups, { axis: 0 });
  const outputs = images.map((image, g) => {
    const col = api.im2col(image, filterH, filterW, { stride, pad, dilation });
    const rows = matmul(col, transpose(reshape(weights[g], [filters / groups, -1])));
    return transpose(reshape(rows, [n, outH, outW, filters / groups]), [0, 3, 1, 2]);
  });
  return add(api.concat(outputs, { axis: 1 }), perChannel(b));
};

/** The adjoint of a convolution: matmul → col2im. */
const convTranspose2d: Recipe = ([x, w, b], { stride, pad }) => {
  const [n, channels, height, width] = x.shape;
  const [, filters, filterH, filterW] = w.shape;
  const rows = reshape(transpose(x, [0, 2, 3, 1]), [n * height * width, channels]);
  const col = matmul(rows, reshape(w, [channels, filters * filterH * filterW]));
  const shape = [n, filters, (height - 1) * stride - 2 * pad + filterH, (width - 1) * stride - 2 * pad + filterW];
  return add(api.col2im(col, shape, filterH, filterW, { stride, pad }), perChannel(b));
};

/** Windows of each channel as rows, reduced, and put back in place. */
function pooled(x: Variable, size: number, stride: number, reduce: (rows: Variable) => Variable): Variable {
  const [n, channels, height, width] = x.shape;
  const [outH, outW] = [height, width].map((length) => Math.floor((length - size) / stride) + 1);
  const rows = reshape(api.im2col(x, size, size, { stride }), [-1, size * size]);
  return transpose(reshape(reduce(rows), [n, outH, outW, channels]), [0, 3, 1, 2]);
}

const maxPool: Recipe = ([x], { size, stride }) => pooled(x, size, stride, (rows) => api.max(rows, { axis: 1 }));

/** −log softmax at the targets, with label smoothing; rows with the ignored label left out of the average. */
const crossEntropy: Recipe = ([x], { target, labelSmoothing = 0, ignoreIndex }) => {
  const logs = api.logSoftmax(x, { axis: 1 });
  const classes = x.shape[1];
  const hard = api.oneHot(whole(target), classes, { dtype: "float64" });
  const soft = add(mul(hard, 1 - labelSmoothing), labelSmoothing / classes);
  const counted = (target as number[]).map((label) => (label === ignoreIndex ? 0 : 1));
  const weights = reshape(constant(counted, { dtype: "float64" }), [-1, 1]);
  return div(
    api.neg(sum(mul(mul(soft, logs), weights))),
    counted.reduce((a: number, b) => a + b, 0),
  );
};

/** Input, forget, candidate and output gate side by side in the columns of the weights. */
const lstmCell: Recipe = ([x, h, c, wx, wh, b]) => {
  const gates = api.split(add(add(matmul(x, wx), matmul(h, wh)), b), 4, { axis: 1 });
  const [i, f, g, o] = [api.sigmoid(gates[0]), api.sigmoid(gates[1]), api.tanh(gates[2]), api.sigmoid(gates[3])];
  return mul(o, api.tanh(add(mul(f, c), mul(i, g))));
};

const reduced: (op: (x: Variable, options: object) => Variable) => Recipe =
  (op) =>
  ([x], attrs) =>
    op(x, attrs);

/** How each case is computed, by the name before its variant. */
const recipes: Readonly<Record<string, Recipe>> = {
  add: ([a, b]) => add(a, b),
  sub: ([a, b]) => sub(a, b),
  mul: ([a, b]) => mul(a, b),
  div: ([a, b]) => div(a, b),
  pow: ([a, b]) => api.pow(a, b),
  maximum: ([a, b]) => api.maximum(a, b),
  minimum: ([a, b]) => api.minimum(a, b),
  neg: ([x]) => api.neg(x),
  exp: ([x]) => exp(x),
  expm1: ([x]) => api.expm1(x),
  sin: ([x]) => api.sin(x),
  cos: ([x]) => api.cos(x),
  tanh: ([x]) => api.tanh(x),
  sigmoid: ([x]) => api.sigmoid(x),
  relu: ([x]) => api.relu(x),
  softplus: ([x]) => api.softplus(x),
  silu: ([x]) => api.silu(x),
  elu: ([x]) => api.elu(x),
  abs: ([x]) => abs(x),
  square: ([x]) => api.square(x),
  erf: ([x]) => api.erf(x),
  leakyRelu: ([x], attrs) => api.leakyRelu(x, attrs),
  gelu: ([x], attrs) => api.gelu(x, attrs),
  log: ([x]) => log(x),
  log1p: ([x]) => api.log1p(x),
  sqrt: ([x]) => sqrt(x),
  clip: ([x], attrs) => api.clip(x, attrs),
  where: ([a, b]) => {
    const even = Array.from({ length: a.size }, (_, i) => i % 2 === 0);
    return where(reshape(constant(even), a.shape), a, b);
  },
  sum: reduced(api.sum),
  mean: reduced(api.mean),
  var: reduced(api.var),
  logsumexp: reduced(api.logsumexp),
  amax: reduced(api.max),
  amin: reduced(api.min),
  prod: reduced(api.prod),
  cumsum: reduced(api.cumsum),
  norm2: reduced(api.norm),
  matmul: ([a, b]) => matmul(a, b),
  einsum: (xs, { equation }) => api.einsum(equation, ...xs),
  transpose: ([x], { axes }) => transpose(x, axes),
  reshape: ([x], { shape }) => reshape(x, shape),
  repeat: ([x], { shape }) => api.repeat(x, shape),
  slice: ([x], attrs) => slice(x, attrs),
  concat: (xs, attrs) => api.concat(xs, attrs),
  stack: (xs, attrs) => api.stack(xs, attrs),
  pad: ([x], { pad }) => api.pad(x, pad),
  flip: ([x], attrs) => api.flip(x, attrs),
  roll: ([x], { shift, axis }) => api.roll(x, shift, { axis }),
  gather: ([x], { indices, axis }) => api.gather(x, whole(indices), { axis }),
  indexSelect: ([x], { indices, axis }) => api.indexSelect(x, whole(indices), { axis }),
  tril: ([x]) => api.tril(x),
  triu1: ([x], attrs) => api.triu(x, attrs),
  sort: ([x], attrs) => api.sort(x, attrs),
  softmax: ([x], attrs) => api.softmax(x, attrs),
  logSoftmax: ([x], attrs) => api.logSoftmax(x, attrs),
  conv2d,
  convTranspose2d,
  maxPool2d: maxPool,
  avgPool2d: ([x], { size, stride }) => pooled(x, size, stride, (rows) => mean(rows, { axis: 1 })),
  layerNorm: ([x, gamma, beta], { epsilon }) => add(mul(normalized(x, [-1], epsilon), gamma), beta),
  groupNorm: ([x, gamma, beta], { groups, epsilon }) => {
    const grouped = reshape(x, [x.shape[0], groups, -1]);
    return add(mul(reshape(normalized(grouped, [2], epsilon), x.shape), perChannel(gamma)), perChannel(beta));
  },
  batchNorm: ([x, gamma, beta], { epsilon }) =>
    add(mul(normalized(x, [0, 2, 3], epsilon), perChannel(gamma)), perChannel(beta)),
  crossEntropy,
  mse: ([a, b]) => mean(api.square(sub(a, b))),
  huber: ([a, b], { delta }) => {
    const distance = abs(sub(a, b));
    const near = mul(api.square(distance), 0.5);
    return mean(where(api.lt(distance, delta), near, mul(sub(distance, delta / 2), delta)));
  },
  l1: ([a, b]) => mean(abs(sub(a, b))),
  bceWithLogits: ([x]) => {
    const odd = Array.from({ length: x.size }, (_, i) => i % 2);
    return mean(sub(api.softplus(x), mul(x, reshape(constant(odd, { dtype: "float64" }), x.shape))));
  },
  embedding: ([table], { indices }) => {
    const flat = whole((indices as number[][]).flat());
    return reshape(api.indexSelect(table, flat), [indices.length, indices[0].length, table.shape[1]]);
  },
  attention: ([query, key, value]) => {
    const scores = div(matmul(query, transpose(key, [0, 2, 1])), Math.sqrt(query.shape[2]));
    return matmul(api.softmax(scores), value);
  },
  lstmCell,
};

function stored({ shape, data }: Stored): Tensor {
  return new Tensor(Float64Array.from(data), [...shape]);
}

/**
 * Largest difference as a part of the largest expected number. Both sides compute in float64 and add up some hundred
 * products at most, in different orders: 1e-10 leaves room for cancellation, and none for a wrong term.
 */
function expectNear(found: Tensor | null, expected: Stored | null, what: string): void {
  const values = expected?.data ?? [];
  const scale = Math.max(0, ...values.map(Math.abs));
  if (found === null || expected === null) {
    // No gradient on one side: the other must say zero.
    const others = found === null ? values : Array.from(kernels.contiguous(found).data, Number);
    expect(Math.max(0, ...others.map(Math.abs)), what).toBe(0);
    return;
  }
  expect(found.shape, what).toEqual(expected.shape);
  const { data, offset } = kernels.contiguous(found);
  const worst = values.reduce((w, value, i) => Math.max(w, Math.abs(Number(data[offset + i]) - value)), 0);
  expect(worst, what).toBeLessThanOrEqual(1e-10 * scale);
}

/** Gradients for `targets`, as Variables that can be differentiated again; null where none arrives. */
function gradients(y: Variable, grad: Variable, targets: readonly Variable[]): (Variable | null)[] {
  if (!y.requiresGrad) return targets.map(() => null);
  const found = sweep([{ node: y.node, grad }], new Set(targets.map((x) => x.node)));
  return targets.map((x) => found.get(x.node) ?? null);
}

const recipeName = (name: string): string => name.split(/[_:]/)[0];

describe("against PyTorch", () => {
  for (const { name, inputs, attrs, output, upstream, grads, second } of cases) {
    const recipe = recipes[recipeName(name)];
    it(`${name}: result, gradients${second === undefined ? "" : ", second gradients"}`, () => {
      const xs = inputs.map((x) => variable(stored(x)));
      const y = recipe(xs, attrs);
      expectNear(y.value, output, "result");
      const first = gradients(y, constant(stored(upstream)), xs);
      first.forEach((grad, i) => {
        expectNear(grad?.value ?? null, grads[i], `gradient of input ${i}`);
      });
      if (second === undefined) return;
      let total: Variable | null = null;
      first.forEach((grad, i) => {
        if (grad === null) return;
        const term = sum(mul(grad, constant(stored(second.vectors[i]))));
        total = total === null ? term : add(total, term);
      });
      const again = total === null ? xs.map(() => null) : gradients(total, constant(1, { dtype: "float64" }), xs);
      again.forEach((grad, i) => {
        expectNear(grad?.value ?? null, second.grads[i], `second gradient of input ${i}`);
      });
    });
  }

  it("has a recipe for every case, and none too many", () => {
    const used = [...new Set(cases.map(({ name }) => recipeName(name)))];
    expect(Object.keys(recipes).sort()).toEqual(used.sort());
  });
});
