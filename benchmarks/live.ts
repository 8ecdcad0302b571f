/**
 * Frames of the page in which networks are trained, in headless Chromium: how many there are a second while it plays, the
 * longest of them, and how long the main thread works for each. A table; docs/training-live.md says how the page draws.
 * `npx tsx --conditions=@adjoint/source benchmarks/live.ts [SECONDS]`
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderTable, trainingPage } from "adjoint";
import type { Page } from "playwright-core";
import { right } from "../examples/output.ts";
import { openFile, startBrowser } from "../testing/browser.ts";

const seconds = Number(process.argv[2] ?? 5);
/** Not measured: what is compiled and drawn for the first time. */
const warmUp = 2;

const experiments = {
  digits: "task=digits",
  "digits, convolution": "task=digits&first=convolution",
  "digits, ten layers": "lesson=sigmoids",
  "two spirals": "task=spirals&depth=3&width=32&activation=tanh&init=xavier&lr=0.01",
  "a sine": "lesson=sine",
} as const;

/** Seconds that a processor has worked for the main thread since the page was opened, whatever else it did besides. */
async function worked(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
}

const folder = mkdtempSync(join(tmpdir(), "adjoint-live-"));
const path = join(folder, "training.html");
writeFileSync(path, trainingPage());
const browser = await startBrowser();
const rows: string[][] = [];
for (const [name, settings] of Object.entries(experiments)) {
  for (const speed of ["60", "max"]) {
    const page = await openFile(browser, [], path, {
      ownWorkers: true,
      fragment: `#${settings}`,
      viewport: { width: 1440, height: 900 },
    });
    const work = await worked(page);
    // As text: what runs this file gives functions names by a helper that the page has not.
    await page.evaluate(`training.speed.value = "${speed}"; void training.play()`);
    await page.waitForTimeout(1000 * warmUp);
    const before = await work();
    const stepsBefore = Number(await page.evaluate("training.iteration.value"));
    const { times, steps } = (await page.evaluate(`new Promise((resolve) => {
      const times = [];
      (function next(now) {
        times.push(now);
        if (now - times[0] < ${1000 * seconds}) requestAnimationFrame(next);
        else resolve({ times, steps: training.iteration.value });
      })(performance.now());
    })`)) as { times: number[]; steps: number };
    const share = (await work()) - before;
    const frames = times.length - 1;
    const longest = Math.max(...times.slice(1).map((time, i) => time - times[i]));
    const took = (times[frames] - times[0]) / 1000;
    rows.push([
      name,
      speed === "max" ? "as fast as it goes" : `${speed} steps/s`,
      ((steps - stepsBefore) / took).toFixed(0),
      (frames / took).toFixed(0),
      `${longest.toFixed(0)} ms`,
      `${((1000 * share) / frames).toFixed(1)} ms`,
    ]);
    await page.context().close();
  }
}
await browser.close();
rmSync(folder, { recursive: true });

const numbers = ["steps/s", "frames/s", "longest frame", "main thread a frame"];
console.log(renderTable(["experiment", "speed", ...numbers.map(right)], rows));
