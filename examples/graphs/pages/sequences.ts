/** What networks for sequences are made of. */
import { LstmCell, matmul, scope, softmax, transpose, type Variable } from "adjoint";
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
} from "./page.ts";

/** The cell open, and in it the products that the gates come from folded. */
const memoryShown = opening("LSTM");

const lstm: GalleryPage = {
  name: "lstm-cell",
  section: "2, 6.2",
  // The way of the memory is seen whole while the products before the gates are folded.
  opens: `#${memoryShown}`,
  build: () =>
    forwardAndBackward(() => {
      const cell = new LstmCell(
        leaf([[0.5, 0.8, 1, -0.3]], "Wx"),
        leaf([[0.1, 0.4, -0.6, 0.2]], "Wh"),
        leaf([0, 1, 0, 0], "b"),
      );
      const [x, before, hidden] = [leaf([[1.5]], "x"), leaf([[0.5]], "c"), leaf([[0.3]], "h")].map(apart);
      const { h, c } = scope("LSTM", () => cell.forward(x, { h: hidden, c: before }));
      named(c, "new c");
      nameOps(h, [
        ["matmul", "x · Wx"],
        ["matmul", "h · Wh"],
        ["add", "x · Wx + h · Wh"],
        ["add", "gate sums"],
        ["slice", "input sum"],
        ["slice", "forget sum"],
        ["slice", "candidate sum"],
        ["slice", "output sum"],
        ["sigmoid", "forget gate"],
        ["mul", "kept"],
        ["sigmoid", "input gate"],
        ["tanh", "candidate"],
        ["mul", "written"],
        ["sigmoid", "output gate"],
        ["tanh", "tanh(new c)"],
      ]);
      enclose(h, "gate sums", "sums");
      return named(named(h, "new h").sum(), "loss");
    }),
  tries: (graph) => [
    `${rulesOf(graph, "new c")}&${memoryShown}`,
    `${rulesOf(graph, "kept")}&${memoryShown}`,
    `${rulesOf(graph, "kept")}&${memoryShown}&edit=${nodeOf(graph, "b")}.1:-4`,
  ],
  en: {
    title: "One step of an LSTM",
    card: "While the forget gate is open, the gradient of the memory hardly fades.",
    text: "The memory goes from c to the new c through a product with the forget gate, what is kept, and an addition of what is written: no matrix and no tanh. So its gradient on the way back is multiplied with the gate alone: while the gate is open, about 0.9 here, a step takes little of it. Closed, the gate falls from 0.911 to 0.064, and the gradient of c from 0.143 to 0.018: less far, since ∂kept rises from 0.157 to 0.279. The new c is smaller then, where tanh is steeper. (The gate sums, x · Wx + h · Wh + b, have four parts: three become gates by σ, one the candidate by tanh.)",
    tries: [
      "new c = kept + written: both get the gradient as it is",
      "The gradient of c: the forget gate, 0.911, times what arrives, 0.157",
      "Close the forget gate, b[1] = −4: c gets 0.064 × 0.279 = 0.018",
    ],
  },
  ko: {
    title: "LSTM 한 단계",
    card: "망각 게이트가 열려 있으면 기억의 기울기는 거의 줄지 않습니다.",
    text: "기억은 c에서 새 c로, 망각 게이트와의 곱셈(남긴 것)과 덧셈(쓴 것을 더함)만 지나갑니다. 행렬도 tanh도 없습니다. 그래서 돌아올 때 기울기에는 게이트만 곱해집니다. 게이트가 열려 있는 동안, 여기서는 약 0.9, 한 단계에서 조금만 줄어듭니다. 닫으면 게이트는 0.911에서 0.064로, c의 기울기는 0.143에서 0.018로 작아집니다. 기울기가 덜 작아지는 것은 ∂(남긴 것)이 0.157에서 0.279로 커지기 때문입니다. 새 c가 작아져 tanh가 더 가파릅니다. (게이트 합, 곧 x · Wx + h · Wh + b는 네 부분입니다. 셋은 σ를 지나 게이트가 되고, 하나는 tanh를 지나 후보가 됩니다.)",
    tries: [
      "새 c = 남긴 것 + 쓴 것: 둘 다 기울기를 그대로 받습니다",
      "c의 기울기: 망각 게이트 0.911 × 도착한 것 0.157",
      "망각 게이트를 닫으면(b[1] = −4) c는 0.064 × 0.279 = 0.018을 받습니다",
    ],
  },
};

const attention: GalleryPage = {
  name: "attention-head",
  pictured: "weights",
  section: "2, 8.1",
  build: () =>
    forwardAndBackward(() => {
      const x = fixed(rows("1 0, 0 1, 1 1"), "x");
      const project = (values: string, name: string): Variable =>
        named(matmul(x, leaf(rows(values), `W${name}`)), name);
      const q = project("1 0.5, -0.5 1", "q");
      const k = project("0.8 0, 0.2 1", "k");
      const v = project("1 2, 3 4", "v");
      const answers = named(matmul(q, named(transpose(k), "kᵀ")), "q · kᵀ");
      const shares = fixed(new Array(3).fill(new Array(3).fill(Math.SQRT1_2)), "1/√2");
      const scores = named(answers.mul(shares), "scores");
      const weights = named(
        scope("softmax", () => softmax(scores)),
        "weights",
      );
      const y = named(matmul(weights, v), "y");
      const upstream = fixed(rows("1 1, 0 0, 0 0"), "first row only");
      return named(named(y.mul(upstream), "first row of y").sum(), "loss");
    }),
  tries: (graph) => [choosing(graph, "weights"), rulesOf(graph, "y"), changing(graph, "Wq", 20, 0, "weights")],
  en: {
    title: "An attention head",
    card: "Who was looked at, learns: the gradient follows the weights.",
    text: "Every row asks all rows: how well does your key fit my query? Softmax makes shares of the answers, and the output is the values in those shares. Only the first row of y counts in this loss, so only the first row of weights gets a gradient. Both columns of ∂v are that row of weights, 0.28, 0.26 and 0.46: each value gets the gradient, 1, in proportion to its share.",
    tries: [
      "The weights: each row adds up to 1",
      "∂v = weightsᵀ · ∂y, 0.28, 0.26 and 0.46: who was looked at, learns",
      "A sharper query, Wq[0, 0] = 20: 0.96 of the first row's shares go to one value",
    ],
  },
  ko: {
    title: "어텐션 헤드",
    card: "본 만큼 배웁니다. 기울기는 가중치를 따라갑니다.",
    text: "모든 행이 모든 행에 묻습니다. 네 키가 내 쿼리에 얼마나 맞는가? 소프트맥스가 답을 비율로 만들고, 출력은 값을 그 비율로 섞은 것입니다. 이 손실은 y의 첫 행만 보므로 가중치의 첫 행만 기울기를 받습니다. ∂v의 두 열은 모두 그 가중치 행, 0.28, 0.26, 0.46입니다. 값마다 기울기 1을 자기 비율만큼 받습니다.",
    tries: [
      "가중치: 각 행을 더하면 1",
      "∂v = 가중치ᵀ · ∂y, 0.28, 0.26, 0.46: 본 만큼 배웁니다",
      "쿼리를 날카롭게, Wq[0, 0] = 20: 첫 행의 비율 0.96이 값 하나에 몰립니다",
    ],
  },
};

/** Pages of sequences. */
export const sequencePages = { lstm, attention };
