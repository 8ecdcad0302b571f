/**
 * A run as one HTML file: what came out, its curves, which classes were taken for which, and how it was made. The page
 * loads nothing, and runs no script: it is there in each language, and the address says which is shown, `#lang=ko`, as for
 * the other pages.
 */
import { checkKind, checkOptions } from "@adjoint/tensor";
import type { InLanguages, Language } from "../lesson.ts";
import { escapedXml } from "../xml-text.ts";
import { plainPage } from "./preview.ts";

/** How a class came off, for the table. */
export interface ReportedClass {
  readonly name: string;
  /** Samples of this class. */
  readonly samples: number;
  /** The share of right ones among those that were taken for it; null where none was. */
  readonly precision: number | null;
  /** The share of its samples that were taken for it; null where there are none. */
  readonly recall: number | null;
  /** The harmonic mean of both; null where one is missing or both are 0. */
  readonly f1: number | null;
}

/** What a report shows. */
export interface RunReportOptions {
  /** The title of the page. */
  readonly title: InLanguages;
  /** What came out, in a sentence. */
  readonly result: InLanguages;
  /** The curves as an SVG drawing, such as {@link lineChart} gives. */
  readonly chart: InLanguages;
  /** Loss and metrics in the end, by part of the data, then by name. Default: none. */
  readonly measured?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How each class came off. Default: no table. */
  readonly classes?: readonly ReportedClass[];
  /** confusion[i][j]: samples of class i that were taken for class j. Default: no table. */
  readonly confusion?: readonly (readonly number[])[];
  /** The layers of the model as text. Default: none. */
  readonly summary?: string;
  /** How it was trained, by name. Default: none. */
  readonly settings?: Readonly<Record<string, InLanguages | number | boolean>>;
  /** What parts, metrics and settings are called in Korean, by name. Default: as in English. */
  readonly korean?: Readonly<Record<string, string>>;
}

const text = {
  en: {
    other: "한국어",
    measured: "In the end",
    classes: "Classes, on test data",
    columns: ["class", "samples", "precision", "recall", "F1"],
    confusion: "Which class was taken for which",
    caption: "Rows: the right class. Columns: the class that the model took it for.",
    model: "The model",
    settings: "How it was trained",
  },
  ko: {
    other: "English",
    measured: "최종 결과",
    classes: "클래스별 결과, 시험 데이터",
    columns: ["클래스", "샘플 수", "정밀도", "재현율", "F1"],
    confusion: "혼동 행렬",
    caption: "행은 정답 클래스, 열은 모델이 답한 클래스입니다.",
    model: "모델",
    settings: "학습 설정",
  },
} as const;

/** What is said in a language. */
const said = (words: InLanguages, language: Language): string => (typeof words === "string" ? words : words[language]);

const style = `
:root { color-scheme: light dark; --text: #1a202c; --page: #fff; --faint: #4a5568; --line: #d5dae1; --pale: #f7f8fa; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--text); background: var(--page); }
@media (prefers-color-scheme: dark) { :root { --text: #f1f5f9; --page: #14171c; --faint: #b4bfcc; --line: #3a424e; --pale: #1b1f26; } }
main { display: none; }
main:target, body:not(:has(main:target)) main:lang(en) { display: block; }
:lang(ko) { word-break: keep-all; }
nav { text-align: right; }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.result { font-size: 1.1rem; margin: 0 0 1rem; }
figure { margin: 0; overflow-x: auto; }
figure svg { max-width: 100%; min-width: 38rem; height: auto; background: #fff; border-radius: 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
td { white-space: nowrap; }
th:first-child, td.text { text-align: left; }
td.text { white-space: normal; overflow-wrap: anywhere; }
th { font-weight: 600; }
.confusion td { min-width: 2.4rem; text-align: center; border: 1px solid var(--line); }
.confusion th, .confusion thead td { border: 0; text-align: center; }
.confusion tbody th { text-align: right; }
caption { caption-side: bottom; text-align: left; color: var(--faint); font-size: .88rem; padding-top: .4rem; max-width: calc(100vw - 2.5rem); }
@media (prefers-color-scheme: dark) {
  figure svg { background: none; }
  figure svg rect[fill="white"] { fill: var(--page); }
  figure svg text { fill: var(--text); }
  figure svg [stroke="#e5e5e5"] { stroke: var(--line); }
  figure svg [stroke="#0072b2"] { stroke: #56b4e9; }
  figure svg [fill="#0072b2"] { fill: #56b4e9; }
}
pre { overflow-x: auto; padding: .75rem 1rem; background: var(--pale); border: 1px solid var(--line); border-radius: 6px; font-size: .85rem; line-height: 1.4; }
`;

/** A metric's name as words: rootMeanSquaredError, top5Accuracy. */
function words(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]|(?<=[a-z])\d+/g, (part) => ` ${part.toLowerCase()}`);
}

function shown(name: string, value: number): string {
  if (!Number.isFinite(value)) return "–";
  return /accuracy$/i.test(name) ? percent(value) : String(Number(value.toPrecision(4)));
}

