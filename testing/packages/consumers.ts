/** What reads the installed packages besides bundlers: compilers, linters of packages, require, and the command. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Analysis, checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import ts from "typescript-5.9";
import { command } from "./command.ts";
import { type Installation, tool } from "./install.ts";

const program = `
import { Adam, build, defineLayer, encodeModel, grad, graphOf, layers, model, mul, rng, summary, tensor, toDot, Trainer,
  type Variable, variable, z } from "adjoint";
import { trainModel } from "adjoint/training";

const loss = (x: Variable): Variable => x.square().sum();
const gradient: Variable = grad(loss)(variable([1, 2]));
new Adam([variable(rng(1).normal([2, 2]), { name: "w" })], { lr: 0.1 }).step();
const scale = defineLayer({
  kind: "scale",
  options: { start: z.number().default(1) },
  forward: ([x], { options }) => mul(x, options.start),
});
const use = [scale];
const net = build(model({ input: [4], layers: [layers.affine(3), scale({ start: 2 })], loss: "mse" }, { use }), { use });
const text: string = summary(net) + toDot(graphOf(gradient));
export const length: number = tensor([1]).data.length + encodeModel(net).byteLength + text.length;
export const names: string[] = [Trainer.name, trainModel.name];
// @ts-expect-error an unknown option
layers.affine({ unit: 3 });
`;

/** Compiles a program against the installed declarations, and the declarations themselves. */
export async function typeCheck({ folder }: Installation, compiler: string, resolution: string): Promise<void> {
  const config = `tsconfig.${compiler}.${resolution}.json`;
  writeFileSync(join(folder, "src", "types.ts"), program);
  const compilerOptions = {
    target: "es2022",
    // Declarations of optional peers and of Node.js are not there: nothing may need them.
    lib: ["es2023", "dom"],
    types: [],
    module: resolution === "nodenext" ? "nodenext" : "esnext",
    moduleResolution: resolution,
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, files: ["src/types.ts"] }));
  await command(folder, process.execPath, tool(`${compiler}/bin/tsc`), "-p", config);
}

/** Names that are only passed on, where an editor has no comment to show. */
const passedOn = ["kernels", "var", "z"];

/** The program in which an editor completes names. */
const hovered = `
import * as all from "adjoint";
const variable: all.Variable = all.variable([1]);
const trainer = null as unknown as all.Trainer;
all.layers.convolution({ /*options*/ });
`;

/** What has no words where an editor shows a name of the packages: public names, layers with their options, methods. */
export async function checkHovers({ folder }: Installation): Promise<void> {
  const file = join(folder, "src", "hovers.ts");
  let text = hovered;
  let version = 0;
  const { sys } = ts;
  const service = ts.createLanguageService({
    ...sys,
    useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => ({ module: ts.ModuleKind.NodeNext, strict: true, types: [] }),
    getScriptFileNames: () => [file],
    getScriptVersion: (path) => (path === file ? String(version) : ""),
    getScriptSnapshot: (path) => ts.ScriptSnapshot.fromString(path === file ? text : (sys.readFile(path) ?? "")),
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === file || sys.fileExists(path),
  });
  const change = (to: string): void => {
    text = to;
    version++;
  };
  const silent: string[] = [];
  let count = 0;
  const visit = (of: string, place: number): void => {
    for (const { name, kind } of service.getCompletionsAtPosition(file, place, {})?.entries ?? []) {
      if (kind === ts.ScriptElementKind.warning || passedOn.includes(name)) continue;
      const { documentation = [] } =
        service.getCompletionEntryDetails(file, place, name, {}, undefined, {}, undefined) ?? {};
      count++;
      if (documentation.length === 0) silent.push(`${of}.${name}`);
    }
  };
  visit("convolution", hovered.indexOf("/*options*/"));
  for (const of of ["all", "all.layers", "variable", "trainer"]) {
    change(`${hovered}${of}.`);
    visit(of, text.length);
  }
  if (silent.length > 0 || count < 500) throw new Error(`${count} names; no words for ${silent.join(", ")}`);
}

/** Loads the packages by require, which CommonJS programs use. */
export async function requireFromCommonJS({ folder }: Installation): Promise<void> {
  const source = 'const { variable } = require("adjoint"); console.log(variable([1, 2]).square().sum().item())';
  writeFileSync(join(folder, "src", "require.cjs"), source);
  const printed = await command(folder, process.execPath, "src/require.cjs");
  if (printed !== "5\n") throw new Error(`require gave ${JSON.stringify(printed)}, not 5`);
}

/** Runs the command as npx finds it, on a model written in TypeScript, too. */
export async function runCommand({ folder }: Installation): Promise<void> {
  const help = await command(folder, "npx", "--no", "adjoint", "--", "--help");
  if (!help.includes("adjoint") || !help.includes("train")) throw new Error(`--help printed ${help}`);
  const version = await command(folder, "npx", "--no", "adjoint", "--", "--version");
  if (!/^\d+\.\d+\.\d+\s*$/.test(version)) throw new Error(`--version printed ${version}`);
  const model =
    'import { layers, model } from "adjoint";\nexport default model({ input: [2], layers: [layers.affine(3)] });';
  writeFileSync(join(folder, "src", "model.ts"), model);
  const summary = await command(folder, "npx", "--no", "adjoint", "--", "summary", "src/model.ts");
  if (!/affine1.* 9 /.test(summary)) throw new Error(`the summary of a model in TypeScript is ${summary}`);
}

/** What publint says of a tarball, and attw of its declarations for ES modules: for require in Node.js 20.19 they do. */
export async function lintTarball(tarball: string): Promise<void> {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  const { types, ...analysis } = await checkPackage(createPackageFromTarballData(bytes));
  const problems = types === false ? [] : (analysis as Analysis).problems;
  const others = problems.filter(
    (problem) => !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(problem.resolutionKind)),
  );
  const lines = [
    ...messages.map((message) => formatMessage(message, pkg) ?? message.code),
    ...(types === false ? ["no declarations"] : []),
    ...others.map((problem) => JSON.stringify(problem)),
  ];
  if (lines.length > 0) throw new Error(`${tarball}\n${lines.join("\n")}`);
}
