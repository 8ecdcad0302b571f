/** The first mistake in a text that is no JSON, and what to do about it: parsers only know the sign where they stopped. */

/** What is wrong, from which sign of the text on. */
export interface Slip {
  readonly offset: number;
  /** After "is not JSON: ". */
  readonly problem: string;
  readonly hint?: string;
}

/** White space, texts, numbers, words, comments, and all other signs one by one. */
const tokens =
  /[ \t\r\n]+|"(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|[\p{L}_$][\p{L}\d_$]*|\/[/*]|./gsu;

const closing: Readonly<Record<string, string>> = { "{": "}", "[": "]" };
const constants = ["true", "false", "null"];
const constantsElsewhere = new Map([
  ["True", "true"],
  ["False", "false"],
  ["None", "null"],
  ["undefined", "null"],
]);

/** What may come next: "first" is the first entry of what was opened, or its end. */
type Next = "value" | "name" | "colon" | "comma" | "first";

/** The first mistake; null where none is found. */
export function slipIn(text: string): Slip | null {
  const open: { readonly sign: string; readonly offset: number }[] = [];
  let next: Next = "value";
  /** The last sign that was no space. */
  let last = "";
  for (const { 0: token, index: offset } of text.matchAll(tokens)) {
    if (/^[ \t\r\n]/.test(token)) continue;
    const inObject = open.at(-1)?.sign === "{";
    const slip = (problem: string, hint?: string): Slip => ({
      offset,
      problem,
      ...(hint === undefined ? {} : { hint }),
    });
    const strange = strangeToken(token, text.slice(offset), slip);
    if (strange !== null) return strange;
    if (token === "]" || token === "}") {
      const around = open.at(-1);
      if (around === undefined) return slip(`this ${token} closes nothing`, "Leave it out.");
      if (next === "colon") return slip("a colon and a value are missing before this");
      if (last === ":") return slip("a value is missing before this");
      if (last === ",") return slip(`a comma stands before ${token}`, `Leave out the comma before ${token}.`);
      if (closing[around.sign] !== token) return slip(`a ${closing[around.sign]} is missing before this ${token}`);
      open.pop();
      next = "comma";
    } else if (token === ",") {
      if (next === "colon") return slip("a colon and a value are missing before this");
      if (next !== "comma" || open.length === 0) return slip("this comma has nothing before it", "Leave it out.");
      next = inObject ? "name" : "value";
    } else if (token === ":") {
      if (next !== "colon") return slip("this colon has no name before it", "Names in quotes stand in { }.");
      next = "value";
    } else if (next === "comma") {
      return open.length === 0
        ? slip("there is more text behind the end of the spec", "A file holds one spec.")
        : slip("a comma is missing before this");
    } else if (next === "colon") return slip("a colon is missing before this");
    else if (inObject && next !== "value") {
      if (token.startsWith('"')) next = "colon";
      else if (/^[\p{L}_$]/u.test(token)) return slip(`names stand in double quotes: "${token}"`);
      else return slip("a name in double quotes and a colon are missing before this");
    } else if (token === "{" || token === "[") {
      open.push({ sign: token, offset });
      next = "first";
    } else {
      const word = wordSlip(token, slip);
      if (word !== null) return word;
      next = "comma";
    }
    last = token;
  }
  if (open.length === 0) return last === "" ? { offset: 0, problem: "the text is empty" } : null;
  const { sign, offset } = open[open.length - 1];
  const line = text.slice(0, offset).split("\n").length;
  return {
    offset: text.trimEnd().length,
    problem: `a ${closing[sign]} is missing at the end: the ${sign} of line ${line} is not closed`,
  };
}

type SlipHere = (problem: string, hint?: string) => Slip;

/** Signs that JSON has nowhere. */
function strangeToken(token: string, rest: string, slip: SlipHere): Slip | null {
  if (token === "//" || token === "/*" || token === "#")
    return slip("JSON has no comments", "YAML has: name the file .yaml.");
  if (/^['`‘’“”]$/.test(token)) return slip("texts and names stand in double quotes", `Write " instead of ${token}.`);
  if (token === '"') {
    const isClosed = /^"(?:[^"\\\n\r]|\\.)*"/.test(rest);
    if (!isClosed) return slip('a " is missing at the end of this text');
    return /^"(?:[^"\\\p{Cc}]|\\["\\/bfnrtu])*\\/u.test(rest)
      ? slip("this text holds a \\ that means nothing in JSON", "A \\ itself is written \\\\.")
      : slip("this text holds a tab or another sign that has no place in one", "A tab is written \\t.");
  }
  if (token === "-" && /^-Infinity/.test(rest)) return wordSlip("Infinity", slip);
  if (/^[-+.]$/.test(token) || /^\d[\w.]/.test(token.length === 1 ? rest : ""))
    return slip(`${/^[-+.\w]{1,30}/.exec(rest)?.[0]} is no number of JSON`, "Write it as 0.5, -2 or 1e-3.");
  if (token === ";") return slip("entries are divided by commas", "Write , instead of ;.");
  if (token === "=") return slip("a colon stands between a name and its value", "Write : instead of =.");
  return /^[\p{L}_$"\d\-{}[\],:]/u.test(token) ? null : slip(`the sign ${JSON.stringify(token)} has no place here`);
}

/** Words where a value should be. */
function wordSlip(token: string, slip: SlipHere): Slip | null {
  if (constants.includes(token) || !/^[\p{L}_$]/u.test(token)) return null;
  const constant = constantsElsewhere.get(token);
  if (constant !== undefined) return slip(`${token} is ${constant} in JSON`);
  if (token === "NaN" || token === "Infinity") return slip(`JSON has no ${token}`, "Write a number.");
  return slip(`texts stand in double quotes: "${token.slice(0, 60)}"`);
}
