/**
 * Renders gradcheck's report for people: a table, a map of the errors, and the diagnoses.
 */
import { checkKind, checkOptions, formatShape, printableLine } from "@adjoint/tensor";
import { apart } from "./numbers.ts";
import type { GradcheckReport, InputReport } from "./report.ts";

/** Options of {@link renderReport}. */
export interface RenderOptions {
  /** Whether verdicts are coloured with ANSI codes. Default false. */
  readonly colour?: boolean;
}

/** The escape codes of terminals: red 31, green 32, yellow 33, grey 90. */
function painted(text: string, code: number, colour: boolean): string {
  return colour ? `\u001b[${code}m${text}\u001b[39m` : text;
}

/** Columns padded to a common width, two spaces between; `paint` colours a cell after it was padded. */
function columns(
  rows: readonly (readonly string[])[],
  paint: (text: string, row: number, column: number) => string,
): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row, r) => {
    const padding = (i: number): string => (i === row.length - 1 ? "" : " ".repeat(widths[i] - row[i].length));
    return row.map((cell, i) => `${paint(cell, r, i)}${padding(i)}`).join("  ");
  });
}

function verdictOf(input: InputReport): string {
  const notes = [
    ...(input.kinks.length > 0 ? [`${input.kinks.length} kink${input.kinks.length === 1 ? "" : "s"}`] : []),
    ...(input.unsure > 0 ? [`${input.unsure} unsure`] : []),
    // Directions cover all entries at once; only some are tried one by one.
    ...(input.wrong > 0 ? [input.directions > 0 ? `${input.wrong} seen` : `${input.wrong} of ${input.checked}`] : []),
  ];
  const isUnsure = input.ok && input.checked > 0 && input.unsure >= input.checked;
  const isForward = input.diagnoses[0]?.kind === "forward";
  const verdict = input.ok ? (isUnsure ? "unsure" : "ok") : isForward ? "ok, jvp WRONG" : "WRONG";
  return `${verdict}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

/** Names a derivative: `∂y[1, 2]/∂[0]`. */
function entryOf({ worst }: InputReport): string {
  if (worst === null) return "-";
  const { output, index } = worst;
  if (output === null) return formatShape(index);
  return `∂y${output.length === 0 ? "" : formatShape(output)}/∂${formatShape(index)}`;
}

function rowOf(input: InputReport): string[] {
  const { worst } = input;
  return [
    input.name,
    formatShape(input.shape),
    verdictOf(input),
    entryOf(input),
    ...(worst === null ? ["-", "-"] : apart(worst.analytic, worst.numerical)),
    worst === null ? "-" : worst.estimate.toExponential(1),
  ];
}

/** A line for each kink: both slopes, and the rule's value. */
function kinksOf(inputs: readonly InputReport[]): string[] {
  return inputs.flatMap(({ name, kinks }) => {
    const shown = kinks.slice(0, 3).map(({ index, left, right, analytic, between, ok }) => {
      // This entry alone has a slope: kinks of several ops cancel, or sorted entries tie.
      if (!Number.isFinite(analytic)) {
        return `${name}: no derivative at ${formatShape(index)}; the rule gives ${analytic}.`;
      }
      if (!between && Math.abs(left - right) <= 1e-6 * Math.max(Math.abs(left), Math.abs(right))) {
        const [slope, given] = apart(right, analytic);
        const place = `${name}: at ${formatShape(index)} kinks or ties meet`;
        return `${place}: the slope along this entry is ${slope}, the rule gives ${given}${ok ? "; near the point the gradient is right" : ""}.`;
      }
      const place = `${name}: no derivative at ${formatShape(index)}, a kink`;
      const [below, above, given] = apart(left, right, analytic);
      return `${place}: slope ${below} on the left, ${above} on the right; the rule gives ${given}, ${between ? "which lies between" : ok ? "outside, since several kinks meet; each op by itself is right" : "which lies OUTSIDE"}.`;
    });
    return kinks.length > 3 ? [...shown, `${name}: and ${kinks.length - 3} more kinks`] : shown;
  });
}

/** The diagnoses of each input, in words; one that holds for several inputs is given once. */
function wordsOf(inputs: readonly InputReport[]): string[] {
  const lines = new Map<string, string[]>();
  for (const { name, diagnoses } of inputs) {
    diagnoses.forEach(({ text, certainty, kind }, i) => {
      const guess = i === 0 ? "" : "or: ";
      // An exception is a fact, not a guess.
      const sure =
        kind === "unknown" ? "" : kind === "throws" ? " (throws)" : ` (${kind}, ${Math.round(100 * certainty)} % sure)`;
      const line = `${guess}${text}${sure}`;
      lines.set(line, [...(lines.get(line) ?? []), name]);
    });
  }
  return [...lines].map(([line, names]) => `${names.join(", ")}: ${line}`);
}

/** @throws SpecError for anything but a report */
export function checkReport(op: string, report: Pick<GradcheckReport, "inputs">): void {
  const inputs: unknown = report?.inputs;
  const isReport = Array.isArray(inputs) && inputs.every((input) => Array.isArray(input?.diagnoses));
  checkKind(op, "report", report, isReport, "a report of gradcheck");
}

/**
 * One line for each input: verdict, worst entry, both values, the estimate; then a map for each input with errors
 * (`·` right, `✗` wrong, `k` kink, `?` unsure) and the diagnoses, best guess first.
 */
export function renderReport(given: Omit<GradcheckReport, "toString">, options: RenderOptions = {}): string {
  checkReport("renderReport", given);
  checkOptions("renderReport", options, ["colour"]);
  const { colour = false } = options;
  const report = { ...given, inputs: given.inputs.map((input) => ({ ...input, name: printableLine(input.name) })) };
  const header = ["input", "shape", "verdict", "worst entry", "analytic", "numerical", "± estimate"];
  const table = columns([header, ...report.inputs.map(rowOf)], (text, row, column) => {
    if (row === 0) return painted(text, 90, colour);
    if (column !== 2) return text;
    const { ok, kinks } = report.inputs[row - 1];
    return painted(text, ok ? (kinks.length > 0 || text.startsWith("unsure") ? 33 : 32) : 31, colour);
  });
  const coloured = (line: string): string => `  ${line.replaceAll(/✗+/g, (marks) => painted(marks, 31, colour))}`;
  const maps = report.inputs.flatMap(({ name, map, ok }) => {
    return map.length === 0 || ok ? [] : [`${name}, where:`, ...map.map(coloured)];
  });
  const coarse = Math.max(0, ...report.inputs.map(({ resolution }) => resolution));
  const limits =
    report.dtype === "float32" && Number.isFinite(coarse)
      ? [`In float32 errors below ${Number((100 * coarse).toPrecision(1))} % of the largest derivative cannot be seen.`]
      : [];
  return [...table, ...maps, ...kinksOf(report.inputs), ...wordsOf(report.inputs), ...limits].join("\n");
}

/** A report with its text, which does not show in JSON. */
export function reportOf(data: Omit<GradcheckReport, "toString">): GradcheckReport {
  const report = { ...data };
  const hidden = (value: unknown): PropertyDescriptor => ({ value, enumerable: false });
  const text = hidden(() => renderReport(report));
  Object.defineProperty(report, "toString", text);
  // Node calls this with its own settings: whether it colours, and the terminal does.
  const inspect = (_depth: number, options?: { readonly colors?: boolean }): string =>
    renderReport(report, { colour: options?.colors === true });
  Object.defineProperty(report, Symbol.for("nodejs.util.inspect.custom"), hidden(inspect));
  return report;
}
