/** Networks, and what happens to gradients on their way through many layers. */
import {
  add,
  Convolution,
  constant,
  DeepConvNet,
  div,
  type Graph,
  graphOf,
  matmul,
  mul,
  recordAll,
  rng,
  SimpleConvNet,
  scope,
  sigmoid,
  sqrt,
  square,
  sub,
  TwoLayerNet,
  type Variable,
} from "adjoint";
import { gradientPicture } from "../pictures.ts";
import {
  apart,
  changing,
  choosing,
  fixed,
  foldedRulesOf,
  forwardAndBackward,
  type GalleryPage,
  leaf,
  named,
  nameInLayers,
  nameOps,
  nodeOf,
  rows,
  rulesOf,
  stepTo,
} from "./page.ts";

/** Random images or rows. */
function data(shape: readonly number[], name: string): Variable {
  return constant(rng(1).normal(shape), { name });
}

/** The loss of a network, with names for what its layers compute. */
function lossOf(loss: Variable): Variable {
  nameInLayers(loss);
  return named(loss, "loss");
}

const convolution: GalleryPage = {
  name: "convolution",
  section: "7.4",
  build: () =>
    forwardAndBackward(() => {
      // All ones: the gradient of a pixel is the number of windows that read it.
      const w = leaf([[rows("1 1 1, 1 1 1, 1 1 1")]], "W");
      const layer = new Convolution(w, leaf([0], "b"), { stride: 1, pad: 0 });
      const x = leaf([[rows("1 2 3 4, 5 6 7 8, 9 10 11 12, 13 14 15 16")]], "x");
      const y = scope("convolution", () => layer.forward(x));
      nameOps(y, [
        ["im2col", "col"],
        ["transpose", "Wᵀ"],
        ["matmul", "col · Wᵀ"],
        ["repeat", "B"],
        ["add", "col · Wᵀ + B"],
      ]);
      return named(named(y, "y").sum(), "loss");
    }),
  tries: (graph) => {
    const step = rulesOf(graph, "im2col");
    const weights = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((w, i) => `${nodeOf(graph, "W")}.${i}:${w}`);
    return [
      step,
      `#windows=1,1,4,4;3,3;1,0,1;product;ones;ones&node=n${nodeOf(graph, "im2col")}`,
      `${step}&edit=${weights.join(";")}`,
      "#windows=nineSums",
    ];
  },
  en: {
    title: "One convolution: im2col and col2im",
    card: "Windows overlap, so a pixel gets one gradient from each window that read it.",
    text: "im2col copies each 3×3 window of x into a row, so that the convolution is one product of matrices. Backward col2im adds each row back onto the pixels that it was read from. All weights and all gradients of y are 1 here, so ∂x counts windows: a corner is read by one, an edge by two, each middle pixel by four. With other weights each window adds the weight that met the pixel, in place of 1.",
    tries: [
      "The step ∂x = col2im(∂col): 1 at the corners, 2 at the edges, 4 in the middle",
      "The four windows, one by one, forward and backward",
      "Weights 1 … 9: in place of 4 the first middle pixel gets 5 + 4 + 2 + 1 = 12",
      "A 3×3 image: its gradient as nine sums",
    ],
  },
  ko: {
    title: "합성곱 하나: im2col과 col2im",
    card: "윈도우가 겹치므로 픽셀은 자기를 읽은 윈도우마다 기울기를 하나씩 받습니다.",
    text: "im2col은 x의 3×3 윈도우마다 한 행으로 복사해 합성곱을 행렬 곱 하나로 만듭니다. 역전파에서 col2im은 각 행을 읽어 온 픽셀에 되돌려 더합니다. 여기서는 가중치와 y의 기울기가 모두 1이므로 ∂x는 윈도우의 수입니다. 모서리는 하나, 변은 둘, 가운데 픽셀은 넷이 읽습니다. 가중치가 다르면 윈도우마다 1 대신 그 픽셀과 만난 가중치를 더합니다.",
    tries: [
      "∂x = col2im(∂col) 단계: 모서리 1, 변 2, 가운데 4",
      "윈도우 넷을 하나씩, 순전파와 역전파",
      "가중치 1 … 9: 가운데 첫 픽셀은 4 대신 5 + 4 + 2 + 1 = 12를 받습니다",
      "3×3 이미지: 기울기를 합 아홉 개로",
    ],
  },
};

