/** JSON with the line and column of each part. */
import { beyondBounds } from "@adjoint/tensor";
import { parse as parseJson, type ValueNode } from "@humanwhocodes/momoa";
import type { Mistake, Path } from "../mistake.ts";
import { MOST_VALUES } from "../plain.ts";
import { slipAt } from "./json-syntax.ts";
import { type Located, tooDeep, tooMany, twice, unread } from "./located.ts";

/** Deepest nesting: deeper than any spec, but safe for recursion. */
const DEEPEST = 500;

/** Parses JSON. Duplicate names are mistakes: JSON.parse would keep the last. */
export function locateJson(text: string): Located {
  const beyond = beyondBounds(text, { depth: DEEPEST, values: MOST_VALUES });
  if (beyond !== null) {
    return unread(beyond.bound === "depth" ? tooDeep : tooMany(MOST_VALUES, "values"));
  }
  try {
    const document = parseJson(text, { mode: "json", tokens: true, ranges: true });
    const root = document.body;
    const broken = document.tokens?.find(({ type, range }) => type === "String" && hasControls(text, range));
    if (broken !== undefined) {
      const { line, column } = broken.loc.start;
      const problem = `${NOT_JSON}this string contains a line break, a tab or another control character`;
      return unread({ path: [], problem, line, column, hint: "Write \\n or \\t, or close the quote." });
    }
    const mistakes: Mistake[] = [];
    findDuplicates(root, [], mistakes);
    return { value: JSON.parse(text), mistakes, find: (path) => find(root, path) };
  } catch (error) {
    return unread(syntaxMistake(text, error));
  }
}

const NOT_JSON = "is not JSON: ";

/** Whether a string has characters that JSON writes as escapes only. */
function hasControls(text: string, range: readonly [number, number] | undefined): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
  return range !== undefined && /[\u0000-\u001f]/.test(text.slice(...range));
}

/** What the parser says by place: it names the character where it stopped. */
function syntaxMistake(text: string, error: unknown): Mistake {
  if (error instanceof RangeError) return tooDeep;
  const { line, column, offset } = error as {
    readonly line?: number;
    readonly column?: number;
    readonly offset?: number;
  };
  if (line === undefined || column === undefined || offset === undefined) throw error;
  const { problem, ...hint } = slipAt(text, offset);
  return { path: [], problem: NOT_JSON + problem, ...hint, line, column };
}

function nameOf(node: { readonly type: string }): string {
  const { value, name } = node as { readonly value?: string; readonly name?: string };
  return value ?? name ?? "";
}

function findDuplicates(node: ValueNode, path: Path, mistakes: Mistake[]): void {
  if (node.type === "Array") {
    node.elements.forEach((element, i) => {
      findDuplicates(element.value, [...path, i], mistakes);
    });
  } else if (node.type === "Object") {
    const seen = new Set<string>();
    for (const { name, value } of node.members) {
      const key = nameOf(name);
      if (seen.has(key)) {
        const { line, column } = name.loc.start;
        mistakes.push(twice([...path, key], { line, column }));
      }
      seen.add(key);
      findDuplicates(value, [...path, key], mistakes);
    }
  }
}

/** Where a path leads, as far as it does: to the name of an entry of an object, or to an element of a list. */
function find(root: ValueNode, path: Path): { readonly line: number; readonly column: number } | null {
  let node: ValueNode = root;
  let place = root.loc.start;
  for (const key of path) {
    if (node.type === "Array" && typeof key === "number" && key < node.elements.length) {
      node = node.elements[key].value;
      place = node.loc.start;
    } else if (node.type === "Object") {
      const member = node.members.findLast(({ name }) => nameOf(name) === String(key));
      if (member === undefined) break;
      node = member.value;
      place = member.name.loc.start;
    } else break;
  }
  return { line: place.line, column: place.column };
}
