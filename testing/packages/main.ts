/**
 * Tests the packages as they are published: packs all, installs the tarballs with npm in an empty folder, and compiles,
 * requires, bundles and runs programs there, in Node.js, and in Chromium and Firefox under a strict policy.
 *
 *   npx -y pnpm@12 test:packages            # fails by the first thing that is wrong
 *   npx -y pnpm@12 test:packages --write    # and writes the sizes into docs/performance.md
 */
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromiumPath, startBrowser } from "../browser.ts";
import { firefoxPath, startFirefox } from "../firefox.ts";
import { type BundlerName, bundle, bundlerNames } from "./bundles.ts";
import { checkHovers, lintTarball, requireFromCommonJS, runCommand, typeCheck } from "./consumers.ts";
import { runInFirefox } from "./firefox.ts";
import { install, pack, resolvesBeside } from "./install.ts";
import { type Allowed, headersOf, type PageRun, type Report, runInBrowser, runInNode } from "./run.ts";
import { budgets, checkBudgets, onPage, sizesOf } from "./sizes.ts";

const programs = fileURLToPath(new URL("programs/", import.meta.url));

/** What bundlers that take seconds bundle: each kind of import once. The others bundle every program. */
const fewer = ["autograd-alone", "everything"];
const isSlow = (bundler: BundlerName): boolean => bundler === "rollup" || bundler === "webpack";