const tenSigmoids: GalleryPage = {
  name: "ten-sigmoids",
  picture: gradientPicture,
  section: "6.2",
  build: () =>
    forwardAndBackward(() => {
      let h: Variable = leaf(0.5, "x");
      for (let i = 1; i <= 10; i++) {
        const before = i === 1 ? "x" : `h${i - 1}`;
        h = scope(`layer ${i}`, () => sigmoid(named(h.mul(leaf(1, `w${i}`)), `${before} × w${i}`)));
        named(h, `h${i}`);
      }
      return h;
    }),
  tries: (graph) => [
    "#open=&node=b:layer%201",
    `${rulesOf(graph, "h1")}&open=*`,
    `#open=*&node=n${nodeOf(graph, "w1")}&edit=${[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => `${nodeOf(graph, `w${i}`)}.0:4`).join(";")}`,
  ],
  en: {
    title: "Ten sigmoids in a row: the vanishing gradient",
    card: "Times 0.25 at most, ten times over: the first weight learns nothing.",
    text: "Every sigmoid multiplies the gradient with y (1 − y), which is 0.25 at the most. After ten layers less than a millionth is left: w1 learns nothing, however wrong the output is. Start at layer 10, whose result h10 is the output, and follow the red arrows from one gradient to the next; each is about a quarter of the one before. A step with learning rate 1 would move w1 = 1 by 1.7·10⁻⁷.",
    tries: [
      "Folded: the gradient shrinks from layer to layer",
      "The rule of the first layer: times y (1 − y), here 0.235",
      "All weights 4: the sigmoids saturate, and the gradient of w1 is smaller still",
    ],
  },
  ko: {
    title: "시그모이드 열 개: 사라지는 기울기",
    card: "많아야 0.25를 열 번 곱하면 첫 가중치는 아무것도 배우지 못합니다.",
    text: "시그모이드마다 기울기에 y (1 − y)를 곱하는데 이는 많아야 0.25입니다. 열 층을 지나면 100만분의 1도 남지 않습니다. 출력이 아무리 틀려도 w1은 아무것도 배우지 못합니다. 출력 h10이 나오는 layer 10에서 시작해 붉은 화살표를 따라 기울기를 읽어 보세요. 하나하나가 바로 앞의 약 4분의 1입니다. 학습률 1로 한 단계를 가도 w1 = 1은 1.7·10⁻⁷만큼 움직일 뿐입니다.",
    tries: [
      "접어서: 기울기가 층마다 작아집니다",
      "첫 층의 규칙: y (1 − y), 여기서는 0.235를 곱합니다",
      "가중치를 모두 4로: 포화되어 w1의 기울기가 더 작아집니다",
    ],
  },
};

