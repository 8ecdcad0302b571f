/** Windows over images: pages that open with the view of windows, over the graph that computes the same. */
import { Convolution, type Graph, Pooling, scope, type Variable } from "adjoint";
import { squares } from "../pictures.ts";
import {
  apart,
  choosing,
  fixed,
  forwardAndBackward,
  type GalleryPage,
  leaf,
  named,
  nameOps,
  nodeOf,
  rows,
  rulesOf,
} from "./page.ts";

/** An image of one channel. */
const image = (pixels: string, name: string): Variable => leaf([[rows(pixels)]], name);

/** Σ y · upstream for a result of 2×2: the gradient that arrives at y is 1, 2, 3, 4. */
function counted(y: Variable): Variable {
  const upstream = fixed([[rows("1 2, 3 4")]], "upstream");
  return named(named(named(y, "y").mul(upstream), "y × upstream").sum(), "loss");
}

/** The gradient that arrives at the image, as coloured squares. */
function picture(graph: Graph): Promise<string> {
  const [[pixels]] = graph.run().value(graph.gradients[nodeOf(graph, "x")]).toArray() as number[][][][];
  return Promise.resolve(squares(pixels));
}

const convolution: GalleryPage = {
  name: "im2col-windows",
  section: "7.4",
  opens: "#windows=nineSums",
  picture,
  build: () =>
    forwardAndBackward(() => {
      const layer = new Convolution(image("1 2, 3 4", "w"), leaf([0], "b"));
      const x = apart(image("1 2 3, 4 5 6, 7 8 9", "x"));
      const y = scope("convolution", () => layer.forward(x));
      nameOps(y, [
        ["im2col", "col"],
        ["transpose", "wᵀ"],
        ["matmul", "col · wᵀ"],
        ["repeat", "B"],
        ["add", "col · wᵀ + B"],
      ]);
      return counted(y);
    }),
  tries: (graph) => ["#windows=nineSums", "#windows=ones", "#windows=batch", rulesOf(graph, "im2col")],
  en: {
    title: "im2col and col2im, window by window",
    card: "Point at a row and see its window, at a pixel and see every row that reads it. Backward, windows drop onto the image and overlaps add up.",
    text: "A 3×3 image under a 2×2 filter has four windows. im2col copies each into a row; backward col2im adds each row's gradient, ∂y times w, back onto its window. So every pixel gets one term from each window that read it: one at a corner, two at an edge, four in the middle. The middle pixel is met by w 4, 3, 2 and 1, whose windows get ∂y = 1, 2, 3, 4: 4 + 6 + 6 + 4 = 20.",
    tries: [
      "The gradient of the image as nine sums: 20 in the middle",
      "All ones: the gradient counts windows, up to 9",
      "Two images of two channels",
      "The same as a step of the graph",
    ],
  },
  ko: {
    title: "im2col과 col2im, 윈도우 하나씩",
    card: "행을 가리키면 그 윈도우가, 픽셀을 가리키면 그것을 읽는 모든 행이 보입니다. 역전파에서는 윈도우가 이미지 위로 떨어지고 겹치면 더해집니다.",
    text: "3×3 이미지에 2×2 필터를 쓰면 윈도우는 넷입니다. im2col은 하나하나를 행으로 복사하고, 역전파에서 col2im은 행의 기울기, 곧 ∂y × w를 그 윈도우에 되돌려 더합니다. 그래서 픽셀은 자기를 읽은 윈도우마다 항을 하나씩 받습니다. 모서리는 하나, 변은 둘, 가운데는 넷입니다. 가운데 픽셀은 w 4, 3, 2, 1과 만나고 그 윈도우의 ∂y는 1, 2, 3, 4이므로 4 + 6 + 6 + 4 = 20입니다.",
    tries: [
      "이미지의 기울기를 합 아홉 개로: 가운데는 20",
      "모두 1: 기울기는 윈도우의 수, 많으면 9",
      "채널이 둘인 이미지 두 장",
      "같은 것을 그래프의 단계로",
    ],
  },
};

const pooling: GalleryPage = {
  name: "max-pooling",
  section: "7.3",
  opens: "#windows=pooling",
  picture,
  build: () =>
    forwardAndBackward(() => {
      const x = apart(image("1 2 1 0, 0 1 2 3, 3 0 1 2, 2 4 0 1", "x"));
      return counted(scope("pooling", () => new Pooling(2, 2, { stride: 2 }).forward(x)));
    }),
  tries: (graph) => ["#windows=pooling", rulesOf(graph, "max"), choosing(graph, "x")],
  en: {
    title: "Max pooling, window by window",
    card: "Each window keeps its largest number, and gives its gradient to that pixel alone.",
    text: "Each 2×2 window keeps its largest number: 2, 3, 4 and 2. Backward the gradient of the window goes to the pixel that was the largest; the other three get 0, since a small change of them changes nothing. The windows lie side by side here, so no pixel gets from two.",
    tries: [
      "The four windows: 1, 2, 4 and 3 arrive at the largest pixels",
      "The step of the maximum in the graph",
      "The gradient of x: 0 but for four pixels",
    ],
  },
  ko: {
    title: "최대 풀링, 윈도우 하나씩",
    card: "윈도우마다 가장 큰 수만 남기고, 기울기도 그 픽셀에만 줍니다.",
    text: "2×2 윈도우마다 가장 큰 수 2, 3, 4, 2만 남깁니다. 역전파에서 윈도우의 기울기는 가장 컸던 픽셀로 갑니다. 나머지 셋은 조금 바꿔도 결과가 그대로이므로 0을 받습니다. 여기서는 윈도우가 겹치지 않으므로 두 윈도우에서 받는 픽셀은 없습니다.",
    tries: [
      "윈도우 넷: 1, 2, 4, 3이 가장 큰 픽셀에 도착합니다",
      "그래프에서 최댓값의 단계",
      "x의 기울기: 네 픽셀 말고는 0",
    ],
  },
};

/** Pages of windows. */
export const windowPages = { convolution, pooling };
