/** JSON with places: the value of a text, and where each part of it stands. */
import { beyondBounds } from "@adjoint/tensor";
import { parse as parseJson, type ValueNode } from "@humanwhocodes/momoa";
import type { Mistake, Path } from "../mistake.ts";
import { MOST_VALUES } from "../plain.ts";
import { slipIn } from "./json-syntax.ts";
import { type Located, tooDeep, tooMany, twice } from "./located.ts";

/** How deep a text may be nested: deeper than any spec, and not so deep that walking it exhausts the stack. */
const DEEPEST = 500;

/** A text as JSON. A syntax error is one mistake, and names that stand twice are mistakes, too: JSON.parse keeps the last. */
export function locateJson(text: string): Located {
  const beyond = beyondBounds(text, { depth: DEEPEST, values: MOST_VALUES });
  if (beyond !== null) {
    const mistake = beyond.bound === "depth" ? tooDeep : tooMany(MOST_VALUES, "values");
    return { value: undefined, mistakes: [mistake], find: () => null };
  }
  let root: ValueNode;
  let value: unknown;
  try {
    root = parseJson(text, { mode: "json", ranges: false }).body;
    // This refuses what the parser with places lets pass: line breaks in texts.
    value = JSON.parse(text);
  } catch (error) {
    return { value: undefined, mistakes: [syntaxMistake(text, error)], find: () => null };
  }
  const mistakes: Mistake[] = [];
  findDuplicates(root, [], mistakes);
  return { value, mistakes, find: (path) => find(root, path) };
}

/** In longer texts a slip is told by its place alone: matching one long string takes memory for each letter of it. */
const LONGEST_SEARCHED = 2 ** 20;

function syntaxMistake(text: string, error: unknown): Mistake {
  if (error instanceof RangeError) return tooDeep;
  const slip = text.length > LONGEST_SEARCHED ? null : slipIn(text);
  if (slip !== null) {
    const { offset, problem, ...hint } = slip;
    const before = text.slice(0, offset).split("\n");
    const place = { line: before.length, column: before[before.length - 1].length + 1 };
    return { path: [], problem: `is not JSON: ${problem}`, ...hint, ...place };
  }
  const { line, column } = error as { readonly line?: number; readonly column?: number };
  const place = line === undefined || column === undefined ? {} : { line, column };
  return { path: [], problem: "is not JSON: something here has no place in it", ...place };
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
