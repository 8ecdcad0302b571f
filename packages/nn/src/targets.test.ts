import { softmax, type Variable, type VariableLike, variable, vmap } from "@adjoint/autograd";
import { rng, type Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TwoLayerNet } from "./book/fully-connected.ts";
import { layers } from "./layers/builders.ts";
import { Embedding } from "./layers/embedding.ts";
import type { LossSpec } from "./losses/all.ts";
import { binaryCrossEntropyWithLogits } from "./losses/binary-cross-entropy.ts";
import { crossEntropy } from "./losses/cross-entropy.ts";
import { klDivergence } from "./losses/kl-divergence.ts";
import { crossEntropyError, SoftmaxWithLoss, softmaxLoss } from "./losses/softmax-with-loss.ts";
import { build } from "./model/build.ts";
import { model } from "./read/parse.ts";

const f64 = { dtype: "float64" } as const;
const labelsOf = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

/** A model of `units` outputs with a loss, and a batch of two samples for it. */
function modelWith(loss: LossSpec, units: number) {
  const net = build(model({ input: [2], layers: [layers.affine(units)], loss }), f64);
  return { net, x: rng(1).normal([2, 2], f64) };
}

type Loss = (x: VariableLike, t: VariableLike) => unknown;

/** Every way to give labels or rows of targets to three classes. */
const classifiers: Readonly<Record<string, Loss>> = {
  softmaxLoss,
  crossEntropy,
  SoftmaxWithLoss: (x, t) => new SoftmaxWithLoss().forward(x, t),
  crossEntropyError: (x, t) => crossEntropyError(softmax(x), t),
  "a model's softmaxWithLoss": (_, t) => modelLoss("softmaxWithLoss", 3, t),
  "a model's crossEntropy": (_, t) => modelLoss("crossEntropy", 3, t),
  "a model's accuracy": (_, t) => {
    const { net, x } = modelWith("crossEntropy", 3);
    net.accuracy(x, t);
  },
  "a model's perplexity": (_, t) => {
    const spec = model({ input: [2], layers: [layers.affine(3)], loss: "crossEntropy", metrics: ["perplexity"] });
    build(spec, f64).evaluate(rng(1).normal([2, 2], f64), t);
  },
  "a network of the book": (_, t) =>
    new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 3 }).loss(rng(1).normal([2, 2]), t),
  "the accuracy of a network of the book": (_, t) =>
    new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 3 }).accuracy(rng(1).normal([2, 2]), t),
};

function modelLoss(loss: LossSpec, units: number, t: VariableLike): Variable {
  const { net, x } = modelWith(loss, units);
  return net.loss(x, t);
}

describe("labels are refused where they are none", () => {
  const scores = rng(2).normal([2, 3], f64);
  for (const [name, loss] of Object.entries(classifiers)) {
    it(`by ${name}`, () => {
      expect(() => loss(scores, labelsOf(0, 3))).toThrow("label 3 of sample 1 is out of range for 3 classes");
      expect(() => loss(scores, labelsOf(-1, 0))).toThrow("label -1 of sample 0 is out of range for 3 classes");
      expect(() => loss(scores, tensor([0, 0.5], f64))).toThrow("the target of sample 1 is 0.5, which is not a label");
      expect(() => loss(scores, tensor([Number.NaN, 0], f64))).toThrow("the target of sample 0 is NaN");
      loss(scores, labelsOf(0, 2));
    });
  }

  it("inside vmap, of all elements at once", () => {
    const rows = rng(3).normal([2, 3], f64);
    const losses = vmap((x: Variable, t: Variable) => crossEntropy(x, t));
    losses(rows, labelsOf(0, 2));
    expect(() => losses(rows, labelsOf(0, 3))).toThrow("out of range for 3 classes");
  });
});

