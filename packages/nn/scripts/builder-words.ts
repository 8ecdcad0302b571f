/** Writes the type of `layers`, with the comments of kinds and options, which the inferred type does not keep for editors. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { KindForm } from "../src/layers/kind/layer-kind.ts";
import { allKinds } from "../src/layers/structures.ts";
import { wordsOf } from "./form-words.ts";

const target = new URL("../src/layers/builders.generated.ts", import.meta.url);

/** The options of every layer. */
const common = ["name", "from"];

/** The options of some names as members of a type, each after its comment. */
function members(kind: KindForm, isTaken: (option: string) => boolean, indent: string): string {
  const options = Object.keys(kind.schema.shape).filter((option) => option !== "kind" && isTaken(option));
  const { options: words } = wordsOf(kind.kind, options, "layers");
  return options
    .map((option) => {
      const isOptional = kind.schema.shape[option]._zod.optin === "optional";
      return `${indent}/** ${words[option]} */\n${indent}readonly ${option}${isOptional ? "?" : ""}: unknown;\n`;
    })
    .join("");
}

/** The text of the file. */
export function renderBuilderWords(): string {
  const kinds: readonly KindForm[] = allKinds;
  const builders = kinds.map((kind) => {
    const own = members(kind, (option) => !common.includes(option), "      ");
    const options = own === "" ? "Common" : `Common & {\n${own}    }`;
    return `  /** ${wordsOf(kind.kind, [], "layers").words} */\n  readonly ${kind.kind}: BuilderOf<"${kind.kind}", ${options}>;\n`;
  });
  return `/** Made by scripts/builder-words.ts from the comments of the kinds of layers. */
import type { BuilderOf } from "./builder.ts";

interface Common {
${members(kinds[0], (option) => common.includes(option), "  ")}}

/** The functions that make layers as data, by kind. */
export interface DescribedBuilders {
${builders.join("")}}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, renderBuilderWords());
