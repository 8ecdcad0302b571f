/** How esbuild bundles a program of the workspace to run it, since a program loads a file sooner than hundreds. */
import type { BuildOptions } from "esbuild";

export const programOptions = {
  bundle: true,
  platform: "node",
  format: "esm",
  conditions: ["@adjoint/source"],
  // What CommonJS packages among the dependencies require.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
  logLevel: "error",
} satisfies BuildOptions;
