/** The first graphs: numbers alone. */
import { add, div, exp, graphOf, mul, neg, recordAll, square, type Variable } from "adjoint";
import {
  apart,
  changing,
  choosing,
  forwardAndBackward,
  fromTheStart,
  type GalleryPage,
  lastArrivalAt,
  leaf,
  named,
  nameOps,
  nodeOf,
  rulesOf,
  stepTo,
  withName,
} from "./page.ts";

const apples: GalleryPage = {
  name: "buy-apple",
  section: "5.4.1",
  build: () =>
    forwardAndBackward(() => {
      const total = named(leaf(100, "apple").mul(leaf(2, "number of apples")), "apple total");
      return named(total.mul(leaf(1.1, "tax")), "price");
    }),
  tries: (graph) => [fromTheStart, rulesOf(graph, "price"), changing(graph, "apple", 150)],
  en: {
    title: "Two apples with tax",
    card: "Start here: if an apple cost 1 more, how much more would you pay?",
    text: "Two apples at 100 each, with 10 % tax, cost 220. Backward every box asks: if my input grew by a little, how much would the price grow? A product answers with its other input. So an apple that costs 1 more makes the price 2.2 more, and one apple more makes it 110 more.",
    tries: [
      "Step through it from the start",
      "See the tax get its gradient: the other input, 200",
      "Let an apple cost 150: which gradients change, and which not?",
    ],
  },
  ko: {
    title: "사과 두 개와 소비세",
    card: "여기서 시작하세요. 사과가 1원 비싸지면 얼마를 더 내게 될까요?",
    text: "100원짜리 사과 두 개에 소비세 10 %를 더하면 지불 금액은 220원입니다. 역전파에서 각 상자는 이렇게 묻습니다. 내 입력이 조금 커지면 지불 금액은 얼마나 커질까? 곱셈은 다른 쪽 입력으로 답합니다. 그래서 사과가 1원 비싸지면 2.2원을 더 내고, 사과를 한 개 더 사면 110원을 더 냅니다.",
    tries: [
      "처음부터 한 단계씩 보기",
      "소비세의 기울기는 다른 쪽 입력 200입니다",
      "사과를 150원으로 바꾸면 어떤 기울기가 바뀔까요?",
    ],
  },
};

const applesAndOranges: GalleryPage = {
  name: "buy-apple-orange",
  section: "5.4.2",
  build: () =>
    forwardAndBackward(() => {
      const appleTotal = named(leaf(100, "apple").mul(leaf(2, "number of apples")), "apple total");
      const orangeTotal = named(leaf(150, "orange").mul(leaf(3, "number of oranges")), "orange total");
      return named(named(appleTotal.add(orangeTotal), "total").mul(leaf(1.1, "tax")), "price");
    }),
  tries: (graph) => [
    rulesOf(graph, "total"),
    rulesOf(graph, "orange total"),
    changing(graph, "number of oranges", 4, 0, "tax"),
  ],
  en: {
    title: "Apples and oranges with tax",
    card: "An addition passes the gradient on as it is, to both sides.",
    text: "An addition does not ask what it adds: it passes the gradient on as it is, to both sides. So apples and oranges both get 1.1, and the products below turn that into what one more fruit, or a higher price, is worth.",
    tries: [
      "The sum passes 1.1 on to both sides",
      "One more orange makes the price 165 more",
      "Buy 4 oranges: the tax's gradient grows from 650 to 800",
    ],
  },
  ko: {
    title: "사과와 귤, 소비세",
    card: "덧셈은 기울기를 그대로 양쪽에 보냅니다.",
    text: "덧셈은 무엇을 더하는지 묻지 않습니다. 기울기를 그대로 양쪽에 보냅니다. 그래서 사과와 귤은 모두 1.1을 받고, 그다음의 곱셈이 그것을 한 개 더 살 때와 가격이 오를 때의 기울기로 바꿉니다.",
    tries: [
      "덧셈은 1.1을 양쪽에 그대로 보냅니다",
      "귤을 한 개 더 사면 165원을 더 냅니다",
      "귤을 4개 사면 소비세의 기울기가 650에서 800으로 커집니다",
    ],
  },
};

