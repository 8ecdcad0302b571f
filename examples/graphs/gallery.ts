/**
 * The graphs of the gallery: what the book draws by hand, and what nobody would.
 */
import {
  Affine,
  add,
  BatchNormalization,
  Convolution,
  constant,
  DeepConvNet,
  div,
  exp,
  type Graph,
  graphOf,
  mul,
  neg,
  recordAll,
  rng,
  SimpleConvNet,
  SoftmaxWithLoss,
  scope,
  sqrt,
  square,
  sub,
  TwoLayerNet,
  type Variable,
  variable,
} from "adjoint";

/** One graph of the gallery. */
export interface GalleryEntry {
  /** The name of its file. */
  readonly name: string;
  readonly title: string;
  readonly build: () => Graph;
}

const number = (value: number, name: string): Variable => variable(value, { name, dtype: "float64" });

/** The graph of a function's result, forward and backward, with everything that it computes. */
function forwardAndBackward(f: () => Variable): Graph {
  return graphOf(recordAll(f), { backward: true });
}

/** Random images or rows. */
function data(shape: readonly number[], name: string): Variable {
  return constant(rng(1).normal(shape), { name });
}

/** The gallery, from simple to large. */
export const gallery: readonly GalleryEntry[] = [
  {
    name: "buy-apple",
    title: "Two apples with tax (5.4.1)",
    build: () =>
      forwardAndBackward(() => number(100, "apple").mul(number(2, "number of apples")).mul(number(1.1, "tax"))),
  },
  {
    name: "buy-apple-orange",
    title: "Apples and oranges with tax (5.4.2)",
    build: () =>
      forwardAndBackward(() => {
        const apples = number(100, "apple").mul(number(2, "number of apples"));
        const oranges = number(150, "orange").mul(number(3, "number of oranges"));
        return apples.add(oranges).mul(number(1.1, "tax"));
      }),
  },
  {
    name: "sigmoid",
    title: "The sigmoid, node by node (5.5.2)",
    build: () => forwardAndBackward(() => div(1, add(1, exp(neg(number(0.5, "x")))))),
  },
  {
    name: "softmax-with-loss",
    title: "Softmax with loss (5.6.3, appendix A)",
    build: () =>
      forwardAndBackward(() => {
        const scores = variable([[0.3, 2.9, 4.0]], { name: "scores", dtype: "float64" });
        const t = constant([[0, 1, 0]], { name: "t", dtype: "float64" });
        return scope("softmaxWithLoss", () => new SoftmaxWithLoss().forward(scores, t));
      }),
  },
  {
    name: "affine",
    title: "Affine on a batch: repeat and sum (5.6.2)",
    build: () =>
      forwardAndBackward(() => {
        const w = variable(
          [
            [1, -2, 0.5],
            [0.3, 1, -1],
          ],
          { name: "W" },
        );
        const layer = new Affine(w, variable([1, 2, 3], { name: "b" }));
        return layer.forward(data([4, 2], "x")).sum();
      }),
  },
  {
    name: "batch-normalization",
    title: "Batch normalization (6.3)",
    build: () =>
      forwardAndBackward(() => {
        const gamma = variable([1, 2, 0.5], { name: "gamma" });
        const layer = new BatchNormalization(gamma, variable([0, 0.1, -0.1], { name: "beta" }));
        const x = variable(rng(1).normal([5, 3]), { name: "x" });
        return square(scope("batchNormalization", () => layer.forward(x, { train: true }))).sum();
      }),
  },
  {
    name: "convolution",
    title: "One convolution: im2col and col2im (7.4)",
    build: () =>
      forwardAndBackward(() => {
        const w = variable(rng(2).normal([2, 1, 3, 3]), { name: "W" });
        const layer = new Convolution(w, variable([0.1, -0.1], { name: "b" }), { stride: 1, pad: 1 });
        const x = variable(rng(3).normal([1, 1, 5, 5]), { name: "x" });
        return scope("convolution", () => layer.forward(x)).sum();
      }),
  },
  {
    name: "two-layer-net",
    title: "The two-layer network, one training step (5.7)",
    build: () => {
      const net = new TwoLayerNet({ inputSize: 6, hiddenSize: 5, outputSize: 3, weightInitStd: 0.5, seed: 0 });
      const t = constant([0, 2, 1, 0], { name: "t", dtype: "int32" });
      return forwardAndBackward(() => net.loss(data([4, 6], "x"), t));
    },
  },
  {
    name: "simple-conv-net",
    title: "SimpleConvNet, one training step (7.5)",
    build: () => {
      const net = new SimpleConvNet({
        inputDim: [1, 12, 12],
        convParam: { filterNum: 4, filterSize: 5, pad: 0, stride: 1 },
        hiddenSize: 12,
        weightInitStd: 0.1,
        seed: 0,
      });
      const t = constant([3, 1], { name: "t", dtype: "int32" });
      return forwardAndBackward(() => net.loss(data([2, 1, 12, 12], "x"), t));
    },
  },
  {
    name: "deep-conv-net",
    title: "DeepConvNet, one training step (8.1)",
    build: () => {
      const net = new DeepConvNet({ seed: 0 });
      const t = constant([3, 7], { name: "t", dtype: "int32" });
      return forwardAndBackward(() => net.loss(data([2, 1, 28, 28], "x"), t, { train: true }));
    },
  },
  {
    name: "second-derivative",
    title: "The second derivative of x³ + x²",
    build: () => {
      const x = number(2, "x");
      const y = scope("y", () => x.mul(x).mul(x).add(square(x)));
      recordAll(() => y.backward({ createGraph: true }));
      return graphOf(x.grad as Variable, { backward: true });
    },
  },
  {
    name: "adam-step",
    title: "One step of Adam (6.1.6)",
    build: () => {
      const w = variable([0.5, -1, 2], { name: "w", dtype: "float64" });
      const target = constant([1, 1, 1], { name: "target", dtype: "float64" });
      return graphOf(recordAll(() => adamStep(w, target)));
    },
  },
];

/** The parameter after the first update, in the words of the rule of `Adam`. */
function adamStep(w: Variable, target: Variable): Variable {
  scope("loss", () => square(sub(w, target)).sum()).backward({ createGraph: true });
  const g = w.grad as Variable;
  const [lr, beta1, beta2] = [0.1, 0.9, 0.999];
  const before = (name: string): Variable => constant([0, 0, 0], { name, dtype: "float64" });
  const m = scope("moment 1", () => {
    const old = before("m");
    return add(old, mul(sub(g, old), 1 - beta1));
  });
  const v = scope("moment 2", () => {
    const old = before("v");
    return add(old, mul(sub(square(g), old), 1 - beta2));
  });
  const rate = (lr * Math.sqrt(1 - beta2)) / (1 - beta1);
  return scope("update", () => sub(w, div(mul(m, rate), add(sqrt(v), 1e-7))));
}
