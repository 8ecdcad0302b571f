/** The page of trainings in Chromium: its numbers are the library's own. */
import { graphFromJSON, type Variable } from "@adjoint/autograd";
import { loadDigits } from "@adjoint/data";
import { build, model } from "@adjoint/nn";
import { Trainer } from "@adjoint/optim";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, screenshotPath, settled } from "../../../../testing/browser.ts";
import { Experiment } from "../../training/experiment/experiment.ts";
import { lessons } from "../../training/experiment/lessons.ts";
import { defaults, type Settings } from "../../training/experiment/settings.ts";
import { specOf } from "../../training/experiment/spec.ts";
import { dataOf } from "../../training/experiment/tasks.ts";
import { en } from "../../training/text/en.ts";
import { click, pagesInBrowser } from "../testing/pages.ts";
import { binsPerDecade, type SizeDistribution } from "./distribution.ts";
import { quantities, type TrainingMetrics, type TrainingRecord, type TrainingSnapshot } from "./record.ts";
import { recordTraining } from "./recorder.ts";
import { trainingPage } from "./training-page.ts";
import { trainingReport } from "./training-report.ts";

const widths = [390, 768, 1024, 1440] as const;

/** What is recorded in the page, as data. */
interface Seen {
  readonly losses: readonly number[];
  readonly snapshots: readonly TrainingSnapshot[];
  readonly metrics: readonly TrainingMetrics[];
}

/** Whether distributions are the same but for numbers at the edges of bins: one in a hundred. */
function expectAlike(found: TrainingSnapshot, expected: TrainingSnapshot): void {
  expect(found.iteration).toBe(expected.iteration);
  const within = ({ first, counts }: SizeDistribution, bin: number): number => counts[bin - first] ?? 0;
  found.layers.forEach((layer, i) => {
    for (const quantity of quantities) {
      const [a, b] = [layer[quantity], expected.layers[i][quantity]] as [SizeDistribution, SizeDistribution];
      const bins = new Set([a, b].flatMap(({ first, counts }) => counts.map((_, k) => first + k)));
      let moved = Math.abs(a.zeros - b.zeros) + Math.abs(a.count - b.count);
      for (const bin of bins) moved += Math.abs(within(a, bin) - within(b, bin));
      expect(moved).toBeLessThanOrEqual(0.02 * a.count + 2);
    }
  });
}

/** A record of a short training of the library, for reports. */
function recordedDigits(): TrainingRecord {
  const data = loadDigits();
  const spec = model({
    input: [64],
    layers: [
      { kind: "affine", name: "hidden", units: 16 },
      { kind: "relu" },
      { kind: "affine", name: "output", units: 10 },
    ],
    loss: "crossEntropy",
  });
  const options = { batchSize: 50, samples: data.test, imageShape: [8, 8], title: "digits <16 units>" } as const;
  const recorder = recordTraining(build(spec), options);
  const trainer = new Trainer(recorder.network, data, { miniBatchSize: 50, epochs: 3, optimizer: "adam" });
  for (const step of trainer.steps()) recorder.add(step);
  return recorder.record();
}