const residual: GalleryPage = {
  name: "residual-block",
  build: () =>
    forwardAndBackward(() => {
      const x = apart(leaf([[1, -0.5]], "x"));
      const weights = (name: string): Variable => leaf(rows("0.2 -0.1, -0.1 0.1"), name);
      const branch = scope("branch", () => {
        const hidden = named(named(matmul(x, weights("W1")), "x · W1").relu(), "h");
        return matmul(hidden, weights("W2"));
      });
      return named(named(add(x, named(branch, "F(x)")), "y").sum(), "loss");
    }),
  tries: (graph) => [rulesOf(graph, "y"), rulesOf(graph, "x · W1"), changing(graph, "W1", -5, 0, "x")],
  en: {
    title: "A residual block",
    card: "The way around the layers passes the gradient on as it is.",
    text: "y = F(x) + x. The addition passes the gradient on as it is: one part goes through the branch, where small weights shrink it, the other arrives at x untouched. That is why a hundred of such blocks can be trained: the way around never vanishes.",
    tries: [
      "The addition: the same gradient both ways",
      "The branch adds its part to x: 1, 1 + 0.02, −0.01 = 1.02, 0.99",
      "W1[0, 0] = −5 shuts the branch: the 1 stays",
    ],
  },
  ko: {
    title: "잔차 블록",
    card: "계층을 돌아가는 지름길은 기울기를 그대로 보냅니다.",
    text: "y = F(x) + x. 덧셈은 기울기를 그대로 보냅니다. 한쪽은 가지를 지나며 작은 가중치 때문에 줄어들고, 다른 쪽은 그대로 x에 도착합니다. 그래서 이런 블록 백 개도 학습할 수 있습니다. 지름길로 오는 기울기는 사라지지 않습니다.",
    tries: [
      "덧셈: 양쪽에 같은 기울기",
      "가지의 몫이 x에서 더해집니다: 1, 1 + 0.02, −0.01 = 1.02, 0.99",
      "W1[0, 0] = −5로 가지를 막아도 1은 남습니다",
    ],
  },
};

const twoLayerNet: GalleryPage = {
  name: "two-layer-net",
  section: "5.7",
  build: () => {
    const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 5, outputSize: 3, weightInitStd: 0.5, seed: 0 });
    const t = apart(constant([0, 2, 1], { name: "t", dtype: "int32" }));
    return forwardAndBackward(() => lossOf(net.loss(apart(data([3, 4], "x")), t)));
  },
  tries: (graph) => [foldedRulesOf(graph, "loss"), rulesOf(graph, "relu"), choosing(graph, "W1")],
  en: {
    title: "The two-layer network, one training step",
    card: "Affine, ReLU, affine, loss: a batch forward, and the gradients of all parameters.",
    text: "Affine, ReLU, affine, softmax with loss: a batch of three forward, and the gradients of all parameters backward. Folded, each layer is one step, with the norms of what goes in and out; opened, it is the ops that the book derives one by one.",
    tries: [
      "Folded: backward layer by layer, from the loss",
      "ReLU stops gradients where its input was negative",
      "W1 and its gradient, entry by entry",
    ],
  },
  ko: {
    title: "2층 신경망의 학습 한 단계",
    card: "Affine, ReLU, Affine, 손실: 배치가 앞으로, 모든 매개변수의 기울기가 뒤로.",
    text: "Affine, ReLU, Affine, 소프트맥스와 손실. 샘플 셋이 앞으로, 모든 매개변수의 기울기가 뒤로 갑니다. 접으면 계층마다 한 단계이고 드나드는 것의 노름이 보입니다. 펼치면 책이 하나씩 유도하는 연산들입니다.",
    tries: [
      "접어서: 손실부터 계층마다 거꾸로",
      "ReLU는 입력이 음수였던 곳의 기울기를 막습니다",
      "W1과 그 기울기를 원소마다",
    ],
  },
};

const simpleConvNet: GalleryPage = {
  name: "simple-conv-net",
  section: "7.5",
  build: () => {
    const net = new SimpleConvNet({
      inputDim: [1, 12, 12],
      convParam: { filterNum: 4, filterSize: 5, pad: 0, stride: 1 },
      hiddenSize: 12,
      weightInitStd: 0.1,
      seed: 0,
    });
    const t = constant([3, 1], { name: "t", dtype: "int32" });
    return forwardAndBackward(() => lossOf(net.loss(data([2, 1, 12, 12], "x"), t)));
  },
  tries: (graph) => [foldedRulesOf(graph, "loss"), "#windows=pooling", "#open=*"],
  en: {
    title: "SimpleConvNet, one training step",
    card: "Pooling hands each gradient to the largest pixel of its window.",
    text: "Convolution, ReLU, pooling, two affine layers. Pooling hands each gradient to the one pixel that was the largest of its window; all others get nothing. Step through the folded layers and compare the norms of the gradients.",
    tries: ["Folded: backward layer by layer, from the loss", "What pooling does with a gradient", "Every op of it"],
  },
  ko: {
    title: "SimpleConvNet의 학습 한 단계",
    card: "풀링은 기울기를 윈도우에서 가장 큰 픽셀에만 줍니다.",
    text: "합성곱, ReLU, 풀링, Affine 둘. 풀링은 기울기를 윈도우에서 가장 컸던 픽셀 하나에만 줍니다. 나머지는 아무것도 받지 않습니다. 접힌 계층을 한 단계씩 지나며 기울기의 노름을 비교하세요.",
    tries: ["접어서: 손실부터 계층마다 거꾸로", "풀링이 기울기로 하는 일", "모든 연산"],
  },
};

