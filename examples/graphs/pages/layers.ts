/** Single layers, on tensors that are small enough to read. */
import {
  add,
  BatchNormalization,
  crossEntropyError,
  Dropout,
  graphOf,
  LayerNormalization,
  matmul,
  recordAll,
  repeat,
  rng,
  scope,
  softmax,
  sqrt,
  square,
  type Variable,
} from "adjoint";
import { cardPicture } from "../pictures.ts";
import {
  apart,
  changing,
  choosing,
  enclose,
  fixed,
  forwardAndBackward,
  type GalleryPage,
  leaf,
  named,
  nameOps,
  nodeOf,
  opening,
  rows,
  rulesOf,
  wayOf,
} from "./page.ts";

/** Σ y · weights: a loss whose gradient by y is the weights. */
function weighted(y: Variable, name: string): Variable {
  const [count, columns] = y.shape;
  const weights = Array.from({ length: count }, (_, i) =>
    Array.from({ length: columns }, (_, j) => i * columns + j + 1),
  );
  return named(y.mul(fixed(weights, name)), `y × ${name}`).sum();
}

/** Scores whose softmax is 0.1, 0.4, 0.5 and 0.5, 0.3, 0.2. */
const scores = rows("1 4 5, 5 3 2").map((row) => row.map(Math.log));

const softmaxWithLoss: GalleryPage = {
  name: "softmax-with-loss",
  section: "5.6.3",
  build: () =>
    forwardAndBackward(() => {
      const t = apart(fixed(rows("0 1 0, 1 0 0"), "t"));
      const x = apart(leaf(scores, "scores"));
      const y = scope("softmax", () => named(softmax(x), "y"));
      const loss = scope("cross entropy error", () => named(crossEntropyError(y, t), "loss"));
      nameOps(loss, [
        ["reshape", "t"],
        ["add", "y + ε", "ε"],
        ["log", "log y"],
        ["mul", "t × log y"],
        ["sum", "Σ t × log y"],
        ["neg", "−Σ t × log y"],
      ]);
      return loss;
    }),
  tries: (graph) => [
    `#open=&node=n${nodeOf(graph, "scores")}`,
    `${rulesOf(graph, "y")}&open=*`,
    `${rulesOf(graph, "loss")}&open=*`,
    changing(graph, "scores", 9, 1),
  ],
  en: {
    title: "Softmax with loss",
    card: "Two layers with a long way back, and all that is left of it is (y − t) / n.",
    text: "Softmax turns scores into probabilities y; cross entropy is −log of the right one, averaged over the n = 2 samples. The cross entropy gives back ∂y = −t / (n y). Softmax makes y × (∂y − Σ y ∂y) of it: y ∂y is −t / n, and a row of t adds up to 1, so Σ y ∂y is −1 / n, and what arrives at the scores is (y − t) / n. First sample: y is 0.1, 0.4, 0.5 and t is 0, 1, 0; half the difference is 0.05, −0.3, 0.25. (ε = 10⁻⁷ keeps the log from −∞.)",
    tries: [
      "Folded, as the book draws it: the scores get (y − t) / n",
      "The step of softmax: y × (∂y − Σ y ∂y), in numbers",
      "Where 1 / n comes from: the loss is divided by the batch size",
      "A score of 9 for the right class: its sample gets hardly any gradient",
    ],
  },
  ko: {
    title: "소프트맥스와 손실",
    card: "두 계층을 거꾸로 지나는 먼 길, 끝에 남는 것은 (y − t) / n뿐입니다.",
    text: "소프트맥스는 점수를 확률 y로 바꾸고, 교차 엔트로피는 정답 확률의 −log를 샘플 n = 2개로 평균 냅니다. 교차 엔트로피는 ∂y = −t / (n y)를 돌려줍니다. 소프트맥스는 이것을 y × (∂y − Σ y ∂y)로 만듭니다. y ∂y는 −t / n이고 t의 한 행은 더하면 1이므로 Σ y ∂y는 −1 / n이고, 점수에 도착하는 것은 (y − t) / n입니다. 첫 샘플의 y는 0.1, 0.4, 0.5이고 t는 0, 1, 0입니다. 차의 절반은 0.05, −0.3, 0.25입니다. (ε = 10⁻⁷은 log가 −∞가 되지 않게 합니다.)",
    tries: [
      "접어서, 책의 그림처럼: 점수는 (y − t) / n을 받습니다",
      "소프트맥스의 단계: y × (∂y − Σ y ∂y)를 숫자로",
      "1 / n이 나오는 곳: 손실을 배치 크기로 나눕니다",
      "정답의 점수를 9로: 그 샘플의 기울기는 거의 남지 않습니다",
    ],
  },
};

