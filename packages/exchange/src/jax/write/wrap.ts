/** Long statements on several lines, cut at their outermost operators or arguments. */

/** Longest line, without its indentation. */
const longest = 96;

/** Where a text has one of some separators outside of all brackets and strings. */
function cutsOf(text: string, separators: readonly string[]): number[] {
  const cuts: number[] = [];
  let depth = 0;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (quote !== "") quote = sign === quote ? "" : quote;
    else if (sign === '"') quote = sign;
    else if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    else if (depth === 0 && separators.some((separator) => text.startsWith(separator, i))) cuts.push(i);
  }
  return cuts;
}

/** Operators, from those that hold least. */
const operators = [
  [" == ", " != ", " < ", " <= ", " > ", " >= "],
  [" | "],
  [" & "],
  [" + ", " - "],
  [" * ", " / ", " @ "],
];

function parts(text: string, cuts: readonly number[], skipped: number): string[] {
  const starts = [0, ...cuts.map((cut) => cut + skipped)];
  return starts.map((start, i) => text.slice(start, i < cuts.length ? cuts[i] : undefined));
}

/** Where the brackets open that the last sign of a text closes. */
function openingOf(text: string): number {
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (")]}".includes(text[i])) depth++;
    if ("([{".includes(text[i]) && --depth === 0) return i;
  }
  return -1;
}

/** A statement `name = text`, or `return text`, as lines. */
export function wrapped(head: string, text: string): string[] {
  if (head.length + text.length <= longest) return [head + text];
  const cuts = operators.map((some) => cutsOf(text, some)).find((found) => found.length > 0);
  if (cuts !== undefined) return [`${head}(`, ...parts(text, cuts, 1).map((part) => `    ${part}`), ")"];
  const opening = text.endsWith(")") ? openingOf(text) : -1;
  if (opening <= 0) return [head + text];
  const inner = text.slice(opening + 1, -1);
  const lines =
    inner.length + 4 <= longest ? [inner] : parts(inner, cutsOf(inner, [", "]), 2).map((part) => `${part},`);
  return [`${head}${text.slice(0, opening + 1)}`, ...lines.map((line) => `    ${line}`), ")"];
}