describe.skipIf(chromiumPath === null)("the page of trainings in Chromium", () => {
  const { complaints, openHtml: open } = pagesInBrowser();

  const seen = async (page: Page): Promise<Seen> =>
    await page.evaluate(
      "(({ losses, snapshots, metrics }) => ({ losses, snapshots: snapshots.kept, metrics }))(window.training.recorded.value)",
    );
  const advance = async (page: Page, steps: number): Promise<void> => {
    await page.evaluate(`window.training.advance(${steps})`);
    await settled(page);
  };

  it.each([
    ["digits", { ...defaults, batchNorm: true, dropout: 0.2 }],
    ["spirals", { ...lessons.spirals.settings }],
    ["sine", { ...lessons.sine.settings, seed: 3 }],
  ] as [string, Settings][])("trains %s as the library does", async (name, settings) => {
    const library = new Experiment(settings);
    const expected = library.run(30, Number.POSITIVE_INFINITY, true);
    const entries = Object.entries(settings).map(([key, value]) => [key, String(value)]);
    const fragment = `#${new URLSearchParams(Object.fromEntries(entries))}`;
    const page = await open(name, trainingPage(), { fragment });
    await advance(page, 30);
    const found = await seen(page);
    // Chromium multiplies and adds with one rounding, Node.js 20 with two: sums of up to 64 products differ by
    // 64 · 2^-24 ≈ 4e-6 of their size, and each step starts from that. Other batches would differ by hundredths.
    expect(found.losses).toEqual(expected.losses.map((loss) => expect.closeTo(loss, 4)));
    expect(found.snapshots.map(({ iteration }) => iteration)).toEqual(expected.losses.map((_, i) => i + 1));
    expectAlike(found.snapshots[0], expected.snapshots[0]);
    expectAlike(found.snapshots[29], expected.snapshots[29]);
    const [last, wanted] = [found.metrics.at(-1), expected.metrics.at(-1)];
    expect(last?.testLoss).toBeCloseTo(Number(wanted?.testLoss), 4);
    // One held-out sample in 200 may be on the edge.
    if (wanted?.testAccuracy !== undefined)
      expect(Math.abs(Number(last?.testAccuracy) - wanted.testAccuracy)).toBeLessThanOrEqual(0.005);
    const view = await page.evaluate("window.training.latest.value.view.kind");
    expect(view).toBe({ digits: "images", spirals: "plane", sine: "curve" }[name]);
    await page.screenshot({ path: screenshotPath(`training-${name}`), fullPage: true });
    await page.context().close();
  });

  it("plays, pauses, steps and starts over", async () => {
    const page = await open("buttons", trainingPage(), { fragment: "#task=sine&depth=1&width=8" });
    const step = async (): Promise<number> => Number(await page.textContent(".readings dd"));
    await click(page, "text=One step");
    expect(await step()).toBe(1);
    await click(page, "text=One epoch");
    // 400 samples by mini-batches of 50.
    expect(await step()).toBe(9);
    await page.click("text=Play");
    await expect.poll(step).toBeGreaterThan(12);
    await click(page, "text=Pause");
    const { losses } = await seen(page);
    await click(page, "text=Reset");
    expect(await step()).toBe(0);
    await advance(page, 9);
    expect((await seen(page)).losses).toEqual(losses.slice(0, 9));
    await page.context().close();
  });

  it("shows within a few steps that gradients vanish in ten sigmoids, and forgets it with another lesson's settings", async () => {
    const page = await open("lesson", trainingPage());
    expect(await page.inputValue("select[name=lesson]")).toBe("sigmoids");
    await advance(page, 5);
    expect(await page.textContent(".verdict")).toContain("Gradients vanish");
    const [first] = (await seen(page)).snapshots;
    const library = new Experiment(lessons.sigmoids.settings).run(1, 1e9, false);
    expectAlike(first, library.snapshots[0]);
    await page.screenshot({ path: screenshotPath("training-sigmoids"), fullPage: true });
    await page.click('.tries button:has-text("ReLU with He")');
    await expect.poll(() => page.textContent(".verdict")).toContain("similar size");
    await page.evaluate("window.training.pause()");
    await settled(page);
    const { hash } = new URL(page.url());
    expect(hash).toContain("lesson=sigmoids");
    expect(hash).toContain("depth=10");
    expect(hash).not.toContain("activation=sigmoid");
    // Who opens the address sees the same experiment.
    const again = await open("lesson", trainingPage(), { fragment: hash });
    expect(await again.inputValue("select[name=activation]")).toBe("relu");
    expect(await again.inputValue("select[name=depth]")).toBe("10");
    await page.context().close();
    await again.context().close();
  });

  it("keeps the lesson and goes on playing while its settings change, and says what is not as it was", async () => {
    const page = await open("changes", trainingPage({ settings: "lesson=sine" }));
    await page.click("text=Play");
    await page.selectOption("select[name=activation]", "tanh");
    await expect.poll(() => page.textContent(".changed")).toContain("Activation tanh");
    expect(await page.inputValue("select[name=lesson]")).toBe("sine");
    expect(await page.getAttribute('.tries button:has-text("Tanh")', "aria-pressed")).toBe("true");
    await expect.poll(() => page.evaluate("training.iteration.value")).toBeGreaterThan(1);
    await click(page, "text=Pause");
    // Everything that was trained is shown, however slowly it was drawn.
    const { losses } = await seen(page);
    expect(Number(await page.textContent(".readings dd"))).toBe(losses.length);
    const settings = { ...lessons.sine.settings, activation: "tanh" } as const;
    // As many as are close above: each step adds its roundings, and a busy machine may have trained for thousands.
    const expected = new Experiment(settings).run(Math.min(30, losses.length), Number.POSITIVE_INFINITY, false);
    expect(losses.slice(0, 30)).toEqual(expected.losses.map((loss) => expect.closeTo(loss, 4)));
    await page.selectOption("select[name=task]", "spirals");
    await settled(page);
    expect(await page.inputValue("select[name=lesson]")).toBe("");
    await page.context().close();
  });

  it("shows exploding gradients within a few steps, on a phone in the bar that stays", async () => {
    const page = await open("explode", trainingPage({ settings: "lesson=explode" }), {
      viewport: { width: 390, height: 844 },
    });
    await page.click("text=Play");
    await expect.poll(() => page.textContent(".bar .verdict")).toContain("Gradients explode");
    await page.evaluate("training.pause()");
    await settled(page);
    // Playing has brought the charts into view, and the bar lies above them.
    const [bar, chart] = await Promise.all([
      page.locator(".bar").boundingBox(),
      page.locator(".curves").first().boundingBox(),
    ]);
    expect(bar?.y).toBe(0);
    expect(chart?.y).toBeGreaterThan(bar?.height ?? 0);
    expect((chart?.y ?? 0) + (chart?.height ?? 0)).toBeLessThan(844);
    const [first] = (await seen(page)).snapshots;
    expectAlike(first, new Experiment(lessons.explode.settings).run(1, 1e9, false).snapshots[0]);
    await page.context().close();
  });

  it("says why a training has stopped, with the library's own words", async () => {
    const page = await open("stopped", trainingPage({ settings: "lesson=he" }));
    await page.click("text=Weights of deviation 1");
    await page.waitForSelector("[role=alert]");
    const experiment = new Experiment({ ...lessons.he.settings, init: "large" });
    const { error } = experiment.run(100, Number.POSITIVE_INFINITY, false);
    // In the page's script, which is one line, the place in the source says nothing.
    expect(await page.textContent("[role=alert]")).toContain(error?.split("; computed at")[0]);
    // And with what the library cannot know: how the weights began.
    expect(await page.textContent("[role=alert] p")).toBe(en.largeStart);
    await page.context().close();
  });

  it("shows the library's medians where gradients explode, and no accuracy of outputs that are NaN", async () => {
    const settings: Settings = { ...lessons.explode.settings, activation: "relu" };
    const library = build(specOf(settings), { seed: settings.seed });
    const { batch: miniBatchSize, optimizer, lr, seed } = settings;
    const options = { miniBatchSize, replacement: false, recomputeLoss: false, optimizer, seed } as const;
    new Trainer(library, dataOf(settings), { ...options, optimizerParam: { lr } }).steps().next();
    const exact = Object.values(library.params)
      .filter(({ ndim }) => ndim === 2)
      .map(({ grad }) => {
        const sizes = Array.from((grad as Variable).value.data, (value) => Math.abs(Number(value)));
        const sorted = sizes.filter((size) => size > 0).toSorted((a, b) => a - b);
        return sorted[Math.floor(sorted.length / 2)];
      });
    expect(exact).toHaveLength(11);
    expect(Math.min(...exact)).toBeGreaterThan(1e5);
    const page = await open("median", trainingPage({ settings: "lesson=explode" }));
    await expect.poll(() => page.locator(".mistakes").count()).toBe(1);
    await page.click('.tries button:text-is("ReLU")');
    await page.waitForSelector("[role=alert]");
    // Pictures, and medians with them, follow the alert: outputs that are NaN take no digit for another.
    await expect.poll(() => page.locator(".mistakes").count()).toBe(0);
    await settled(page);
    // A third of a power of ten by the bins, and half a unit of the one digit that is shown.
    const tolerance = 1 / binsPerDecade + Math.log10(1.5);
    const expectShown = (text: string | null, expected: number): void => {
      const [, mantissa = "1", exponent] = /(?:(\d)·)?10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/.exec(text ?? "") ?? [];
      const power = [...(exponent ?? "?")].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit)).join("");
      expect(Math.abs(Math.log10(Number(mantissa)) + Number(power) - Math.log10(expected)), text ?? "").toBeLessThan(
        tolerance,
      );
    };
    const cells = await page.locator("td.gradients .numbers").allTextContents();
    expect(cells).toHaveLength(exact.length);
    cells.forEach((text, i) => {
      expectShown(text, exact[i]);
    });
    expectShown(await page.textContent(".layers .verdict"), Math.max(...exact));
    expect(await page.locator(".readings dd").last().textContent()).toBe("–");
    await page.locator(".layers").screenshot({ path: screenshotPath("training-medians") });
    await page.context().close();
  });

  it("opens the graph of the last step in the explorer, with its values", async () => {
    const page = await open(
      "graph",
      trainingPage({ settings: "task=spirals&depth=2&width=4&batchNorm=true&dropout=0.2" }),
    );
    await advance(page, 7);
    const [tab] = await Promise.all([page.waitForEvent("popup"), page.click("text=Open this step's graph")]);
    const problems: string[] = [];
    tab.on("pageerror", (error) => problems.push(String(error)));
    await tab.waitForSelector("html[data-ready=true]");
    await settled(tab);
    const { losses } = await seen(page);
    expect(await tab.title()).toBe("step 7 of a training");
    const json = await tab.evaluate('window.explorer.exported("json").then((blob) => blob.text())');
    const graph = graphFromJSON(json as string);
    // Eager kernels against the compiled step: rounding of float32 sums.
    expect(Number(graph.run().graph.nodes[graph.outputs[0]].value?.item())).toBeCloseTo(losses[6], 5);
    expect(problems).toEqual([]);
    // And back: the training is where it was.
    const back = tab.locator("text=← Training");
    await Promise.all([
      tab.waitForEvent("close"),
      back.evaluate((button) => void setTimeout(() => button.dispatchEvent(new Event("click")))),
    ]);
    expect(await page.evaluate("training.iteration.value")).toBe(7);
    await page.context().close();
  });

  it.each(widths)("fits a window %i wide, accessible, in both languages and colours", async (width) => {
    const viewport = { width, height: 900 };
    for (const [kind, html] of [
      ["live", trainingPage({ settings: "lesson=rate" })],
      ["report", trainingReport(recordedDigits())],
    ] as const) {
      for (const look of ["lang=en&theme=light", "lang=ko&theme=dark"]) {
        const fragment = kind === "live" ? `#lesson=rate&${look}` : `#${look}`;
        const page = await open(`${kind}-${width}`, html, { fragment, viewport });
        if (kind === "live") await advance(page, 20);
        expect(await accessibilityProblems(page)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        const small = await page.evaluate(
          "[...document.querySelectorAll('body *')].filter((e) => e.children.length === 0 && e.textContent.trim() !== '' && parseFloat(getComputedStyle(e).fontSize) < 11).length",
        );
        expect(small).toBe(0);
        const name = `training-${kind}-${width}-${look.slice(5, 7)}`;
        await page.screenshot({ path: screenshotPath(name), fullPage: true });
        await page.context().close();
      }
    }
  });

  it("shows a record in a report, without an engine", async () => {
    const record = recordedDigits();
    const page = await open("report", trainingReport(JSON.parse(JSON.stringify(record)) as TrainingRecord));
    expect(await page.textContent("h1")).toBe("digits <16 units>");
    expect((await seen(page)).losses).toEqual(record.losses);
    expect(await page.locator(".layers tbody tr").count()).toBe(2);
    expect(await page.locator(".mistakes li").count()).toBe(
      Math.min(16, record.view?.kind === "images" ? record.view.mistakes.length : 0),
    );
    expect(await page.locator(".transport").count()).toBe(0);
    await page.context().close();
  });

  it("writes nothing on the console and asks for nothing from anywhere", () => {
    expect(complaints).toEqual([]);
  });
});

it("keeps the page's size in bounds, and a report's smaller", () => {
  expect(trainingPage().length).toBeLessThan(1_400_000);
  expect(trainingReport(recordedDigits()).length).toBeLessThan(900_000);
});

it("refuses what is no record, and unknown options", () => {
  expect(() => trainingReport({} as never)).toThrowErrorMatchingInlineSnapshot(
    `[SpecError: trainingReport: record is an object; expected a TrainingRecord. Pass recordTraining(…).record(), or that as it was read from a file of JSON.]`,
  );
  expect(() => trainingPage({ tittle: "x" } as never)).toThrowErrorMatchingInlineSnapshot(
    `[SpecError: trainingPage: unknown option "tittle". Did you mean "title"?]`,
  );
  expect(() => trainingPage({ title: 7 as never })).toThrowErrorMatchingInlineSnapshot(
    `[SpecError: trainingPage: title is a number; expected a string.]`,
  );
});
