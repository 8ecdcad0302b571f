/** JSON with places: the value of a text, and where each part of it stands. */
import { parse as parseJson, type ValueNode } from "@humanwhocodes/momoa";
import type { Mistake, Path } from "../mistake.ts";
import type { Located } from "./located.ts";

/** A text as JSON. A syntax error is one mistake, and names that stand twice are mistakes, too: JSON.parse keeps the last. */
export function locateJson(text: string): Located {
  let root: ValueNode;
  try {
    root = parseJson(text, { mode: "json", ranges: false }).body;
  } catch (error) {
    return { value: undefined, mistakes: [syntaxMistake(error)], find: () => null };
  }
  const mistakes: Mistake[] = [];
  findDuplicates(root, [], mistakes);
  return { value: JSON.parse(text), mistakes, find: (path) => find(root, path) };
}

/** The parser's names of signs. */
const signs: Readonly<Record<string, string>> = {
  LBracket: "[",
  RBracket: "]",
  LBrace: "{",
  RBrace: "}",
  Comma: ",",
  Colon: ":",
};

function syntaxMistake(error: unknown): Mistake {
  if (error instanceof RangeError) return { path: [], problem: "lists and objects are nested too deep" };
  const { message, line, column } = error as Error & { readonly line?: number; readonly column?: number };
  const text = message
    .replace(/\s*\(\d+:\d+\)\s*\.?$/, "")
    .replace(/\.$/, "")
    .replace(/token (\w+) found/, (_, name: string) => `"${signs[name] ?? name}"`);
  const place = line === undefined || column === undefined ? {} : { line, column };
  return { path: [], problem: `is not JSON: ${text.charAt(0).toLowerCase()}${text.slice(1)}`, ...place };
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
        const problem = `the name ${JSON.stringify(key)} stands twice in one object`;
        mistakes.push({ path: [...path, key], problem, line, column, hint: "Leave one of them out." });
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
