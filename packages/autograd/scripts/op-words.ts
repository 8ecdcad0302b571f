/**
 * What the built-in ops say of themselves, from the comment at the end of each definition: the formula and that of its
 * rule, what the rule does to the gradient, and the shapes, which an elementwise op leaves out. Programs that only compute
 * load none of it.
 *
 *   // y = Σ x over axes ⇒ x̄ = ȳ repeated along axes
 *   // The sum node: the gradient is repeated for every element that was added.
 *   // […, n, …] → […, …]; adjoint: repeat; source: the book, 5.6
 */
import { fileURLToPath } from "node:url";
import type { OpDefinition } from "../src/index.ts";

/** The words of an op, as a definition holds them where it is not built in. */
export type OpWords = Required<Pick<OpDefinition, "math" | "words" | "reference">>;

/** Where the words are kept for those who show them. */
export const wordsPath: string = fileURLToPath(new URL("../src/ops/words.generated.ts", import.meta.url));

const comment =
  /(?:(?:(?:infer|forward): \(\[([^\]]*)\]|= (binary)\().*)? {2}\/\/ ([^\n]+) ⇒ ([^\n]+)\n\s*\/\/ ([^\n]+)\n(?:\s*\/\/ ([^\n]+)\n)?/s;

function wordsOf([, named, binary, forward, backward, words, more]: RegExpExecArray): OpWords {
  const inputs = named ?? (binary === undefined ? "x" : "a, b");
  const [shapes, ...others] = (more ?? `${inputs.split(",").fill("[…]").join(", ")} → […]`).split("; ");
  return {
    math: { forward, backward },
    words,
    reference: { shapes, ...Object.fromEntries(others.map((other) => other.split(": "))) },
  };
}

/** The words of the ops that a file defines, by name. @throws Error for an op without them */
export function readWords(source: string): [name: string, words: OpWords][] {
  // One function makes the ops that compare, by their names and signs, ⋄.
  const definitions = [
    ...source.matchAll(/^ +(?:name: |\.\.\.\w+\()"(\w+)",|= binary\("(\w+)",|= comparison\("(\w+)", .*; \/\/ (\S+)$/gm),
  ];
  return definitions.map(({ index, 1: own, 2: binary = own, 3: name = binary, 4: symbol }) => {
    const [definition] = symbol === undefined ? source.slice(index).split("\n});\n") : source.split("\n  });\n");
    const found = comment.exec(`${definition}\n`);
    if (found === null) throw new Error(`The definition of ${name} ends without its lines of words.`);
    const words = wordsOf(found);
    const forward = words.math.forward.replace("⋄", symbol);
    return [name, { ...words, math: { ...words.math, forward } }];
  });
}

/** The file with the words of all ops. */
export function renderWords(sources: Iterable<string>): string {
  const rows = [...sources].flatMap(readWords).map(([name, words]) => `  ${name}: ${JSON.stringify(words)},\n`);
  return `/** The words of the built-in ops, by scripts/op-words.ts; do not edit. */
import type { OpDefinition } from "../core/variable.ts";

export const builtInWords: Readonly<Record<string, Pick<OpDefinition, "math" | "words" | "reference">>> = {
${rows.join("")}};
`;
}