const deepConvNet: GalleryPage = {
  name: "deep-conv-net",
  picture: gradientPicture,
  section: "8.1",
  build: () => {
    const net = new DeepConvNet({ seed: 0 });
    const t = constant([3, 7], { name: "t", dtype: "int32" });
    return forwardAndBackward(() => lossOf(net.loss(data([2, 1, 28, 28], "x"), t, { train: true })));
  },
  tries: (graph) => [foldedRulesOf(graph, "loss"), choosing(graph, "W1"), "#open=%5B%22conv1%22%5D"],
  en: {
    title: "DeepConvNet, one training step",
    card: "The largest graph: follow the norms of the gradients through 21 layers.",
    text: "Six convolutions, three poolings and two affine layers with dropout. With He initialization the gradient keeps its size through all 21 layers: its norm starts as 1 at the loss and is still 0.66 at the result of the first convolution. Read it in the folded boxes, and compare with the ten sigmoids. (Norms of values fall where layers have fewer numbers.)",
    tries: [
      "Folded: backward layer by layer, from the loss",
      "The gradient that reaches the first filters",
      "The first convolution opened",
    ],
  },
  ko: {
    title: "DeepConvNet의 학습 한 단계",
    card: "가장 큰 그래프: 기울기의 노름을 21개 계층에 걸쳐 따라가 보세요.",
    text: "합성곱 여섯, 풀링 셋, 드롭아웃이 있는 Affine 둘. He 초깃값을 쓰면 기울기가 21개 계층을 지나는 동안 크기를 지킵니다. 노름은 손실에서 1로 시작해 첫 합성곱의 결과에서도 0.66입니다. 접힌 상자에서 읽고 시그모이드 열 개와 비교하세요. (값의 노름은 원소가 적은 계층에서 작아집니다.)",
    tries: ["접어서: 손실부터 계층마다 거꾸로", "첫 필터에 도착하는 기울기", "첫 합성곱을 펼쳐서"],
  },
};

