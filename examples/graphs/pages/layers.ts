/** Single layers, on tensors that are small enough to read. */
import {
  add,
  BatchNormalization,
  constant,
  Dropout,
  LayerNormalization,
  matmul,
  rng,
  SoftmaxWithLoss,
  scope,
  square,
  type Variable,
  variable,
} from "adjoint";
import { changing, choosing, forwardAndBackward, type GalleryPage, named, rulesOf } from "./page.ts";

const float64 = (values: readonly (readonly number[])[], name: string): Variable =>
  variable(values, { name, dtype: "float64" });

/** Σ y · weights: a loss whose gradient by y is the weights. */
function weighted(y: Variable, name: string): Variable {
  const [rows, columns] = y.shape;
  const weights = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => i * columns + j + 1),
  );
  return y.mul(constant(weights, { name, dtype: "float64" })).sum();
}

const softmax: GalleryPage = {
  name: "softmax-with-loss",
  section: "5.6.3",
  build: () =>
    forwardAndBackward(() => {
      const scores = float64([[0.3, 2.9, 4.0]], "scores");
      const t = constant([[0, 1, 0]], { name: "t", dtype: "float64" });
      const layer = new SoftmaxWithLoss();
      const loss = scope("softmaxWithLoss", () => layer.forward(scores, t));
      if (layer.y !== null) named(layer.y, "y");
      return named(loss, "loss");
    }),
  tries: (graph) => ["#open=&node=b:softmaxWithLoss", choosing(graph, "y"), changing(graph, "scores", 9, 1)],
  en: {
    title: "Softmax with loss",
    text: "Softmax turns scores into probabilities y, cross entropy takes the logarithm of the right one. Twenty rules run backward, and what they leave is y − t: the probability of each class, less 1 for the right one. Fold the layer and compare the two rows of numbers.",
    tries: [
      "Folded: the gradient of the scores is y − t",
      "The probabilities y, to compare",
      "A score of 9 for the right class: hardly any gradient is left",
    ],
  },
  ko: {
    title: "소프트맥스와 손실",
    text: "소프트맥스는 점수를 확률 y로 바꾸고, 교차 엔트로피는 정답 확률의 로그를 취합니다. 규칙 스무 개를 거꾸로 지나면 남는 것은 y − t, 곧 각 클래스의 확률에서 정답만 1을 뺀 것입니다. 계층을 접고 두 줄의 숫자를 비교하세요.",
    tries: ["접어서 보기: 점수의 기울기는 y − t", "비교할 확률 y", "정답의 점수를 9로: 기울기가 거의 남지 않습니다"],
  },
};

const affine: GalleryPage = {
  name: "affine",
  section: "5.6.2",
  build: () =>
    forwardAndBackward(() => {
      const w = float64(
        [
          [1, -2, 0.5],
          [0.3, 1, -1],
        ],
        "W",
      );
      const b = variable([1, 2, 3], { name: "b", dtype: "float64" });
      const x = float64(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        "x",
      );
      return named(weighted(named(add(named(matmul(x, w), "x · W"), b), "y"), "upstream"), "loss");
    }),
  tries: (graph) => [rulesOf(graph, "repeat"), rulesOf(graph, "x · W"), changing(graph, "x", 0)],
  en: {
    title: "Affine on a batch: repeat and sum",
    text: "The bias is used once for every row of the batch, so it is repeated; backward the gradients of all its copies add up. The matrix gives each factor the gradient times the other's transpose. The gradients that arrive are 1 … 9, so that each sum can be checked by head.",
    tries: [
      "Why the bias's gradient is a sum: 12 = 1 + 4 + 7",
      "W̄ = xᵀ · ∂(x · W): point at an entry to see its row and column",
      "Set x[0, 0] to 0: which entries of W̄ change?",
    ],
  },
  ko: {
    title: "배치의 Affine: 반복과 합",
    text: "편향은 배치의 모든 행에 한 번씩 쓰이므로 반복됩니다. 역전파에서는 복사본 모두의 기울기가 더해집니다. 행렬 곱은 각 인수에 기울기와 다른 쪽의 전치를 곱해 줍니다. 도착하는 기울기가 1 … 9라서 합을 암산으로 확인할 수 있습니다.",
    tries: [
      "편향의 기울기가 합인 이유: 12 = 1 + 4 + 7",
      "W̄ = xᵀ · ∂(x · W): 원소를 가리키면 그 행과 열이 보입니다",
      "x[0, 0]을 0으로: W̄의 어느 원소가 바뀔까요?",
    ],
  },
};

/** Five samples of three features, as the normalizations get them. */
const samples = [
  [1, 20, -3],
  [2, 26, -1],
  [4, 22, 0],
  [3, 28, 2],
  [5, 24, -2],
];

/** Half the mean of the squared distances from a target, whose rows are shifted against each other as said. */
function distance(y: Variable, shift: number): Variable {
  const [rows, columns] = y.shape;
  const values = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => ((shift * i + j) % 3) - 1),
  );
  const target = constant(values, { name: "target", dtype: "float64" });
  const error = named(y.sub(target), "error");
  return named(square(error).mean().mul(0.5), "loss");
}

