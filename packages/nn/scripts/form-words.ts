/**
 * What the forms of specs say of themselves, in the comments before kinds, options and metrics. Programs that only read
 * specs load none of it.
 *
 *   // y = x · W + b.
 *   export const affine = layerKind({
 *     kind: "affine",
 *     options: {
 *       // Number of outputs.
 *       units: count(1),
 *       ...biased,
 *
 * with doc comments in place of //.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../src/", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((path) => ({ path, file: readFileSync(join(folder, path), "utf8") }));

/**
 * A constant, a function or a kind: the comment before it, its text up to an empty line or comment, its whole file, and where
 * that is.
 */
interface Definition {
  readonly name: string;
  readonly words: string;
  readonly text: string;
  readonly file: string;
  readonly path: string;
}

const comment = String.raw`/\*\*((?:(?!\*/)[^])*)\*/\s*`;

/** The words of a comment in one line. */
const inLine = (words = ""): string => words.replace(/\n\s*\* ?/g, " ").trim();

/** All definitions that match, of all files: the pattern has groups for the words, the start and the name. */
const definitions = (pattern: string): Definition[] =>
  files.flatMap(({ path, file }) =>
    Array.from(
      file.matchAll(new RegExp(`^${pattern}(?=([^]*?)(?:\n\n|\n/\\*|$(?![^])))`, "gm")),
      ([, words, start, name, rest]) => ({ name, words: inLine(words), text: start + rest, file, path }),
    ),
  );

const kinds = definitions(String.raw` *${comment}((?:(?:export )?const \w+ = )?\w+\(\s*(?:\{\s*kind: )?"(\w+)")`);
const others = new Map<string, Definition[]>();
for (const definition of definitions(`(?:${comment})?((?:export )?(?:const|function) (\\w+))`)) {
  others.set(definition.name, [...(others.get(definition.name) ?? []), definition]);
}

/** What a name means in a file. */
function meaning(name: string, file: string): Definition | undefined {
  const all = others.get(name) ?? [];
  return all.find((definition) => definition.file === file) ?? all[0];
}

/** How definitions name others: what they spread, then what they call or take parts of. */
const mentions = [/(?<=\.\.\.|options: )\w+/g, /\w+(?=[(.<])/g];

/** What is said of an option in one of these definitions, or else in the nearest that they name. */
function wordsOfOption(option: string, near: readonly Definition[], seen: Set<unknown>): string | undefined {
  const own = new RegExp(`${comment}${option.replace("$", "\\$")}(?:: |,)`);
  const found = near.map(({ text }) => own.exec(text)).find((match) => match !== null);
  if (found !== undefined || near.length === 0) return found && inLine(found[1]);
  const named = mentions.flatMap((mention) =>
    near.flatMap(({ text, file }) => Array.from(text.matchAll(mention), ([name]) => meaning(name, file) ?? [])),
  );
  const next = [...new Set(named.flat())].filter((definition) => !seen.has(definition));
  for (const definition of next) seen.add(definition);
  return wordsOfOption(option, next, seen);
}

/**
 * What is said of a kind of layer or loss, or of a constant, and of its options.
 *
 * @param among the folder of the kind, since a layer and a loss may have one name. Default: any
 * @throws Error where nothing is said
 */
export function wordsOf(name: string, options: readonly string[], among = "") {
  const definition = kinds.find((kind) => kind.name === name && kind.path.startsWith(among)) ?? meaning(name, "");
  const said = options.map((option) => {
    const words = definition && wordsOfOption(option, [definition], new Set());
    if (words === undefined) throw new Error(`No comment before ${option} of ${name} says what it is.`);
    return [option, words] as const;
  });
  return { words: definition?.words ?? "", options: Object.fromEntries(said) };
}