const affine: GalleryPage = {
  name: "affine",
  pictured: "y",
  section: "5.6.2",
  build: () =>
    forwardAndBackward(() => {
      const w = leaf(rows("1 -2 0.5, 0.3 1 -1"), "W");
      const b = leaf([1, 2, 3], "b");
      const x = leaf(rows("1 2, 3 4, 5 6"), "x");
      const y = named(add(named(matmul(x, w), "x · W"), b), "y");
      nameOps(y, [["repeat", "B"]]);
      return named(weighted(y, "upstream"), "loss");
    }),
  tries: (graph) => [
    rulesOf(graph, "B"),
    choosing(graph, "b"),
    rulesOf(graph, "x · W"),
    changing(graph, "x", 0, 0, "W"),
  ],
  en: {
    title: "Affine on a batch: repeat and sum",
    card: "A bias used for every sample gets the sum of its gradients; ∂W = xᵀ · ∂y.",
    text: "Every row of the batch uses the same bias b: it is repeated into the matrix B. Moving b[0] a little moves the first column of all three rows at once, and each row moves the loss by its own gradient. The effects add up: ∂b is the sum of the rows of ∂B. The + passes ∂y on as it is, so ∂B = ∂y. The product of matrices gives each factor the gradient times the other's transpose. The loss is Σ y × upstream, which makes ∂y the numbers of upstream, 1 … 9: each sum can be checked in your head.",
    tries: [
      "Why the bias's gradient is a sum: 12 = 1 + 4 + 7",
      "Nudge b[0] by 0.1: the loss moves by 1.2",
      "∂W = xᵀ · ∂(x · W): point at an entry to see its row and column",
      "Set x[0, 0] to 0: ∂W loses 1, 2, 3 in its first row",
    ],
  },
  ko: {
    title: "배치의 Affine: 반복과 합",
    card: "모든 샘플에 쓰인 편향은 기울기의 합을 받습니다. ∂W = xᵀ · ∂y.",
    text: "배치의 모든 행이 같은 편향 b를 쓰므로, b를 행마다 반복해 행렬 B를 만듭니다. b[0]을 조금 움직이면 세 행의 첫 열이 한꺼번에 움직이고, 각각이 자기 기울기만큼 손실을 움직입니다. 그 효과가 더해지므로 ∂b는 ∂B의 행을 모두 더한 것입니다. +는 ∂y를 그대로 보내므로 ∂B = ∂y입니다. 행렬 곱은 각 인수에 기울기와 다른 쪽의 전치를 곱한 것을 보냅니다. 손실은 Σ y × 상류이므로 ∂y는 상류의 숫자 1 … 9이고, 합을 암산으로 확인할 수 있습니다.",
    tries: [
      "편향의 기울기가 합인 이유: 12 = 1 + 4 + 7",
      "b[0]을 0.1만큼 움직이면 손실은 1.2만큼 움직입니다",
      "∂W = xᵀ · ∂(x · W): 원소를 가리키면 그 행과 열이 보입니다",
      "x[0, 0]을 0으로: ∂W의 첫 행이 1, 2, 3만큼 줄어듭니다",
    ],
  },
};

/** Five samples of three features, as the normalizations get them. */
const samples = rows("1 20 -3, 2 26 -1, 4 22 0, 3 28 2, 5 24 -2");

/** Half the mean of the squared distances from a target, whose rows are shifted against each other as said. */
function distance(y: Variable, shift: number): Variable {
  const [count, columns] = y.shape;
  const values = Array.from({ length: count }, (_, i) =>
    Array.from({ length: columns }, (_, j) => ((shift * i + j) % 3) - 1),
  );
  const target = fixed(values, "target");
  return scope("distance", () => {
    const squares = named(square(named(y.sub(target), "error")), "error²");
    const mean = named(named(squares.sum(), "Σerror²").div(squares.size), "mean");
    return named(mean.mul(0.5), "loss");
  });
}

/**
 * What the ops of the normalizations are called, in the order in which they are computed. What is repeated for every
 * element has a capital.
 */
const normalizing = [
  ["sum", "Σx"],
  ["div", "μ", "n"],
  ["repeat", "M"],
  ["sub", "x − μ"],
  ["square", "(x − μ)²"],
  ["sum", "Σ(x − μ)²"],
  ["div", "σ²", "n"],
  ["add", "σ² + ε", "ε"],
  ["sqrt", "σ"],
  ["repeat", "S"],
  ["div", "x̂"],
  ["repeat", "G"],
  ["mul", "gamma × x̂"],
  ["repeat", "B"],
] as const;