describe("rows of targets are refused where they are no distribution", () => {
  const scores = rng(2).normal([2, 3], f64);
  const rows: Readonly<Record<string, Loss>> = {
    ...classifiers,
    klDivergence,
    "a model's klDivergence": (_, t) => modelLoss("klDivergence", 3, t),
  };
  for (const [name, loss] of Object.entries(rows)) {
    it(`by ${name}`, () => {
      const right = [1, 0, 0];
      for (const wrong of [
        [2, 0, 0],
        [1, 1, 0],
        [1.5, -0.5, 0],
        [0, 0, 0],
        [Number.NaN, 1, 0],
      ]) {
        expect(() => loss(scores, tensor([right, wrong], f64)), String(wrong)).toThrow(/row 1 of t (sums to|holds)/);
      }
      loss(scores, tensor([right, [0.2, 0.3, 0.5]]));
    });
  }

  it("but not for what rounding does to them, whatever the number of classes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (classes, seed) => {
        const t = softmax(rng(seed).normal([2, classes]));
        const x = rng(seed + 1).normal([2, classes]);
        expect(crossEntropy(x, t).item()).toBeGreaterThanOrEqual(0);
        expect(crossEntropyError(softmax(x), t).item()).toBeGreaterThanOrEqual(-1e-6);
      }),
      { numRuns: 30 },
    );
  });

  it("and a vector only by a vector of scores: of one row it could be labels of other samples", () => {
    const one = tensor([[0.25, 0.75]], f64);
    const given = [labelsOf(1, 0), tensor([1, 0], f64)];
    for (const loss of [crossEntropy, softmaxLoss, crossEntropyError]) {
      const right = String(loss(one, tensor([[1, 0]], f64)));
      for (const t of given) {
        expect(() => loss(one, t)).toThrow("targets of shape [2] do not fit scores of shape [1, 2]");
        expect(String(loss(tensor([0.25, 0.75], f64), t))).toBe(right);
      }
      expect(String(loss(one, labelsOf(0)))).toBe(right);
    }
    expect(() => crossEntropy(one, labelsOf(1, 0))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: crossEntropy: targets of shape [2] do not fit scores of shape [1, 2]; expected one-hot rows [1, 2], or 1 label.]`,
    );
  });

  it("and of a single class 0 is the label", () => {
    const x = tensor([[3], [-1]], f64);
    expect(Math.abs(crossEntropy(x, labelsOf(0, 0)).item())).toBe(0);
    expect(Math.abs(crossEntropy(x, tensor([[1], [1]])).item())).toBe(0);
    expect(() => crossEntropy(x, tensor([[1], [0]]))).toThrow("use binaryCrossEntropyWithLogits");
  });
});

describe("crossEntropyError refuses what is no probability", () => {
  it("such as scores, and names what takes them", () => {
    expect(() => crossEntropyError(tensor([[1, 2, 3]]), labelsOf(2))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: crossEntropyError: row 0 of y sums to 6, so it is not a distribution over 3 classes; expected rows of numbers ≥ 0 that sum to 1. Probabilities come from softmax: for scores call crossEntropy(scores, t), or softmax first.]`,
    );
    expect(() => crossEntropyError(tensor([[2, -1, 0]]), labelsOf(0))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: crossEntropyError: row 0 of y holds -1, so it is not a distribution over 3 classes; expected rows of numbers ≥ 0 that sum to 1. Probabilities come from softmax: for scores call crossEntropy(scores, t), or softmax first.]`,
    );
    expect(() => crossEntropyError(tensor([0.9, 0.9]), labelsOf(0))).toThrow("row 0 of y sums to 1.8");
  });

  it("but passes NaN on, for the training to name", () => {
    expect(crossEntropyError(tensor([[Number.NaN, 0.5]]), labelsOf(0)).item()).toBeNaN();
  });
});

describe("binaryCrossEntropyWithLogits refuses targets outside of 0 … 1", () => {
  const scores = tensor([[3], [1]], f64);
  for (const [name, loss] of Object.entries({
    "the function": binaryCrossEntropyWithLogits,
    "a model": (_: VariableLike, t: VariableLike) => modelLoss("binaryCrossEntropyWithLogits", 1, t),
    "a model's accuracy": (_: VariableLike, t: VariableLike) => {
      const { net, x } = modelWith("binaryCrossEntropyWithLogits", 1);
      net.accuracy(x, t);
    },
  } satisfies Record<string, Loss>)) {
    it(`as ${name}`, () => {
      for (const wrong of [2, -1, 1.01, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => loss(scores, tensor([[0], [wrong]], f64)), String(wrong)).toThrow(`target 1 is ${wrong}`);
      }
      // 0.9 + 0.1 in float32, and one unit in the last place more.
      for (const t of [0, 0.5, 1, 1 + 2 ** -23]) loss(scores, tensor([[0], [t]]));
    });
  }

  it("in words that help", () => {
    expect(() => binaryCrossEntropyWithLogits(scores, tensor([[1], [2]]))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: binaryCrossEntropyWithLogits: target 1 is 2; expected a number from 0 to 1. Targets are 0 for no, 1 for yes, or a probability. Map labels such as 1 and 2, or -1 and 1, to 0 and 1.]`,
    );
  });
});

describe("an embedding", () => {
  const table = tensor([[10], [20], [30]]);
  const embedded = build(
    model({
      input: { shape: [1], type: "labels" },
      layers: [layers.embedding({ vocabulary: 3, units: 1 })],
      loss: "mse",
    }),
  );

  it("takes the labels of its vocabulary, and refuses all others, also negative ones, in prediction and in training", () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 6 }), fc.boolean(), (label, train) => {
        const x = labelsOf(label);
        const batch = tensor([[label]], { dtype: "int32" });
        const runs = [
          () => new Embedding(table).forward(x),
          () => embedded.predict(batch, { train }),
          () => embedded.loss(batch, tensor([[[5]]]), { train }),
          () => vmap((one: Variable) => new Embedding(table).forward(one))(batch),
        ];
        for (const run of runs) {
          if (label >= 0 && label < 3) run();
          else expect(run).toThrow(`Embedding: label ${label} of element 0 is out of range for a vocabulary of 3`);
        }
      }),
    );
  });

  it("leaves its rows alone when a label is refused", () => {
    const before = embedded.params["embedding1.weight"].toArray();
    expect(() => embedded.gradient(tensor([[-1]], { dtype: "int32" }), tensor([[[5]]]))).toThrow("Padding needs a row");
    expect(embedded.params["embedding1.weight"].toArray()).toEqual(before);
  });

  it("gets no label from a number that int32 cannot hold", () => {
    for (const value of [2 ** 32, 2 ** 40, -(2 ** 31) - 1, 0.5, Number.NaN]) {
      expect(() => embedded.predict(tensor([[value]], f64)), String(value)).toThrow("expected labels");
    }
    expect(embedded.predict(tensor([[2]], f64)).shape).toEqual([1, 1, 1]);
  });
});

it("softmaxWithLoss has a gradient scaled by p / (p + 1e-7), crossEntropy the whole of it", () => {
  for (const difference of [0, 8, 16, 20, 30]) {
    const [book, whole] = [softmaxLoss, crossEntropy].map((loss) => {
      const x = variable([[difference, 0]], f64);
      loss(x, labelsOf(1)).backward();
      return Number(x.grad?.value.at(0, 0));
    });
    const p = 1 / (1 + Math.exp(difference));
    // (y − t) / N of the wrong class is 1 − p; some ten roundings.
    expect(Math.abs(whole - (1 - p))).toBeLessThan(1e-14);
    expect(Math.abs(book - ((1 - p) * p) / (p + 1e-7))).toBeLessThan(1e-14);
  }
});
