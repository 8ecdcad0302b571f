/** Programs bundled for browsers by four bundlers, minified; any warning is an error. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { type RollupLog, rollup } from "rollup";
import { build as vite } from "vite";
import webpack from "webpack";

/** Bundles the file `entry` into `folder`, as main.js and what that loads. */
type Bundler = (entry: string, folder: string) => Promise<void>;

function refuse(warnings: readonly string[]): void {
  if (warnings.length > 0) throw new Error([...new Set(warnings)].join("\n"));
}

const byEsbuild: Bundler = async (entry, folder) => {
  const { warnings } = await esbuild.build({
    entryPoints: { main: entry },
    outdir: folder,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  refuse(warnings.map(({ text }) => text));
};

/** Whether a warning is about the inside of other packages: circles and comments that nothing depends on. */
function isOfOthers({ code, id = "", ids = [id] }: RollupLog): boolean {
  const isOther = (path: string): boolean => !/[\\/]node_modules[\\/](@adjoint|adjoint)[\\/]/.test(path);
  return ["CIRCULAR_DEPENDENCY", "INVALID_ANNOTATION"].includes(code ?? "") && ids.every(isOther);
}

const byRollup: Bundler = async (entry, folder) => {
  const warnings: string[] = [];
  const bundle = await rollup({
    input: { main: entry },
    plugins: [
      nodeResolve({ browser: true }),
      {
        // Rollup leaves minifying to others.
        name: "minify",
        renderChunk: async (code) => (await esbuild.transform(code, { minify: true, target: "es2022" })).code,
      },
    ],
    onwarn: (warning) => {
      if (!isOfOthers(warning)) warnings.push(warning.message);
    },
  });
  await bundle.write({ dir: folder, format: "es", entryFileNames: "[name].js" });
  await bundle.close();
  refuse(warnings);
};

const byVite: Bundler = async (entry, folder) => {
  const warnings: string[] = [];
  const note = (message: string) => warnings.push(message);
  const logger = { info: () => {}, warn: note, warnOnce: note, error: note, clearScreen: () => {}, hasWarned: false };
  await vite({
    configFile: false,
    root: dirname(entry),
    logLevel: "warn",
    customLogger: { ...logger, hasErrorLogged: () => false },
    build: {
      outDir: folder,
      emptyOutDir: false,
      modulePreload: false,
      // How large a program may be is its own affair.
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rollupOptions: { input: { main: entry }, output: { entryFileNames: "[name].js" } },
    },
  });
  refuse(warnings);
};

const byWebpack: Bundler = async (entry, folder) => {
  const compiler = webpack({
    mode: "production",
    target: ["web", "es2022"],
    entry: { main: entry },
    experiments: { outputModule: true },
    output: { path: folder, filename: "[name].js", module: true, chunkFormat: "module", library: { type: "module" } },
    performance: false,
  });
  const result = await new Promise<webpack.Stats>((resolve, reject) => {
    compiler?.run((error, stats) => (stats === undefined ? reject(error) : resolve(stats)));
  });
  await new Promise((resolve) => compiler?.close(resolve));
  const { errors = [], warnings = [] } = result.toJson({ all: false, errors: true, warnings: true });
  refuse([...errors, ...warnings].map(({ message }) => message));
};

const bundlers = { esbuild: byEsbuild, rollup: byRollup, vite: byVite, webpack: byWebpack } as const;

export type BundlerName = keyof typeof bundlers;

export const bundlerNames = Object.keys(bundlers) as BundlerName[];

/** Bundles a program; the folder with its main.js. */
export async function bundle(bundler: BundlerName, entry: string, out: string): Promise<string> {
  const folder = join(out, bundler);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await bundlers[bundler](entry, folder);
  return folder;
}