/** Does one step, and says how long it took. */
async function step<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
  const start = performance.now();
  try {
    const result = await work();
    console.log(`✓ ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    return result;
  } catch (error) {
    throw new Error(`✗ ${name}\n${(error as Error).message}`, { cause: error });
  }
}

/**
 * Two reports that are the same but for rounding. What differs is the order of sums (WebAssembly kernels and plain ones)
 * and, between engines, the last bit of tanh and exp: 2^-24 a step in float32, some hundred of which follow one another
 * in the longest program, which an error grows along by less than 10; 1e-4 is twice that.
 */
function checkReport(given: Report | null, expected: Report, where: string): void {
  const differs = (a: unknown, b: unknown): boolean =>
    typeof a === "number" && typeof b === "number"
      ? !(Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b)))
      : Array.isArray(a) && Array.isArray(b)
        ? a.length !== b.length || a.some((x, i) => differs(x, b[i]))
        : a !== b;
  const wrong = Object.keys(expected).filter((key) => differs(given?.[key], expected[key]));
  if (given !== null && wrong.length === 0) return;
  const shown = wrong.map((key) => `${key}: ${JSON.stringify(given?.[key])} and not ${JSON.stringify(expected[key])}`);
  throw new Error(`${where} reported ${given === null ? "nothing" : shown.join(", ")}`);
}

async function main(): Promise<void> {
  const tarballs = await step("build and pack", pack);
  await step("publint and attw find nothing", async () => {
    for (const tarball of tarballs) await lintTarball(tarball);
  });
  const [installed] = await Promise.all([
    step("install the tarballs with npm", () => install(tarballs)),
    step("resolve beside vitest 1, 3 and 5", async () => {
      await resolvesBeside(tarballs, "vitest@1");
      await resolvesBeside(tarballs, "vitest@3", "fast-check@3");
      await resolvesBeside(tarballs, "vitest@5");
    }),
  ]);
  const compilers = [
    ["typescript", "nodenext"],
    ["typescript", "bundler"],
    ["typescript-5.9", "bundler"],
    ["typescript-5.4", "nodenext"],
  ];
  await step("compile with TypeScript 5.4, 5.9 and 7", () =>
    Promise.all(compilers.map(([compiler, resolution]) => typeCheck(installed, compiler, resolution))),
  );
  await step("words in an editor for every name", () => checkHovers(installed));
  await step("require from CommonJS", () => requireFromCommonJS(installed));
  await step("npx adjoint", () => runCommand(installed));

  const names = readdirSync(programs).map((file) => file.replace(/\.js$/, ""));
  const source = (name: string): string => join(installed.folder, "src", `${name}.js`);
  for (const name of names) copyFileSync(join(programs, `${name}.js`), source(name));
  const expected = new Map<string, Report>();
  const bundles = new Map<string, [name: string, bundler: BundlerName, folder: string]>();
  await step("run in Node.js as installed", async () => {
    for (const name of names) expected.set(name, await runInNode(installed.folder, source(name)));
  });
  for (const bundler of bundlerNames) {
    await step(`bundle with ${bundler}, and run in Node.js`, async () => {
      for (const name of isSlow(bundler) ? fewer : names) {
        const folder = await bundle(bundler, source(name), join(installed.folder, "out", name));
        bundles.set(`${name} by ${bundler}`, [name, bundler, folder]);
        const report = await runInNode(folder, join(folder, "main.js"));
        checkReport(report, expected.get(name) as Report, `${name} by ${bundler} in Node.js`);
      }
    });
  }

  const sizes = new Map(
    Object.keys(budgets).map((name) => [name, sizesOf(bundles.get(`${name} by vite`)?.[2] as string)]),
  );
  for (const [name, { minified, gzip }] of sizes) {
    console.log(`  ${name}: ${minified.toFixed(1)} kB minified, ${gzip.toFixed(2)} kB compressed`);
  }
  await step("keep to the budgets of sizes", () => checkBudgets(sizes));
  await step("the sizes in docs/performance.md", () => onPage(sizes, process.argv.includes("--write")));

  const [plain, threaded] = [false, true].map((threads): Allowed => ({ wasm: true, threads }));
  // Another browser finds nothing in the bundles of other bundlers that Chromium does not.
  const byVite = new Map([...bundles].filter(([, [, bundler]]) => bundler === "vite"));
  const inChromium = { name: "Chromium", path: chromiumPath, start: startBrowser, run: runInBrowser };
  const inFirefox = { name: "Firefox", path: firefoxPath, start: startFirefox, run: runInFirefox };
  await Promise.all([
    runIn(inChromium, [[plain, { wasm: false, threads: false }, threaded]], bundles, expected),
    runIn(inFirefox, [[plain], [threaded]], byVite, expected),
  ]);
}

interface Engine<Browser> {
  readonly name: string;
  /** Its program; null where it is not installed. */
  readonly path: string | null;
  readonly start: () => Promise<Browser>;
  readonly run: (browser: Browser, folder: string, allowed: Allowed) => Promise<PageRun>;
}

/**
 * Runs bundles on pages.
 *
 * @param policies  what pages allow: policies that are tried at the same time, one such list after the other
 * @param bundles   by what they are
 * @param expected  what their programs report in Node.js
 */
async function runIn<Browser extends { close(): Promise<void> }>(
  { name: engine, path, start, run }: Engine<Browser>,
  policies: readonly (readonly Allowed[])[],
  bundles: ReadonlyMap<string, readonly [name: string, bundler: BundlerName, folder: string]>,
  expected: ReadonlyMap<string, Report>,
): Promise<void> {
  if (path === null) {
    console.log(`– skipped: bundles in ${engine}, which is not installed`);
    return;
  }
  const browser = await start();
  const runAll = (allowed: Allowed): Promise<void> =>
    step(`run in ${engine} under ${JSON.stringify(headersOf(allowed))}`, async () => {
      for (const [where, [name, , folder]] of bundles) {
        // Plain kernels give other bits; of the rest one program is about threads.
        if (name === "threads" ? !allowed.wasm : allowed.threads) continue;
        const { report, complaints } = await run(browser, folder, allowed);
        if (complaints.length > 0) throw new Error(`${where}: ${complaints.join("\n")}`);
        checkReport(report, { ...expected.get(name), ...inBrowser(name, allowed.wasm) }, where);
      }
    });
  try {
    for (const together of policies) await Promise.all(together.map(runAll));
  } finally {
    await browser.close();
  }
}

/** What a program reports otherwise on a page than in Node.js. */
function inBrowser(name: string, allowsWasm: boolean): Report {
  if (name !== "everything") return {};
  return { file: "SpecError", ...(allowsWasm ? {} : { wasm: false }) };
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
