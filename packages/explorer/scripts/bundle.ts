/**
 * Bundles a page with Vite: scripts of which each is one text, styles, the licences of what is in them, and the hashes
 * by which a page's policy allows them.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type InlineConfig, type Plugin, type Rollup } from "vite";
import { wordsOfOps } from "../page/formulas/render.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Formulas are typeset here, once: see page/formulas. */
function formulas(): Plugin {
  const name = "virtual:op-words";
  return {
    name: "op-words",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? `export const opWords = ${JSON.stringify(wordsOfOps())};` : null),
  };
}

/** Runs a build as it is when nothing is said: Vite heeds NODE_ENV, which tests set. */
async function asProduction<Result>(run: () => Promise<Result>): Promise<Result> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    return await run();
  } finally {
    process.env.NODE_ENV = before;
  }
}

/** A script, and the folders of the packages of others that are in it. */
export interface Bundle {
  readonly script: string;
  readonly packages: readonly string[];
}

/** One script from an entry, such as page/main.tsx. */
export async function bundle(entry: string): Promise<Bundle> {
  const config: InlineConfig = {
    root,
    configFile: false,
    mode: "production",
    logLevel: "error",
    plugins: [formulas()],
    resolve: { conditions: ["@adjoint/source", "module", "browser", "import", "default"] },
    // Both are classic scripts: modules from a blob do not run in pages that are opened as files.
    define: { "import.meta.url": "location.href" },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      write: false,
      target: "es2023",
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: `${root}${entry}`, output: { format: "iife" } },
    },
  };
  const { output } = (await asProduction(() => build(config))) as Rollup.RollupOutput;
  const chunks = output.filter((file) => file.type === "chunk");
  if (chunks.length !== 1) throw new Error(`${entry} became ${chunks.length} scripts`);
  const folders = chunks[0].moduleIds.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(id)?.[0]);
  return { script: chunks[0].code.trim(), packages: folders.filter((folder) => folder !== undefined) };
}

/** The licences of packages, which go with their code. */
export function licencesOf(folders: readonly string[]): string {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    const { name, version } = JSON.parse(readFileSync(`${folder}package.json`, "utf8")) as Record<string, string>;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    texts.set(name, `${name} ${version}\n\n${readFileSync(`${folder}${file}`, "utf8").trim()}`);
  }
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  // Two hyphens would end the comment.
  return ["This page contains these packages:", ...sorted].join("\n\n").replaceAll("--", "- -");
}

/** Style sheets one after the other, without comments and indentation. */
export function styles(...files: readonly string[]): string {
  return files
    .map((file) => readFileSync(`${root}${file}`, "utf8"))
    .join("\n")
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/\n\s*/g, "")
    .trim();
}

/** What the security policy says of a text that it allows. */
export function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