/** The layer of what comes after x̂. */
const scaled = "gamma × x̂ + beta";

/** Names what a normalization computes, and puts all but the ways to x̂ into layers, which fold. */
function explained(y: Variable): Variable {
  nameOps(named(y, "y"), normalizing);
  enclose(y, "M", "μ");
  enclose(y, "S", "σ", "x − μ");
  enclose(y, "y", scaled, "x̂");
  return y;
}

/** The three ways from x to x̂, with no more boxes than these. */
function threeWays(): Variable {
  const x = apart(leaf(samples, "x"));
  const overSamples = (values: Variable): Variable => repeat(values.mean({ axis: 0, keepDims: true }), x.shape);
  const centred = named(x.sub(scope("μ", () => overSamples(x))), "x − μ");
  return named(centred.div(scope("σ", () => sqrt(overSamples(square(centred))))), "x̂");
}

const batchNormalization: GalleryPage = {
  name: "batch-normalization",
  picture: () => cardPicture(graphOf(recordAll(threeWays))),
  section: "6.3",
  opens: `#${opening("batchNormalization")}`,
  build: () =>
    forwardAndBackward(() => {
      const layer = new BatchNormalization(leaf([1, 2, 0.5], "gamma"), leaf([0, 0.1, -0.1], "beta"));
      const x = apart(leaf(samples, "x"));
      return distance(explained(scope("batchNormalization", () => layer.forward(x, { train: true }))), 1);
    }),
  tries: (graph) => {
    const layer = "batchNormalization";
    // What the way does not lead through stays folded.
    const along = (step: string, layers: readonly string[], ...names: readonly string[]): string =>
      `${rulesOf(graph, step)}&${opening(layer, ...layers)}&way=${wayOf(graph, names).join(".")}`;
    return [
      along("x̂", [], "x̂", "x − μ", "x"),
      along("(x − μ)²", [`${layer}/σ`], "x̂", "σ", "σ²", "(x − μ)²", "x − μ", "x"),
      along("sum", [`${layer}/μ`], "x̂", "x − μ", "μ", "x"),
      `${choosing(graph, "x")}&${opening(layer)}`,
      `${changing(graph, "x", 10)}&${opening(layer)}`,
    ];
  },
  en: {
    title: "Batch normalization",
    card: "x reaches x̂ by three ways, and its gradient is the sum of what comes back by each.",
    text: "Each column is shifted to mean 0 and scaled to variance 1, over the batch of n = 5 samples. Every row uses the same μ and σ: repeated, they are M and S. (Under the root is σ² + ε: ε = 10⁻⁶ keeps σ above 0.) x reaches x̂ = (x − μ) / σ by three ways: straight, into the variance σ², and into the mean μ. Its gradient is the sum of what comes back by all three. The first two meet at x − μ and go on as one, so at x two contributions are left to add: theirs, and the one through the mean. The way through the mean takes the average of each column off, so the columns add up to 0: a shift of all samples changes nothing.",
    tries: [
      "First way, straight: divided by σ, and added at x − μ",
      "Second way, through the variance: it meets the first at x − μ",
      "Third way, through the mean: one number a column, added at x",
      "The gradient of x: every column adds up to 0",
      "Move one sample, and see the others' gradients move",
    ],
  },
  ko: {
    title: "배치 정규화",
    card: "x는 세 갈래로 x̂에 이르고, 기울기는 세 길로 돌아오는 것의 합입니다.",
    text: "각 열을 샘플 n = 5개의 배치 전체에서 평균 0, 분산 1이 되도록 바꿉니다. 모든 행이 같은 μ와 σ를 쓰며, 행마다 반복한 것이 M과 S입니다. (근호 안은 σ² + ε입니다. ε = 10⁻⁶은 σ가 0이 되지 않게 합니다.) x는 세 갈래로 x̂ = (x − μ) / σ에 이릅니다. 곧바로, 분산 σ²을 지나, 평균 μ를 지나. 기울기는 세 길로 돌아오는 것의 합입니다. 처음 둘은 x − μ에서 만나 하나로 이어지므로, x에서는 그 합과 평균을 지나온 것, 둘을 더합니다. 평균을 지나는 길이 열마다 평균을 빼므로 열을 더하면 0입니다. 모든 샘플을 함께 옮겨도 아무것도 바뀌지 않기 때문입니다.",
    tries: [
      "첫째 길, 곧바로: σ로 나누고 x − μ에서 더합니다",
      "둘째 길, 분산을 지나: x − μ에서 첫째 길과 만납니다",
      "셋째 길, 평균을 지나: 열마다 숫자 하나가 x에서 더해집니다",
      "x의 기울기: 열마다 더하면 0입니다",
      "샘플 하나를 옮기면 다른 샘플의 기울기도 움직입니다",
    ],
  },
};

