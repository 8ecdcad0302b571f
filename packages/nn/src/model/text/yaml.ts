/** YAML with places: the value of a text, and where each part of it stands. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Path } from "../mistake.ts";
import type { Located } from "./located.ts";

/** How often aliases may repeat what they stand for: a small text must not become a large value. */
const MOST_ALIASES = 100;

/** A text as YAML 1.2: one document, names that are texts, no tags of other languages. */
export function locateYaml(text: string): Located {
  const lines = new LineCounter();
  const nowhere = { value: undefined, find: () => null };
  const document = (() => {
    try {
      return parseDocument(text, {
        lineCounter: lines,
        version: "1.2",
        schema: "core",
        stringKeys: true,
        prettyErrors: false,
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  })();
  if (document === null)
    return { ...nowhere, mistakes: [{ path: [], problem: "lists and objects are nested too deep" }] };
  const problems = [...document.errors, ...document.warnings];
  if (problems.some(({ message }) => message.includes("call stack"))) {
    return { ...nowhere, mistakes: [{ path: [], problem: "lists and objects are nested too deep" }] };
  }
  if (problems.length > 0) {
    const mistakes = problems.map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      const words = message.split("\n")[0].replace(/;.*$|[.:]$/, "");
      return { path: [], problem: `is not YAML: ${words.charAt(0).toLowerCase()}${words.slice(1)}`, line, column: col };
    });
    return { ...nowhere, mistakes };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    const root = document.contents as Node | null;
    return { value, mistakes: [], find: (path) => find(root, path, lines) };
  } catch (error) {
    const problem =
      error instanceof RangeError
        ? "lists and objects are nested too deep"
        : `is not YAML: ${(error as Error).message.replace(/^./, (letter) => letter.toLowerCase())}`;
    return { ...nowhere, mistakes: [{ path: [], problem }] };
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
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      next = pair?.value;
      at = pair?.key;
    }
    const range = (at as Node | undefined)?.range;
    if (range === undefined || range === null) break;
    node = next;
    offset = range[0];
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
