/** Mistakes in a spec as data, and the error that lists them. */
import { checkKind, checkOptions, printableLine, SpecError } from "@adjoint/tensor";

/** A place in a spec: keys from its root, `["layers", 3, "stride"]`. */
export type Path = readonly (string | number)[];

/** One mistake. */
export interface Mistake {
  readonly path: Path;
  /** The problem with the actual values, a sentence without its full stop. */
  readonly problem: string;
  /** The name of the layer, if known. */
  readonly layer?: string;
  /** The kind of the layer. */
  readonly kind?: string;
  readonly expected?: string;
  readonly received?: string;
  /** The likely fix, as sentences. */
  readonly hint?: string;
  /** The likely fix as data, where it changes one value of the spec. */
  readonly fix?: { readonly path: Path; readonly value: unknown };
  /** The place in a file, counted from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** The file of an error, or the called function. */
interface ModelSpecErrorOptions {
  readonly file?: string | undefined;
  readonly op?: string;
}

/** A spec that is not valid, with all of its mistakes. */
export class ModelSpecError extends SpecError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[], options: ModelSpecErrorOptions = {}) {
    checkOptions("ModelSpecError", options, ["file", "op"]);
    super(fieldsOf(mistakes, options));
    this.mistakes = mistakes;
  }
}

/** Most mistakes in the message of an error; its data has all. */
const MOST_LINES = 100;

/** `layers[3].size[1]`. */
export function pathText(path: Path): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${key}`)).join("");
}

/** The path of the layer that contains a path. */
export function layerPath(path: Path): Path {
  // An input or an output may have the same name.
  if (path[0] !== "layers") return [];
  for (let i = path.length - 1; i > 0; i--) {
    if (typeof path[i] === "number" && (path[i - 1] === "layers" || path[i - 1] === "shortcut"))
      return path.slice(0, i + 1);
  }
  return [];
}

/** `layers[3] (pooling)`; empty outside of layers. */
function layerWords({ path, kind }: Mistake): string {
  const place = pathText(layerPath(path));
  return place === "" || kind === undefined ? place : `${place} (${kind})`;
}

/** A mistake as a line of a list: place, layer, problem and hint. */
function lineOf(mistake: Mistake, file?: string): string {
  const { problem, hint, layer } = mistake;
  const position = positionOf(mistake, file);
  const words = layerWords(mistake);
  const place = [words, layer === undefined || words === "" ? (layer ?? "") : ` "${layer}"`].join("");
  const line = `${position}${place === "" ? "" : `${place}: `}${problem}${hint === undefined ? "" : `. ${hint.replace(/\.$/, "")}`}`;
  return printableLine(line);
}

/** `model.json:3:7: `, as editors and terminals know it. */
function positionOf({ line, column }: Mistake, file: string | undefined): string {
  if (line === undefined) return "";
  return `${file === undefined ? "" : `${file}:`}${line}:${column ?? 1}: `;
}

function fieldsOf(mistakes: readonly Mistake[], { file, op: called = "model" }: ModelSpecErrorOptions) {
  const ok = Array.isArray(mistakes) && mistakes.length > 0 && mistakes.every((one) => Array.isArray(one?.path));
  checkKind("ModelSpecError", "mistakes", mistakes, ok, "an array of mistakes");
  const [first] = mistakes;
  const { path, expected, received, layer, hint } = first;
  const fields = { argument: pathText(path) || "spec", expected, received };
  const op = file ?? called;
  if (mistakes.length > 1) {
    const lines = mistakes.slice(0, MOST_LINES).map((mistake) => lineOf(mistake, file));
    const more = mistakes.length - lines.length;
    if (more > 0) lines.push(`and ${more.toLocaleString("en-US")} more`);
    return { ...fields, op, problem: `${mistakes.length} mistakes:\n  ${lines.join("\n  ")}` };
  }
  if (first.line !== undefined || file !== undefined || layer === undefined) {
    const { hint: _, line: __, column: ___, ...rest } = first;
    const place = positionOf(first, undefined).replace(/: $/, "");
    const where = place === "" ? op : `${op}:${place}`;
    return { ...fields, op: where, problem: lineOf(rest), hint };
  }
  const words = layerWords(first);
  const place = words === "" ? [] : [`See ${words}.`];
  const hints = [hint ?? [], place].flat().join(" ");
  return { ...fields, op: layer, problem: first.problem, hint: hints === "" ? undefined : hints };
}