const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(2)} %`);

/** A table under a title; `start` is what stands before its body. */
const table = (title: string, start: string, body: readonly string[]): string =>
  `<h2>${title}</h2><div class="scroll" tabindex="0">${start}<tbody>${body.join("")}</tbody></table></div>`;
const row = (cells: readonly string[]): string => `<tr>${cells.join("")}</tr>`;
const heading = (text: string): string => `<th scope="col">${escapedXml(text)}</th>`;
const rowHeading = (text: string): string => `<th scope="row">${escapedXml(text)}</th>`;
const cell = (text: string): string => `<td>${escapedXml(text)}</td>`;

function measuredTable(
  measured: NonNullable<RunReportOptions["measured"]>,
  title: string,
  called: (name: string) => string,
): string {
  const parts = Object.keys(measured);
  const names = [...new Set(parts.flatMap((part) => Object.keys(measured[part])))];
  if (names.length === 0) return "";
  const head = row(["<td></td>", ...names.map((name) => heading(called(name)))]);
  const body = parts.map((part) =>
    row([rowHeading(called(part)), ...names.map((name) => cell(shown(name, measured[part][name] ?? Number.NaN)))]),
  );
  return table(title, `<table><thead>${head}</thead>`, body);
}

function classTable(classes: readonly ReportedClass[], { classes: title, columns }: (typeof text)[Language]): string {
  const head = row(columns.map(heading));
  const body = classes.map(({ name, samples, precision, recall, f1 }) =>
    row([
      rowHeading(name),
      cell(samples.toLocaleString("en-US")),
      ...[precision, recall, f1].map((share) => cell(percent(share))),
    ]),
  );
  return table(title, `<table><thead>${head}</thead>`, body);
}

function confusionTable(
  confusion: readonly (readonly number[])[],
  names: readonly string[],
  own: (typeof text)[Language],
): string {
  const head = row(["<td></td>", ...names.map(heading)]);
  const body = confusion.map((counts, i) => {
    const total = counts.reduce((sum, n) => sum + n, 0);
    const cells = counts.map((n, j) => {
      const share = total === 0 ? 0 : n / total;
      const color = i === j ? "0, 114, 178" : "213, 94, 0";
      // Mistakes are few: they are drawn stronger than they are many, so that they are seen.
      const strength = n === 0 ? 0 : i === j ? 0.65 * share : 0.15 + 0.7 * Math.sqrt(share);
      return `<td style="background: rgba(${color}, ${strength.toFixed(3)})">${n === 0 ? "" : n.toLocaleString("en-US")}</td>`;
    });
    return row([rowHeading(names[i] ?? String(i)), ...cells]);
  });
  const caption = `<caption>${own.caption}</caption>`;
  return table(own.confusion, `<table class="confusion">${caption}<thead>${head}</thead>`, body);
}

function settingsTable(
  settings: NonNullable<RunReportOptions["settings"]>,
  language: Language,
  called: (name: string) => string,
): string {
  const body = Object.entries(settings).map(([name, value]) =>
    row([
      rowHeading(called(name)),
      `<td class="text">${escapedXml(typeof value === "object" ? value[language] : String(value))}</td>`,
    ]),
  );
  return table(text[language].settings, "<table>", body);
}

/**
 * The report of a training as one HTML file that works offline: the result, the curves, measures, classes, layers and
 * settings.
 *
 * @throws SpecError for unknown options, or without a title, result or chart
 */
export function runReport(options: RunReportOptions): string {
  const names = ["title", "result", "chart", "measured", "classes", "confusion", "summary", "settings", "korean"];
  checkOptions("runReport", options, names);
  for (const name of ["title", "result", "chart"] as const) {
    const given = options[name];
    const texts = typeof given === "string" ? [given] : [given?.en, given?.ko];
    const isText = texts.every((one) => typeof one === "string");
    checkKind("runReport", name, given, isText, "a string, or { en, ko }");
  }
  const about = "A training of a neural network: its settings, its curves and what it got right and wrong.";
  const body = (["en", "ko"] as const).map((language) => mainOf(options, language)).join("\n");
  return plainPage(said(options.title, "en"), about, style, body);
}

/** The report in one language. */
function mainOf(options: RunReportOptions, language: Language): string {
  const { title, result, chart, measured = {}, classes, confusion, summary, settings, korean = {} } = options;
  const own = text[language];
  const other = language === "en" ? "ko" : "en";
  const called = (name: string): string => (language === "ko" ? korean[name] : undefined) ?? words(name);
  const drawing = said(chart, language);
  const names = (classes ?? []).map(({ name }) => name);
  const parts = [
    `<figure tabindex="0">${drawing.slice(Math.max(drawing.indexOf("<svg"), 0))}</figure>`,
    measuredTable(measured, own.measured, called),
    classes === undefined ? "" : classTable(classes, own),
    confusion === undefined ? "" : confusionTable(confusion, names, own),
    summary === undefined ? "" : `<h2>${own.model}</h2><pre tabindex="0">${escapedXml(summary)}</pre>`,
    settings === undefined ? "" : settingsTable(settings, language, called),
  ];
  return `<main id="lang=${language}" lang="${language}">
<nav><a href="#lang=${other}" lang="${other}">${own.other}</a></nav>
<h1>${escapedXml(said(title, language))}</h1>
<p class="result">${escapedXml(said(result, language))}</p>
${parts.filter((part) => part !== "").join("\n")}
</main>`;
}