const sigmoid: GalleryPage = {
  name: "sigmoid",
  section: "5.5.2",
  build: () =>
    forwardAndBackward(() => {
      const power = named(exp(named(neg(leaf(0.5, "x")), "−x")), "e⁻ˣ");
      return named(div(1, named(add(1, power), "1 + e⁻ˣ")), "y");
    }),
  tries: (graph) => [rulesOf(graph, "y"), changing(graph, "x", 0), changing(graph, "x", 6)],
  en: {
    title: "The sigmoid, node by node",
    card: "1 / (1 + e⁻ˣ) as four ops: their local derivatives multiply to y (1 − y).",
    text: "1 / (1 + e⁻ˣ) as four simple ops. Each multiplies the gradient with its own local derivative, and the product of all four is y (1 − y). It is largest at x = 0, where it is 0.25, and next to nothing where the curve is flat.",
    tries: [
      "The division by 1 + e⁻ˣ: times −y / (1 + e⁻ˣ), which is −y²",
      "x = 0: the gradient is 0.25, its largest",
      "x = 6: the sigmoid saturates and the gradient is all but gone",
    ],
  },
  ko: {
    title: "시그모이드, 노드 하나씩",
    card: "1 / (1 + e⁻ˣ)를 연산 넷으로: 국소적 미분을 모두 곱하면 y (1 − y)입니다.",
    text: "1 / (1 + e⁻ˣ)를 간단한 연산 넷으로 나눈 것입니다. 각 연산은 자기의 국소적 미분을 곱하고, 넷을 모두 곱하면 y (1 − y)입니다. x = 0에서 0.25로 가장 크고, 곡선이 평평한 곳에서는 거의 0입니다.",
    tries: [
      "1 + e⁻ˣ으로 나누기: −y / (1 + e⁻ˣ), 곧 −y²을 곱합니다",
      "x = 0: 기울기가 0.25로 가장 큽니다",
      "x = 6: 시그모이드가 포화되어 기울기가 거의 사라집니다",
    ],
  },
};

/** What the ops of the backward pass of x² + x³ compute, in their order: the part of x³, that of x², and their sum. */
const slopeOps = [
  ["mul", "1 · x", null, "∂f(x)"],
  ["mul", "1 · x²"],
  ["mul", "2x", "2"],
  ["mul", "2x · x"],
  ["add", "3x²"],
  ["mul", "2x", "2"],
  ["mul", "1 · 2x"],
] as const;

const secondDerivative: GalleryPage = {
  name: "second-derivative",
  build: () => {
    const x = apart(leaf(2, "x"));
    const squared = named(square(x), "x²");
    const f = named(add(squared, named(mul(named(square(x), "x²"), x), "x³")), "f(x)");
    recordAll(() => f.backward({ createGraph: true }));
    const slope = named(x.grad as Variable, "f′(x)");
    nameOps(slope, slopeOps);
    // The slope's own backward pass: what arrives at x is the second derivative.
    const graph = graphOf(f, slope, { backward: slope });
    return withName(graph, graph.gradients[nodeOf(graph, "x")], "f″(x)");
  },
  tries: (graph) => [
    stepTo(graph, "f(x)"),
    choosing(graph, "f′(x)"),
    lastArrivalAt(graph, "x"),
    changing(graph, "x", 0),
    changing(graph, "x", -1 / 3),
  ],
  en: {
    title: "The second derivative of x³ + x²",
    card: "A backward pass is a graph, too: here it has a backward pass of its own.",
    text: "A backward pass is a graph like any other, so it has a backward pass of its own. Black is f(x) = x³ + x², 12 at x = 2, and the backward pass of f: x² gives 2x to x, x³ gives x² and 2x · x, together 3x², and their sum is the slope f′(x) = 3x² + 2x = 16. Red is the backward pass of f′, and what arrives at x is f″(x) = 6x + 2 = 14: 2 by way of 2x, and three times 2x = 4 by way of 3x².",
    tries: [
      "f(2) = 12: 4 + 8",
      "f′(2) = 16: 3x² and 2x, added up",
      "f″(2) = 14: the last 4 arrives at x, 10 + 4",
      "x = 0: f′ = 0 and f″ = 2, a valley",
      "x = −1/3: f″ = 0, but for rounding, where the curve turns",
    ],
  },
  ko: {
    title: "x³ + x²의 이계 도함수",
    card: "역전파도 그래프이므로 다시 역전파할 수 있습니다.",
    text: "역전파도 하나의 그래프이므로 다시 역전파할 수 있습니다. 검은색은 f(x) = x³ + x², 곧 x = 2에서 12와, f의 역전파입니다. x²은 x에 2x를 주고 x³은 x²과 2x · x를, 합쳐서 3x²을 줍니다. 모두 더한 것이 도함수 f′(x) = 3x² + 2x = 16입니다. 붉은색은 f′의 역전파이고, x에 도착하는 것이 이계 도함수 f″(x) = 6x + 2 = 14입니다. 2는 2x를 지나서, 2x = 4 세 번은 3x²을 지나서 옵니다.",
    tries: [
      "f(2) = 12: 4 + 8",
      "f′(2) = 16: 3x²과 2x를 더한 것",
      "f″(2) = 14: 마지막 4가 x에 도착합니다, 10 + 4",
      "x = 0: f′ = 0, f″ = 2인 골짜기",
      "x = −1/3: 반올림 오차를 빼면 f″ = 0, 곡선이 휘는 방향이 바뀝니다",
    ],
  },
};

/** Pages of numbers. */
export const firstPages = { apples, applesAndOranges, sigmoid, secondDerivative };
