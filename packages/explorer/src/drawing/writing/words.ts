/** What is said of steps, in the languages of the page. */
import type { Writing } from "./expression.ts";

/** The words of steps in one language. */
export interface StepWords extends Pick<Writing, "summed" | "repeated"> {
  readonly stepper: string;
  readonly first: string;
  readonly previous: string;
  readonly next: string;
  readonly last: string;
  readonly stepOf: (step: number, of: number) => string;
  readonly startStep: string;
  readonly forwardStep: (name: string) => string;
  readonly backwardStep: (name: string) => string;
  readonly atStart: string;
}

const countIn = (axes: readonly number[], from: readonly number[]): number =>
  axes.reduce((product, axis) => product * (from[axis] ?? 1), 1);

/** In English. */
export const english: StepWords = {
  summed: (what, axes, from) => {
    const count = countIn(axes, from);
    if (from.length === 2 && axes.length === 1)
      return `${what} added up over its ${count} ${axes[0] === 0 ? "rows" : "columns"}`;
    return axes.length === from.length
      ? `all ${count} elements of ${what} added up`
      : `${what} added up over axis ${axes.join(", ")}`;
  },
  repeated: (what, shape) => `${what} repeated to ${shape}`,
  stepper: "Step through",
  first: "To the start",
  previous: "Step back",
  next: "Next step",
  last: "To the end",
  stepOf: (step, of) => `step ${step} of ${of}`,
  startStep: "Backward starts: the gradient of the output by itself is 1",
  forwardStep: (name) => `Forward: ${name}`,
  backwardStep: (name) => `Backward through ${name}`,
  atStart: "Before the first step: only the leaves have values.",
};

/** In Korean. */
export const korean: StepWords = {
  summed: (what, axes, from) => {
    const count = countIn(axes, from);
    if (from.length === 2 && axes.length === 1) return `${what}의 ${axes[0] === 0 ? "행" : "열"} ${count}개를 더한 것`;
    return axes.length === from.length
      ? `${what}의 원소 ${count}개를 모두 더한 것`
      : `${what}를 축 ${axes.join(", ")} 방향으로 더한 것`;
  },
  repeated: (what, shape) => `${what}를 ${shape}로 반복한 것`,
  stepper: "한 단계씩",
  first: "처음으로",
  previous: "이전 단계",
  next: "다음 단계",
  last: "끝으로",
  stepOf: (step, of) => `${of}단계 중 ${step}단계`,
  startStep: "역전파 시작: 출력을 출력으로 미분하면 1입니다",
  forwardStep: (name) => `순전파: ${name}`,
  backwardStep: (name) => `역전파: ${name}`,
  atStart: "첫 단계 전: 말단 노드에만 값이 있습니다.",
};
