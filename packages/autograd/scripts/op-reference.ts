/**
 * Writes docs/ops.md, the reference of all ops, and the table of their words, from what the ops say of themselves: their
 * definitions, the comments in them, and their docstrings. `pnpm --filter @adjoint/autograd build:reference`; a test holds the page against this.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as api from "../src/index.ts";
import { type OpDefinition, type PrimitiveName, primitives } from "../src/index.ts";
import { type OpWords, readWords, renderWords, wordsPath } from "./op-words.ts";

const folder = new URL("../src/ops/", import.meta.url);

/** Where the page lies. */
export const referencePath: string = fileURLToPath(new URL("../../../docs/ops.md", import.meta.url));

/** The families in the order of the page: the file of each, and its title. */
const families: readonly (readonly [file: string, title: string])[] = [
  ["arithmetic.ts", "Arithmetic"],
  ["elementary.ts", "Elementary functions"],
  ["trigonometric.ts", "Trigonometric and hyperbolic functions"],
  ["special.ts", "Special functions"],
  ["normal.ts", "The normal distribution"],
  ["rounding.ts", "Rounding and remainders"],
  ["composite/functions.ts", "Reciprocals, logaddexp"],
  ["activation.ts", "Activations"],
  ["softmax.ts", "Softmax and its like"],
  ["comparison.ts", "Comparison and choice"],
  ["logic.ts", "Truth values"],
  ["max.ts", "Maxima and minima"],
  ["repeat-sum.ts", "Repeat and sum"],
  ["composite/statistics.ts", "Statistics"],
  ["cumsum-sort.ts", "Running sums, sorting"],
  ["matmul.ts", "Products of matrices and vectors"],
  ["composite/einsum.ts", "Einstein's summation"],
  ["triangle.ts", "Triangles"],
  ["diagonal.ts", "Diagonals"],
  ["reshape-transpose.ts", "Shapes and axes"],
  ["slice-pad.ts", "Slices and padding"],
  ["concat-split.ts", "Joining and splitting"],
  ["composite/indexing.ts", "Indexing"],
  ["gather-scatter.ts", "Gathering and scattering"],
  ["im2col-col2im.ts", "Sliding windows"],
  ["cast-detach.ts", "Dtypes and gradients"],
  ["composite/creation.ts", "Making Variables"],
  ["random.ts", "Random numbers"],
];

/** A public function of an op file. */
interface PublicOp {
  readonly name: string;
  readonly call: string;
  readonly text: string;
}

interface Family {
  readonly title: string;
  readonly about: string;
  readonly primitives: readonly (readonly [name: string, words: OpWords])[];
  readonly functions: readonly PublicOp[];
}

/** A sentence with its full stop. */
function ended(text: string): string {
  return text === "" || /[.:]$/.test(text) ? text : `${text}.`;
}

/** The prose of a docstring: paragraphs up to the first tag, and what is thrown. */
function prose(comment: string): string {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\*? ?/, "").trimEnd());
  const text: string[] = [];
  let tag = "";
  for (const line of lines) {
    const found = /^@(\w+)/.exec(line);
    if (found !== null) tag = found[1];
    else if (/^(Source|Linear|Adjoint)\b/.test(line)) tag = "";
    if (tag === "" || tag === "throws") text.push(line.replace("@throws", "Throws"));
  }
  const whole = text
    .map((line) => (/^(Throws|Returns)/.test(line) || line === "" ? ended(line) : line))
    .join(" ")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/\s+/g, " ");
  return ended(whole.trim());
}

/** The top-level parts of a parameter list. */
function parametersOf(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= list.length; i++) {
    if (i === list.length || (list[i] === "," && depth === 0)) {
      const part = list.slice(start, i).trim();
      if (part !== "") parts.push(part);
      start = i + 1;
    } else if ("([{".includes(list[i])) depth++;
    else if (")]}".includes(list[i])) depth--;
  }
  return parts;
}

const sources = new Map(families.map(([file]) => [file, readFileSync(new URL(file, folder), "utf8")]));
const others = ["axes.ts", "../../../tensor/src/shape.ts"].map((file) => readFileSync(new URL(file, folder), "utf8"));
const everything = [...sources.values(), ...others].join("\n");

/** The names of an options type: written out, or an interface of the op files with what it extends. */
function optionNames(type: string): string[] {
  const body = type.startsWith("{")
    ? type
    : new RegExp(`interface ${type}(?: extends (\\w+))? \\{(.*?)\\n\\}`, "s").exec(everything);
  if (body === null) return [];
  const [text, base] = typeof body === "string" ? [body, undefined] : [body[2], body[1]];
  return [
    ...(base === undefined ? [] : optionNames(base)),
    ...[...text.matchAll(/readonly (\w+)\??:/g)].map((match) => match[1]),
  ];
}

