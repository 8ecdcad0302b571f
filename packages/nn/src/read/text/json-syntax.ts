/** Explains the mistake where a parser of JSON stopped, from the characters there and before. */
import type { Mistake } from "../mistake.ts";

type Slip = Pick<Mistake, "problem" | "hint">;

const closing: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/** Constants of other languages. */
const constants: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["False", "false"],
  ["None", "null"],
  ["undefined", "null"],
]);

/** In place of the last sign, where a string is not closed. */
const UNCLOSED = "unclosed";

/** The state of a scan of a text up to an offset. */
interface Before {
  /** The offsets of the brackets that are open. */
  readonly open: readonly number[];
  /** The last sign: a bracket, a comma, a colon, a quote, or a character of a number or word; "" where there is none. */
  readonly last: string;
  /** Whether the last sign ends the name of an entry. */
  readonly isName: boolean;
}

function scan(text: string, end: number): Before {
  const open: number[] = [];
  let last = "";
  let isName = false;
  for (let at = 0; at < end; at++) {
    const sign = text[at];
    if (/\s/.test(sign)) continue;
    isName = sign === '"' && text[open[open.length - 1]] === "{" && (last === "{" || last === ",");
    last = sign;
    if (sign === '"') {
      for (at++; at < end && text[at] !== '"'; at++) if (text[at] === "\\") at++;
      if (at >= end) last = UNCLOSED;
    }
    if (sign in closing) open.push(at);
    if (sign === "}" || sign === "]") open.pop();
  }
  return { open, last, isName };
}

const isWord = (sign = ""): boolean => /[\p{L}\d_$.+-]/u.test(sign);

/** Whether a word is a number or a constant of JSON. */
const isValue = (word: string): boolean => /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word);

/** The mistake at an offset. */
export function slipAt(text: string, offset: number): Slip {
  let start = offset;
  // The parser stops inside words and numbers.
  while (isWord(text[start]) && isWord(text[start - 1])) start--;
  const { open, last, isName } = scan(text, start);
  const sign = text[start];
  const inner = open.at(-1);
  const opening = inner === undefined ? "" : text[inner];
  if (last === "" && sign === undefined) return { problem: "the text is empty" };
  if (last === UNCLOSED && sign === undefined) return { problem: "a closing quote is missing at the end" };
  if (last === UNCLOSED) return { problem: "unknown escape sequence", hint: "Write \\\\ for a backslash." };
  const [word = ""] = /^[\p{L}\d_$.+-]+/u.exec(text.slice(start, start + 60)) ?? [];
  const isEnd = text.slice(start + (word.length || 1)).trim() === "" && (sign === "," || isValue(word));
  if (sign === undefined || (isEnd && inner !== undefined)) {
    const line = text.slice(0, inner).split("\n").length;
    return { problem: `a ${closing[opening]} is missing at the end: the ${opening} of line ${line} is not closed` };
  }
  if (sign === "#" || sign === "/") return { problem: "JSON has no comments", hint: "YAML has: name the file .yaml." };
  if ("'`‘’“”".includes(sign)) return { problem: `strings need double quotes, not ${sign}` };
  if (sign === ";" || sign === "=") return { problem: `unexpected ${sign}`, hint: "JSON has , and : only." };
  if (isName && sign !== ":") return { problem: "a colon is missing before this" };
  if (sign === "]" || sign === "}") {
    if (inner === undefined) return { problem: `unexpected ${sign}`, hint: "Remove it." };
    if (last === ",") return { problem: `unexpected comma before ${sign}`, hint: "Remove it." };
    if (last === ":") return { problem: "a value is missing before this" };
    const isWanted = closing[opening] === sign;
    return { problem: isWanted ? `unexpected ${sign}` : `a ${closing[opening]} is missing before this ${sign}` };
  }
  if (last !== "" && !"[{,:".includes(last) && sign !== "," && sign !== ":") {
    if (inner !== undefined) return { problem: "a comma is missing before this" };
    return { problem: "unexpected text after the end of the spec", hint: "A file holds one spec." };
  }
  const constant = constants.get(word);
  if (constant !== undefined) return { problem: `JSON writes ${constant} for ${word}` };
  if (/^-?(NaN|Infinity)$/.test(word)) return { problem: `JSON has no ${word}`, hint: "Write a number." };
  if (/^[\p{L}_$]/u.test(word)) return { problem: `strings and names need double quotes: "${word}"` };
  if (word !== "") return { problem: `${word} is not a JSON number`, hint: "Write numbers as 0.5, -2 or 1e-3." };
  // What may begin here is only reported where the text ends inside of it.
  return '{["'.includes(sign) ? slipAt(text, text.length) : { problem: `unexpected ${JSON.stringify(sign)}` };
}
