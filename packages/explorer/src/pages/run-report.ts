/**
 * A run as one HTML file: what came out, its curves, which classes were taken for which, and how it was made. The page
 * loads nothing, and runs no script.
 */
import { checkKind, checkOptions } from "@adjoint/tensor";
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
  readonly title: string;
  /** What came out, in a sentence. */
  readonly result: string;
  /** The curves as an SVG drawing, such as {@link lineChart} gives. */
  readonly chart: string;
  /** Loss and metrics in the end, by part of the data, then by name. Default: none. */
  readonly measured?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How each class came off. Default: no table. */
  readonly classes?: readonly ReportedClass[];
  /** confusion[i][j]: samples of class i that were taken for class j. Default: no table. */
  readonly confusion?: readonly (readonly number[])[];
  /** The layers of the model as text. Default: none. */
  readonly summary?: string;
  /** How it was trained, by name. Default: none. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

const style = `
:root { color-scheme: light; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: #1a202c; background: #fff; }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.result { font-size: 1.1rem; margin: 0 0 1rem; }
figure { margin: 0; overflow-x: auto; }
figure svg { max-width: 100%; min-width: 38rem; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #d5dae1; }
td { white-space: nowrap; }
th:first-child, td.text { text-align: left; }
td.text { white-space: normal; overflow-wrap: anywhere; }
th { font-weight: 600; }
.confusion td { min-width: 2.4rem; text-align: center; border: 1px solid #eef1f5; }
.confusion th { border: 0; text-align: center; }
.confusion tbody th { text-align: right; }
caption { caption-side: bottom; text-align: left; color: #4a5568; font-size: .88rem; padding-top: .4rem; }
pre { overflow-x: auto; padding: .75rem 1rem; background: #f7f8fa; border: 1px solid #d5dae1; border-radius: 6px; font-size: .85rem; line-height: 1.4; }
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

const row = (cells: readonly string[]): string => `<tr>${cells.join("")}</tr>`;
const heading = (text: string): string => `<th scope="col">${escapedXml(text)}</th>`;
const rowHeading = (text: string): string => `<th scope="row">${escapedXml(text)}</th>`;
const cell = (text: string): string => `<td>${escapedXml(text)}</td>`;

function measuredTable(measured: NonNullable<RunReportOptions["measured"]>): string {
  const parts = Object.keys(measured);
  const names = [...new Set(parts.flatMap((part) => Object.keys(measured[part])))];
  if (names.length === 0) return "";
  const head = row([heading(""), ...names.map((name) => heading(words(name)))]);
  const body = parts.map((part) =>
    row([rowHeading(part), ...names.map((name) => cell(shown(name, measured[part][name] ?? Number.NaN)))]),
  );
  return `<h2>In the end</h2><div class="scroll"><table><thead>${head}</thead><tbody>${body.join("")}</tbody></table></div>`;
}

function classTable(classes: NonNullable<RunReportOptions["classes"]>): string {
  const head = row(["class", "samples", "precision", "recall", "F1"].map(heading));
  const body = classes.map(({ name, samples, precision, recall, f1 }) =>
    row([
      rowHeading(name),
      cell(samples.toLocaleString("en-US")),
      ...[precision, recall, f1].map((share) => cell(percent(share))),
    ]),
  );
  return `<h2>Classes, on test data</h2><div class="scroll"><table><thead>${head}</thead><tbody>${body.join("")}</tbody></table></div>`;
}

function confusionTable(confusion: readonly (readonly number[])[], names: readonly string[]): string {
  const head = row([`<th></th>`, ...names.map(heading)]);
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
  const caption = "<caption>Rows: the right class. Columns: the class that the model took it for.</caption>";
  return `<h2>Which class was taken for which</h2><div class="scroll"><table class="confusion">${caption}<thead>${head}</thead><tbody>${body.join("")}</tbody></table></div>`;
}

function settingsTable(settings: NonNullable<RunReportOptions["settings"]>): string {
  const body = Object.entries(settings).map(([name, value]) =>
    row([rowHeading(name), `<td class="text">${escapedXml(String(value))}</td>`]),
  );
  return `<h2>How it was trained</h2><div class="scroll"><table><tbody>${body.join("")}</tbody></table></div>`;
}

/**
 * The report of a training as one HTML file that works offline: the result, the curves, measures, classes, layers and
 * settings.
 *
 * @throws SpecError for unknown options, or without a title, result or chart
 */
export function runReport(options: RunReportOptions): string {
  checkOptions("runReport", options, [
    "title",
    "result",
    "chart",
    "measured",
    "classes",
    "confusion",
    "summary",
    "settings",
  ]);
  for (const name of ["title", "result", "chart"] as const) {
    checkKind("runReport", name, options[name], typeof options[name] === "string", "a string");
  }
  const { title, result, chart, measured = {}, classes, confusion, summary, settings } = options;
  const names = (classes ?? []).map(({ name }) => name);
  const parts = [
    `<figure>${chart.slice(Math.max(chart.indexOf("<svg"), 0))}</figure>`,
    measuredTable(measured),
    classes === undefined ? "" : classTable(classes),
    confusion === undefined ? "" : confusionTable(confusion, names),
    summary === undefined ? "" : `<h2>The model</h2><pre>${escapedXml(summary)}</pre>`,
    settings === undefined ? "" : settingsTable(settings),
  ];
  const body = `<h1>${escapedXml(title)}</h1>
<p class="result">${escapedXml(result)}</p>
${parts.filter((part) => part !== "").join("\n")}`;
  const about = "A training of a neural network: its settings, its curves and what it got right and wrong.";
  return plainPage(title, about, style, body);
}
