/** YAML with the line and column of each part. */
import {
  type Document,
  type ErrorCode,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import type { Mistake, Path } from "../mistake.ts";
import { type Located, tooDeep, tooMany, twice, unread } from "./located.ts";

/** Most uses of aliases, so that a small text cannot expand to a large value. */
const MOST_ALIASES = 100;

/**
 * Most lines and special characters of YAML (colons, dashes, brackets, quotes, …) in a text. The parser needs about 2 kB
 * for each of them, and more for each mistake.
 */
const MOST_SIGNS = 2 ** 16;
const signs = /[\n\r\-?:,[\]{}#&*!|>'"%@`]/g;

function hasTooManySigns(text: string): boolean {
  signs.lastIndex = 0;
  for (let count = 0; count <= MOST_SIGNS; count++) if (!signs.test(text)) return false;
  return true;
}

/** Parses YAML 1.2: one document, names that are strings, no custom tags. */
export function locateYaml(text: string): Located {
  const lines = new LineCounter();
  if (hasTooManySigns(text)) return unread(tooMany(MOST_SIGNS, "lines and special characters of YAML"));
  const document = (() => {
    try {
      return parseDocument(text, {
        lineCounter: lines,
        version: "1.2",
        schema: "core",
        stringKeys: true,
        uniqueKeys: false,
        prettyErrors: false,
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  })();
  if (document === null) return unread(tooDeep);
  const problems = [...document.errors, ...document.warnings];
  if (problems.some(({ code }) => code === "RESOURCE_EXHAUSTION")) return unread(tooDeep);
  if (problems.length > 0) {
    // What comes after a mistake of syntax is mostly due to it.
    const { code, pos } = problems.reduce((a, b) => (b.pos[0] < a.pos[0] ? b : a));
    return unread({ ...syntaxMistake(code, text[pos[0]]), ...placeOf(pos[0], lines) });
  }
  const root = document.contents as Node | null;
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    const mistakes: Mistake[] = [];
    findDuplicates(root, [], lines, mistakes);
    return { value, mistakes, find: (path) => find(root, path, lines) };
  } catch (error) {
    if (error instanceof RangeError) return unread(tooDeep);
    const lost = lostAlias(document);
    if (lost !== null) return unread({ ...syntaxMistake("BAD_ALIAS"), ...placeOf(lost, lines) });
    return unread({ path: [], problem: "aliases expand to too many values", hint: "Write the values out." });
  }
}

/** Mistakes of syntax by the codes of the library, with what to do. */
const sentences: Partial<Record<ErrorCode, readonly [problem: string, hint?: string]>> = {
  BAD_ALIAS: ["this alias (*…) refers to nothing above it"],
  BAD_DQ_ESCAPE: ["unknown escape sequence", "Write \\\\ for a backslash, or use single quotes."],
  BAD_INDENT: ["unexpected indentation, or a missing ] or }"],
  BAD_SCALAR_START: ["strings that start with this character need quotes"],
  BLOCK_AS_IMPLICIT_KEY: [
    "unexpected second colon in one entry",
    "Quote strings that contain a colon, or check the indentation of the next line.",
  ],
  BLOCK_IN_FLOW: ["unexpected indented entries between brackets", "Close the bracket first."],
  KEY_OVER_1024_CHARS: ["a name is too long"],
  MISSING_CHAR: ["a comma, a colon or a space after a colon is missing"],
  MULTILINE_IMPLICIT_KEY: [
    "a name and its colon are on different lines",
    "A space may be missing after a colon above.",
  ],
  MULTIPLE_DOCS: ["there are several documents, separated by ---", "A file holds one spec."],
  NON_STRING_KEY: ["names must be strings"],
  TAB_AS_INDENT: ["unexpected tab", "Indent with spaces."],
  TAG_RESOLVE_FAILED: ["tags (!…) are not supported", "Remove it."],
  UNEXPECTED_TOKEN: ["unexpected token", "Check commas, brackets and quotes."],
};

/** @param sign  the character at the mistake; undefined at the end of the text */
function syntaxMistake(code: ErrorCode, sign?: string): Mistake {
  const isEnd = code === "MISSING_CHAR" && sign === undefined;
  const [problem, hint] = isEnd
    ? ["a closing quote or bracket is missing"]
    : (sentences[code] ?? ["unexpected syntax"]);
  return { path: [], problem: `is not YAML: ${problem}`, ...(hint === undefined ? {} : { hint }) };
}

/** Where the first alias is that refers to nothing; null where all refer to something. */
function lostAlias(document: Document): number | null {
  let offset: number | null = null;
  const anchors = new Set<string>();
  visit(document, {
    Value: (_, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias: (_, { source, range }) => {
      if (anchors.has(source)) return undefined;
      offset = range?.[0] ?? null;
      return visit.BREAK;
    },
  });
  return offset;
}

function placeOf(offset: number, lines: LineCounter): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function findDuplicates(node: unknown, path: Path, lines: LineCounter, mistakes: Mistake[]): void {
  if (isSeq(node)) {
    for (const [i, item] of node.items.entries()) findDuplicates(item, [...path, i], lines, mistakes);
  }
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const inner = [...path, name];
    if (seen.has(name)) mistakes.push(twice(inner, placeOf((key as Node).range?.[0] ?? 0, lines)));
    seen.add(name);
    findDuplicates(value, inner, lines, mistakes);
  }
}

/** Where a path leads, as far as it does: to the name of an entry of a map, or to an element of a list. */
function find(root: Node | null, path: Path, lines: LineCounter) {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const key of path) {
    let next: unknown;
    let at: unknown;
    if (isSeq(node) && typeof key === "number") at = next = node.items[key];
    else if (isMap(node)) {
      const pair = node.items.findLast((item) => isScalar(item.key) && String(item.key.value) === String(key));
      next = pair?.value;
      at = pair?.key;
    }
    const range = (at as Node | undefined)?.range;
    if (range === undefined || range === null) break;
    node = next;
    offset = range[0];
  }
  return placeOf(offset, lines);
}