const batchNormalization: GalleryPage = {
  name: "batch-normalization",
  section: "6.3",
  build: () =>
    forwardAndBackward(() => {
      const gamma = variable([1, 2, 0.5], { name: "gamma", dtype: "float64" });
      const layer = new BatchNormalization(gamma, variable([0, 0.1, -0.1], { name: "beta", dtype: "float64" }));
      const x = float64(samples, "x");
      return distance(
        named(
          scope("batchNormalization", () => layer.forward(x, { train: true })),
          "y",
        ),
        1,
      );
    }),
  tries: (graph) => [choosing(graph, "x"), rulesOf(graph, "y"), changing(graph, "x", 10)],
  en: {
    title: "Batch normalization",
    text: "Each column is shifted to mean 0 and scaled to variance 1, over the batch. x goes two ways, into mean and variance and beside them, so its gradient is a sum of contributions. Each column of it adds up to 0: a shift of all samples changes nothing.",
    tries: [
      "The gradient of x: every column adds up to 0",
      "The last op of the layer: beta gets a sum over the batch",
      "Move one sample, and see the others' gradients move",
    ],
  },
  ko: {
    title: "배치 정규화",
    text: "각 열을 배치 전체에서 평균 0, 분산 1이 되도록 바꿉니다. x는 평균과 분산으로, 또 그 곁으로 두 갈래로 가므로 기울기는 기여들의 합입니다. 기울기의 각 열을 더하면 0입니다. 모든 샘플을 함께 옮겨도 아무것도 바뀌지 않기 때문입니다.",
    tries: [
      "x의 기울기: 열마다 더하면 0입니다",
      "계층의 마지막 연산: beta는 배치의 합을 받습니다",
      "샘플 하나를 옮기면 다른 샘플의 기울기도 움직입니다",
    ],
  },
};

const layerNormalization: GalleryPage = {
  name: "layer-normalization",
  build: () =>
    forwardAndBackward(() => {
      const gamma = variable([1, 1, 1, 1], { name: "gamma", dtype: "float64" });
      const layer = new LayerNormalization(gamma, variable([0, 0, 0, 0], { name: "beta", dtype: "float64" }));
      const x = float64(
        [
          [1, 2, 4, 7],
          [10, 20, 40, 70],
        ],
        "x",
      );
      return distance(
        named(
          scope("layerNormalization", () => layer.forward(x)),
          "y",
        ),
        // Both rows have the same target, so that only their size tells their gradients apart.
        0,
      );
    }),
  tries: (graph) => [choosing(graph, "y"), choosing(graph, "x"), changing(graph, "x", 14, 3)],
  en: {
    title: "Layer normalization",
    text: "Here every row, that is every sample, is normalized by itself: no sample sees another. The second row is ten times the first, and both come out alike; backward the larger row gets the smaller gradient, a tenth.",
    tries: [
      "y: both rows are the same",
      "The gradient of x: the second row is a tenth of the first",
      "Change one element: its own row changes, the other does not",
    ],
  },
  ko: {
    title: "층 정규화",
    text: "여기서는 행, 곧 샘플마다 따로 정규화합니다. 어떤 샘플도 다른 샘플을 보지 않습니다. 둘째 행은 첫째 행의 열 배이지만 결과는 같습니다. 역전파에서는 큰 행이 열 배 작은 기울기를 받습니다.",
    tries: ["y: 두 행이 같습니다", "x의 기울기: 둘째 행은 첫째의 10분의 1", "원소 하나를 바꾸면 그 행만 바뀝니다"],
  },
};

const dropout: GalleryPage = {
  name: "dropout",
  section: "6.4.3",
  build: () =>
    forwardAndBackward(() => {
      const layer = new Dropout(0.5, { rng: rng(4), inverted: true });
      const x = float64(
        [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ],
        "x",
      );
      const y = scope("dropout", () => layer.forward(x, { train: true }));
      if (layer.mask !== null) named(layer.mask, "mask");
      return named(weighted(named(y, "y"), "upstream"), "loss");
    }),
  tries: (graph) => [choosing(graph, "mask"), rulesOf(graph, "mul"), choosing(graph, "x")],
  en: {
    title: "Dropout",
    text: "In training a mask of zeros and ones switches elements off; what is left is doubled, so that the sum stays what it was on average. Backward the same mask multiplies the gradient: what was switched off learns nothing in this step.",
    tries: [
      "The mask that was drawn",
      "Its rule: the gradient times the same mask",
      "The gradient of x: 0 wherever the mask is 0",
    ],
  },
  ko: {
    title: "드롭아웃",
    text: "학습할 때 0과 1의 마스크가 원소를 끕니다. 남은 것은 두 배가 되어 합이 평균적으로 그대로입니다. 역전파에서도 같은 마스크가 막아서, 꺼진 것은 이번 단계에서 아무것도 배우지 않습니다.",
    tries: ["뽑힌 마스크", "규칙: 기울기에 같은 마스크를 곱합니다", "x의 기울기: 마스크가 0인 곳은 0"],
  },
};

/** Pages of layers. */
export const layerPages = { softmax, affine, batchNormalization, layerNormalization, dropout };