const layerNormalization: GalleryPage = {
  name: "layer-normalization",
  opens: `#${opening("layerNormalization")}`,
  build: () =>
    forwardAndBackward(() => {
      const layer = new LayerNormalization(leaf([1, 1, 1, 1], "gamma"), leaf([0, 0, 0, 0], "beta"));
      const x = apart(leaf(rows("1 2 4 7, 10 20 40 70"), "x"));
      return distance(
        explained(scope("layerNormalization", () => layer.forward(x))),
        // Both rows have the same target, so that only their size tells their gradients apart.
        0,
      );
    }),
  tries: (graph) => {
    const layer = "layerNormalization";
    return [
      `${choosing(graph, "y")}&${opening(layer, `${layer}/${scaled}`)}`,
      `${choosing(graph, "x")}&${opening(layer)}`,
      `${changing(graph, "x", 14, 3)}&${opening(layer)}`,
    ];
  },
  en: {
    title: "Layer normalization",
    card: "Each sample by itself: a row ten times as large gets a tenth of the gradient.",
    text: "Here every row, that is every sample, is normalized by itself, over its n = 4 elements: no sample sees another. (M and S are μ and σ, repeated along the row; ε is 10⁻⁵.) The second row is ten times the first, and both come out alike; backward the larger row gets the smaller gradient, a tenth.",
    tries: [
      "y: both rows are the same",
      "The gradient of x: the second row is a tenth of the first",
      "Change one element: its own row changes, the other does not",
    ],
  },
  ko: {
    title: "층 정규화",
    card: "샘플마다 따로: 열 배 큰 행은 기울기를 10분의 1만 받습니다.",
    text: "여기서는 행, 곧 샘플마다 따로, 원소 n = 4개에 걸쳐 정규화합니다. (M과 S는 μ와 σ를 행을 따라 반복한 것이고, ε은 10⁻⁵입니다.) 샘플끼리는 서로 보지 않습니다. 둘째 행은 첫째 행의 열 배이지만 결과는 같습니다. 역전파에서는 큰 행이 열 배 작은 기울기를 받습니다.",
    tries: ["y: 두 행이 같습니다", "x의 기울기: 둘째 행은 첫째의 10분의 1", "원소 하나를 바꾸면 그 행만 바뀝니다"],
  },
};

const dropout: GalleryPage = {
  name: "dropout",
  section: "6.4.3",
  build: () =>
    forwardAndBackward(() => {
      const layer = new Dropout(0.5, { rng: rng(4), inverted: true });
      const x = leaf(rows("1 2 3 4, 5 6 7 8"), "x");
      const y = scope("dropout", () => layer.forward(x, { train: true }));
      if (layer.mask !== null) named(layer.mask, "mask");
      nameOps(y, [["mul", "x × mask"]]);
      return named(weighted(named(y, "y"), "upstream"), "loss");
    }),
  tries: (graph) => [choosing(graph, "mask"), rulesOf(graph, "x × mask"), choosing(graph, "x")],
  en: {
    title: "Dropout",
    card: "The mask that switched values off stops their gradients, too.",
    text: "In training a mask of zeros and ones switches elements off; what is left is doubled, so that the sum stays what it was on average. Backward the same mask multiplies the gradient: what was switched off learns nothing in this step.",
    tries: [
      "The mask that was drawn",
      "Its rule: the gradient times the same mask",
      "The gradient of x: 0 wherever the mask is 0",
    ],
  },
  ko: {
    title: "드롭아웃",
    card: "값을 끈 마스크가 그 기울기도 막습니다.",
    text: "학습할 때 0과 1로 된 마스크가 원소를 끕니다. 남은 것은 두 배로 키우므로 합은 평균적으로 그대로입니다. 역전파에서도 같은 마스크를 기울기에 곱하므로, 꺼진 것은 이번 단계에서 아무것도 배우지 않습니다.",
    tries: ["뽑힌 마스크", "규칙: 기울기에 같은 마스크를 곱합니다", "x의 기울기: 마스크가 0인 곳은 0"],
  },
};

/** Pages of layers. */
export const layerPages = { softmaxWithLoss, affine, batchNormalization, layerNormalization, dropout };
