/** YAML with places: the value of a text, and where each part of it stands. */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { Mistake, Path } from "../mistake.ts";
import { type Located, tooDeep, tooMany, twice } from "./located.ts";
import { syntaxWords } from "./yaml-words.ts";

/** How often aliases may repeat what they stand for: a small text must not become a large value. */
const MOST_ALIASES = 100;

/**
 * How many lines and signs of YAML (colons, dashes, brackets, quotes, …) a text may hold. Reading takes time and memory
 * for each of them, about 2 kB, and for each mistake that one of them may be.
 */
const MOST_SIGNS = 2 ** 16;
const signs = /[\n\r\-?:,[\]{}#&*!|>'"%@`]/g;

function hasTooManySigns(text: string): boolean {
  signs.lastIndex = 0;
  for (let count = 0; count <= MOST_SIGNS; count++) if (!signs.test(text)) return false;
  return true;
}

/** A text as YAML 1.2: one document, names that are texts, no tags of other languages. */
export function locateYaml(text: string): Located {
  const lines = new LineCounter();
  const nowhere = { value: undefined, find: () => null };
  if (hasTooManySigns(text)) return { ...nowhere, mistakes: [tooMany(MOST_SIGNS, "lines and signs of YAML")] };
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
  if (document === null) return { ...nowhere, mistakes: [tooDeep] };
  const problems = [...document.errors, ...document.warnings];
  if (problems.some(({ message }) => message.includes("call stack"))) {
    return { ...nowhere, mistakes: [tooDeep] };
  }
  if (problems.length > 0) {
    // What comes after a mistake of syntax is mostly due to it.
    const { message, pos } = problems.reduce((a, b) => (b.pos[0] < a.pos[0] ? b : a));
    return { ...nowhere, mistakes: [{ path: [], ...syntaxWords(message), ...placeOf(pos[0], lines) }] };
  }
  const root = document.contents as Node | null;
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    const mistakes: Mistake[] = [];
    findDuplicates(root, [], lines, mistakes);
    return { value, mistakes, find: (path) => find(root, path, lines) };
  } catch (error) {
    const { message } = error as Error;
    const words = error instanceof RangeError ? tooDeep : syntaxWords(message);
    const lost = /unresolved alias/i.test(message) ? lostAlias(document) : null;
    return { ...nowhere, mistakes: [{ ...words, path: [], ...(lost === null ? {} : placeOf(lost, lines)) }] };
  }
}

/** Where the first alias stands that stands for nothing; null where all stand for something. */
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
function find(
  root: Node | null,
  path: Path,
  lines: LineCounter,
): { readonly line: number; readonly column: number } | null {
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
