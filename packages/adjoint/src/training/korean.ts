/** What parts of the data, measures and settings of a training are called in Korean, for its report. */
import type { InLanguages } from "@adjoint/explorer";

const names: Readonly<Record<string, string>> = {
  train: "훈련",
  validation: "검증",
  test: "시험",
  loss: "손실",
  accuracy: "정확도",
  meanAbsoluteError: "평균 절대 오차",
  rootMeanSquaredError: "평균 제곱근 오차",
  perplexity: "퍼플렉서티",
  model: "모델",
  data: "데이터",
  epochs: "에폭 수",
  "batch size": "배치 크기",
  optimizer: "최적화 기법",
  seed: "시드",
  engine: "엔진",
  "best epoch by": "가장 좋은 에폭의 기준",
  patience: "조기 종료",
  begun: "시작",
  versions: "버전",
};

export type Language = keyof Exclude<InLanguages, string>;

/** The Korean name; the name itself where there is none. */
export function koreanName(name: string): string {
  const [, k] = /^top(\d+)Accuracy$/.exec(name) ?? [];
  return k === undefined ? (names[name] ?? name) : `상위 ${k}개 정확도`;
}
