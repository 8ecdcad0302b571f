/** Specs as JSON or YAML text: every mistake with its line and column. */
import { checkKind, checkOneOf, checkOptions, SpecError } from "@adjoint/tensor";
import { type Mistake, ModelSpecError } from "../mistake.ts";
import type { ModelSpec } from "../model-spec.ts";
import { type ModelOptions, readModel } from "../parse.ts";
import { locateJson } from "./json.ts";
import { unread } from "./located.ts";
import { locateYaml } from "./yaml.ts";

/** Options of {@link parseModelText}. */
export interface ModelTextOptions extends ModelOptions {
  /** Default: by the extension of the file; without a file "json". */
  readonly format?: "json" | "yaml";
  /** The name of the file, for errors. */
  readonly file?: string;
}

/** Most characters of a spec. YAML needs a hundred bytes for each. */
const LONGEST = { json: 2 ** 22, yaml: 2 ** 20 } as const;

/**
 * The spec in a text.
 *
 * @throws SpecError for a wrong argument; ModelSpecError listing all mistakes of syntax or content, each with its line and column
 */
export function parseModelText(text: string, options: ModelTextOptions = {}): ModelSpec {
  checkOptions("parseModelText", options, ["format", "file", "use"]);
  const { file, use } = options;
  const format = options.format ?? (/\.ya?ml$/i.test(file ?? "") ? "yaml" : "json");
  checkOneOf("parseModelText", "format", format, ["json", "yaml"]);
  const hint = "Read the file first, or pass an object to parseModel.";
  checkKind("parseModelText", "text", text, typeof text === "string", "a string", hint);
  const most = LONGEST[format];
  if (text.length > most) {
    throw SpecError.of(file ?? "parseModelText", "text", text.length, `a string of at most ${most} characters`, {
      problem: `the text has ${text.length} characters`,
      hint: "A spec describes layers; weights belong in safetensors files.",
    });
  }
  // Editors may add a byte order mark.
  const own = text.replace(/^\uFEFF/, "");
  const located = isBinary(own) ? notText : format === "json" ? locateJson(own) : locateYaml(own);
  if (located.value === undefined) throw new ModelSpecError(located.mistakes, { file });
  const { valid, mistakes, given } = readModel("parseModelText", located.value, use);
  if (valid !== null && located.mistakes.length === 0) return valid.spec;
  const placed = mistakes.map((mistake) => ({ ...mistake, ...located.find(given(mistake.path)) }));
  throw new ModelSpecError(byLine([...located.mistakes, ...placed]), { file });
}

/** Whether a text comes from another encoding or a binary file. */
function isBinary(text: string): boolean {
  return text.startsWith("\uFFFD") || text.includes("\u0000");
}

const notText = unread({ path: [], problem: "the file is not UTF-8 text", hint: "Save it as UTF-8." });

/** Mistakes in the order of the text. */
function byLine(mistakes: readonly Mistake[]): Mistake[] {
  const [line, column] = [(m: Mistake) => m.line ?? 0, (m: Mistake) => m.column ?? 0];
  return [...mistakes].sort((a, b) => line(a) - line(b) || column(a) - column(b));
}