function callOf(name: string, parameters: readonly string[]): string {
  const names = parameters.map((parameter) => {
    const [left, ...right] = parameter.split(":");
    const type = right.join(":").split("=")[0].trim();
    const plain = left.replace("?", "").trim();
    if (plain !== "options") return plain;
    const options = optionNames(type);
    return options.length === 0 ? plain : `{ ${options.join(", ")} }`;
  });
  return `${name}(${names.join(", ")})`;
}

function functionsOf(source: string): PublicOp[] {
  const found = source.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\nexport (function|const) (\w+)([^\n]*(?:\n {2}[^\n]*)*)/gs);
  return [...found].flatMap(([, comment, kind, name, rest]) => {
    if (!(name in api)) return [];
    if (kind === "const") {
      const definition = (primitives as Record<string, OpDefinition<never> | undefined>)[name];
      const inputs = definition !== undefined && Array.isArray(definition.backward) ? definition.backward.length : 1;
      const alias = /: typeof (\w+)/.exec(rest)?.[1];
      if (alias !== undefined) return [{ name, call: `${name}(…)`, text: prose(comment) }];
      const call = callOf(name, inputs === 1 ? ["x"] : ["a", "b"]);
      return [{ name, call, text: prose(comment) }];
    }
    const open = `${rest}\n`.indexOf("(");
    const list = rest.slice(open + 1).split(/\n?\): /)[0];
    return [{ name, call: callOf(name, parametersOf(list)), text: prose(comment) }];
  });
}

/** The families with what their files say; the test asks that none is left out. */
export function readFamilies(): Family[] {
  return families.map(([file, title]) => {
    const source = sources.get(file) as string;
    const about = prose(/^\/\*\*(.*?)\*\//s.exec(source)?.[1] ?? "");
    return { title, about, primitives: readWords(source), functions: functionsOf(source) };
  });
}

/** The op files that no family of the page has. */
export function filesLeftOut(): string[] {
  const hasOps = (file: string): boolean =>
    /^export (default|const primitives)/m.test(readFileSync(new URL(file, folder), "utf8"));
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && file !== "all.ts" && !sources.has(file) && hasOps(file),
  );
}

function row([name, { math, words, reference }]: readonly [string, OpWords]): string {
  const { linear } = primitives[name as PrimitiveName] as OpDefinition<never>;
  const isLinear = linear === true ? "yes" : linear === undefined ? "" : "in each";
  const cells = [
    `\`${name}\``,
    math.forward,
    math.backward,
    words,
    reference.shapes,
    isLinear,
    reference.adjoint === undefined ? "" : `\`${reference.adjoint}\``,
    reference.source ?? "",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const head = `| primitive | formula | rule | in words | shapes | linear | adjoint | source |
| --- | --- | --- | --- | --- | --- | --- | --- |`;

const introduction = `# Ops

Every computation is made of the **primitives** below: strict ops (equal shapes, explicit axes, one dtype) with one
backward rule for each input, written in the same ops, so that a derivative can be differentiated again. The **functions**
above them broadcast by explicit \`repeat\` nodes, promote dtypes by explicit \`cast\` nodes, count negative axes from the
end, and compose primitives. Those of a Variable are also its methods: \`sum(x, { axis: 0 })\` is \`x.sum({ axis: 0 })\`.

In formulas y is the output, x̄ the gradient of the final result with respect to x (the book's ∂L/∂x), and ȳ the gradient
that arrives. An op is linear in all inputs together ("yes") or in each of them alone ("in each"); the rule of a linear
op is its adjoint, which another op (or the op itself) computes. "The book" is _Deep Learning from Scratch_.

Every primitive is held to the laws of [CONTRIBUTING](../CONTRIBUTING.md) on generated shapes, layouts and attributes; how
to write an op of your own is told in [custom-ops.md](custom-ops.md).

_This page is made from the ops' own definitions by \`npx -y pnpm@12 --filter @adjoint/autograd build:reference\`._
`;

/** The page. */
export function renderReference(): string {
  const parts = readFamilies().map(({ title, about, primitives: names, functions }) => {
    const table = names.length === 0 ? [] : [[head, ...names.map(row)].join("\n")];
    const list = functions.map(({ call, text }) => `- \`${call}\`: ${text}`).join("\n");
    return `${[`## ${title}`, about, ...table, list].join("\n\n")}\n`;
  });
  return `${[introduction, ...parts].join("\n")}`;
}

/** The words of the ops, for those who show them. */
export const renderedWords = (): string => renderWords(sources.values());

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(wordsPath, renderedWords());
  writeFileSync(referencePath, renderReference());
}
