/** What the values of the gallery are called in Korean. Symbols, and names of parameters, are the same in every language. */

/** Words and phrases: names are made of them and of symbols. */
const words: ReadonlyMap<string, string> = new Map([
  ["number of apples", "사과 개수"],
  ["apple total", "사과 금액"],
  ["apple", "사과"],
  ["number of oranges", "귤 개수"],
  ["orange total", "귤 금액"],
  ["orange", "귤"],
  ["total", "합계"],
  ["tax", "소비세"],
  ["price", "지불 금액"],
  ["upstream", "상류"],
  ["loss", "손실"],
  ["scores", "점수"],
  ["batch size", "배치 크기"],
  ["mask", "마스크"],
  ["target", "목표"],
  ["error", "오차"],
  ["mean", "평균"],
  ["windows", "윈도우"],
  ["largest of each", "윈도우마다 최댓값"],
  ["gradient g", "기울기 g"],
  ["new", "새"],
  ["gate sums", "게이트 합"],
  ["output sum", "출력 합"],
  ["forget sum", "망각 합"],
  ["input sum", "입력 합"],
  ["candidate sum", "후보 합"],
  ["output gate", "출력 게이트"],
  ["forget gate", "망각 게이트"],
  ["input gate", "입력 게이트"],
  ["candidate", "후보"],
  ["kept", "남긴 것"],
  ["written", "쓴 것"],
  ["weights", "가중치"],
  ["first row only", "첫 행만"],
  ["first row of y", "y의 첫 행"],
]);

/** The longest first: `apple total` is not `apple` and `total`. */
const phrase = new RegExp(
  `(?<![\\p{L}\\p{Nd}])(?:${[...words.keys()].sort((a, b) => b.length - a.length).join("|")})(?![\\p{L}\\p{Nd}])`,
  "gu",
);

/** A name in Korean. */
export function koreanName(name: string): string {
  const gradient = /^gradient of (.+)$/.exec(name);
  if (gradient !== null) return `${koreanName(gradient[1])}의 기울기`;
  return name.replaceAll(phrase, (found) => words.get(found) as string);
}