const adam: GalleryPage = {
  name: "adam-step",
  section: "6.1.6",
  build: (): Graph => {
    const w = leaf([0.5, -1, 2], "w");
    const target = fixed([1, 1, 1], "target");
    return recordAll(() => {
      const error = named(sub(w, target), "w − target");
      const loss = named(named(square(error), "(w − target)²").sum(), "loss");
      loss.backward({ createGraph: true });
      const g = named(w.grad as Variable, "gradient g");
      nameOps(g, [
        ["reshape", null, "∂loss"],
        ["repeat", "∂(w − target)²"],
        ["mul", "2 (w − target)", "2"],
      ]);
      return graphOf(loss, adamUpdate(w, g));
    });
  },
  tries: (graph) => [
    stepTo(graph, "gradient g"),
    stepTo(graph, "new m"),
    stepTo(graph, "new v"),
    stepTo(graph, "lrₜ · m / √v"),
    stepTo(graph, "new w"),
    `${stepTo(graph, "new w")}&edit=${nodeOf(graph, "w")}.2:5`,
  ],
  en: {
    title: "One step of Adam",
    card: "Loss, gradient, moments and the update are one graph.",
    text: "Loss, gradient g, both moments and the update as one graph: training is computation like any other. With lr = 0.1, β₁ = 0.9 and β₂ = 0.999 Adam computes m ← m + 0.1 (g − m), v ← v + 0.001 (g² − v) and w ← w − lrₜ m / (√v + ε), where ε = 10⁻⁷ keeps the divisor above 0. In the first step m and v start from 0, so they are 0.1 g and 0.001 g², too small by the factors 1 − β₁ and 1 − β₂. The rate lrₜ = lr √(1 − β₂) / (1 − β₁) = 0.0316 makes up for both: lrₜ m / √v is 0.1 g / |g|. The gradient is divided by its own size, so every weight moves by 0.1, the learning rate, whether its gradient is large or small.",
    tries: [
      "The gradient, 2 × (w − target): −1, −4, 2",
      "The mean of gradients, new m, a tenth of g: −0.1, −0.4, 0.2",
      "The mean of their squares, new v, a thousandth of g²: 0.001, 0.016, 0.004",
      "The division by the size: −0.1, −0.1 and 0.1",
      "The new weights: 0.6, −0.9, 1.9",
      "A weight far off, 5: it moves to 4.9 all the same",
    ],
  },
  ko: {
    title: "Adam 한 단계",
    card: "손실, 기울기, 모멘트와 갱신이 그래프 하나입니다.",
    text: "손실, 기울기 g, 두 모멘트와 갱신이 그래프 하나입니다. 학습도 여느 것과 다름없는 계산입니다. lr = 0.1, β₁ = 0.9, β₂ = 0.999일 때 Adam은 m ← m + 0.1 (g − m), v ← v + 0.001 (g² − v), w ← w − lrₜ m / (√v + ε)을 계산합니다. ε = 10⁻⁷은 나누는 수가 0이 되지 않게 합니다. 첫 단계에서는 m과 v가 0에서 시작하므로 0.1 g와 0.001 g²이 되고, 각각 1 − β₁배와 1 − β₂배로 작습니다. 학습률 lrₜ = lr √(1 − β₂) / (1 − β₁) = 0.0316이 둘을 함께 바로잡아, lrₜ m / √v는 0.1 g / |g|입니다. 기울기를 자기 크기로 나누므로, 기울기가 크든 작든 모든 가중치가 학습률 0.1만큼 움직입니다.",
    tries: [
      "기울기, 2 × (w − 목표): −1, −4, 2",
      "기울기의 평균, 새 m: −0.1, −0.4, 0.2",
      "제곱의 평균, 새 v: 0.001, 0.016, 0.004",
      "크기로 나누기: −0.1, −0.1, 0.1",
      "새 가중치: 0.6, −0.9, 1.9",
      "멀리 있는 가중치 5도 똑같이 4.9로 움직입니다",
    ],
  },
};

/** The parameter after the first update, in the words of the rule of `Adam`, every value by its name. */
function adamUpdate(w: Variable, g: Variable): Variable {
  const [lr, beta1, beta2] = [0.1, 0.9, 0.999];
  const moment = (name: string, value: Variable, label: string, rate: Variable): Variable => {
    const old = fixed([0, 0, 0], name);
    const away = named(sub(value, old), `${label} − ${name}`);
    return named(add(old, named(mul(away, rate), `(${rate.name}) · (${label} − ${name})`)), `new ${name}`);
  };
  const m = scope("moment 1", () => moment("m", g, "g", fixed(1 - beta1, "1 − β₁")));
  const v = scope("moment 2", () => moment("v", named(square(g), "g²"), "g²", fixed(1 - beta2, "1 − β₂")));
  return scope("update", () => {
    const rate = fixed((lr * Math.sqrt(1 - beta2)) / (1 - beta1), "lrₜ");
    const size = named(add(named(sqrt(v), "√v"), fixed(1e-7, "ε")), "√v + ε");
    return named(sub(w, named(div(named(mul(m, rate), "lrₜ · m"), size), "lrₜ · m / √v")), "new w");
  });
}

/** Pages of networks and of training. */
export const networkPages = { convolution, tenSigmoids, residual, twoLayerNet, simpleConvNet, deepConvNet, adam };
