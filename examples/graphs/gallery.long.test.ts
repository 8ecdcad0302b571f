import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Graph, graphFromJSON, tensor, toHtml, toMermaid, toSvg, trainingPage } from "adjoint";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withPlainPowers } from "../../packages/explorer/src/testing/pages.ts";
import {
  accessibilityProblems,
  chromiumPath,
  newPage,
  openFile,
  screenshotPath,
  settled,
  startBrowser,
} from "../../testing/browser.ts";
import { gallery, lessonOf, parts } from "./gallery.ts";
import { indexPage } from "./index-page.ts";
import { indexFiles, trainingFile } from "./pages/page.ts";

function nodesOf({ nodes }: Graph): string[] {
  return nodes.map(({ id }) => `n${id}`).sort();
}

function edgesOf({ nodes }: Graph): string[] {
  return nodes.flatMap(({ id, inputs }) => inputs.map((input) => `n${input}->n${id}`)).sort();
}

/** The boxes of a drawing, or the edges that its arrows stand for. */
function drawnIn(svg: string, kind: "key" | "edges"): string[] {
  return [...svg.matchAll(new RegExp(` data-${kind}="([^"]*)"`, "g"))]
    .flatMap(([, value]) => value.replaceAll("&gt;", ">").split(" "))
    .sort();
}

describe("the gallery", () => {
  it.each(gallery)("$name is the same graph as JSON, as SVG, and as Mermaid", async ({ title, build }) => {
    const graph = build();
    const read = graphFromJSON(JSON.stringify(graph.toJSON({ values: "leaves" })));
    expect(nodesOf(read)).toEqual(nodesOf(graph));
    expect(edgesOf(read)).toEqual(edgesOf(graph));
    expect(read.run().outputs[0].toArray()).toEqual(graph.run().outputs[0].toArray());
    const drawn = await toSvg(graph, { title, open: "all", reshapes: true });
    expect(drawnIn(drawn, "key")).toEqual(nodesOf(graph));
    expect(drawnIn(drawn, "edges")).toEqual(edgesOf(graph));
    const mermaid = toMermaid(graph);
    expect([...mermaid.matchAll(/^\s*(n\d+)[[({]/gm)].map(([, node]) => node).sort()).toEqual(nodesOf(graph));
    const arrows = [...mermaid.matchAll(/^\s*(n\d+) (?:-->|-\.->) (n\d+)$/gm)];
    expect(arrows.map(([, from, to]) => `${from}->${to}`).sort()).toEqual(edgesOf(graph));
  });
});

/** Run in a picture: the texts that reach out of their boxes as they are drawn. */
const textsOutside = `[...document.querySelectorAll(".node")].flatMap((group) => {
  const box = group.querySelector("rect").getBBox();
  return [...group.querySelectorAll("text")]
    .filter((text) => {
      const { x, width, y, height } = text.getBBox();
      return x < box.x || x + width > box.x + box.width || y < box.y - 1 || y + height > box.y + box.height + 2;
    })
    .map((text) => text.textContent);
})`;

/** Whether a number is what a text says, rounded to the digits that stand there. */
function isWritten(text: string, value: number): boolean {
  const plain = withPlainPowers(text).replaceAll(",", "").replaceAll("−", "-");
  const [, decimals = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:e(-?\d+))?$/.exec(plain) ?? [];
  // Half of the last digit; twice the rounding of float32 where a number lies between two texts.
  const half = 0.5 * 10 ** (Number(exponent) - decimals.length);
  return Math.abs(Number(plain) - value) <= half + 2 ** -23 * Math.abs(value);
}

/** The numbers that stand alone in a text: not in names, shapes and indices. `−1/3` is one of them. */
function numbersIn(text: string): string[] {
  return (
    withPlainPowers(text).match(/(?<![\p{L}\p{N}[(′/.]|\[\d+, )−?\d+(?:\.\d+)?(?:e−?\d+)?(?:\/\d+)?(?![×\p{N}])/gu) ??
    []
  );
}

/** What the page shows: the chosen box, its numbers by element, those of the step, and all it says in words. */
const shownByPage = `(() => {
  const numbers = (root) => {
    // As they are now, not what they were before a change.
    const cells = [...(root?.querySelectorAll("td[data-place]") ?? [])].filter((cell) => cell.closest(".before") === null);
    if (cells.length === 0) return [...(root?.querySelectorAll("output.number") ?? [])].map((one) => one.textContent);
    return cells.sort((a, b) => a.dataset.place - b.dataset.place).map((cell) => cell.textContent);
  };
  const last = (contribution) => {
    // Not the sum of contributions below it.
    const equation = contribution.querySelector(":scope > .equation:not(.sum)");
    return equation === null ? contribution.querySelector(":scope > .numbers") : [...equation.querySelectorAll(".term")].at(-1);
  };
  const text = (at) => [...document.querySelectorAll(at)].map((one) => one.innerText).join(" ");
  return {
    name: text(".panel h2"),
    value: numbers(document.querySelector(".panel > section:not(.step)")),
    gradient: numbers(document.querySelector(".panel > section.gradient")),
    step: [...document.querySelectorAll(".panel > .step > .contribution")].map((one) => numbers(last(one))),
    words: text(".panel, .said, dialog[open]"),
  };
})()`;

/** Run in a page: the tables of a step that reach out of its card. */
const outsideOfCard = `[...document.querySelectorAll(".step .tensor")]
  .filter((one) => one.getBoundingClientRect().right > one.closest(".step").getBoundingClientRect().right)
  .map((one) => one.innerText)`;

interface Shown {
  readonly name: string;
  readonly value: readonly string[];
  readonly gradient: readonly string[];
  readonly step: readonly (readonly string[])[];
  readonly words: string;
}

/** What a page should show and does not, after a link to a fragment whose name is one of the `names`. */
function missing(shown: Shown, graph: Graph, fragment: string, names: readonly string[]): string[] {
  const wanted = new URLSearchParams(fragment.slice(1));
  const edits = (wanted.get("edit") ?? "").split(";").filter((edit) => edit !== "");
  const inputs = new Map<string, number[]>();
  for (const [, id, place, value] of edits.map((edit) => /^(\d+)\.(\d+):(.*)$/.exec(edit) as RegExpExecArray)) {
    const values = inputs.get(id) ?? (graph.run().value(Number(id)).toJSON().data as number[]);
    inputs.set(id, Object.assign([...values], { [place]: Number(value) }));
  }
  const run = graph.run(
    Object.fromEntries(
      [...inputs].map(([id, values]) => {
        const { shape, dtype } = graph.nodes[Number(id)];
        return [id, tensor(values, { dtype }).reshape(shape)];
      }),
    ),
  );
  const problems: string[] = [];
  const compare = (what: string, texts: readonly string[], id: number | undefined): void => {
    const values = id === undefined ? [] : (run.value(id).toJSON().data as number[]);
    // Larger tensors are pictures.
    if (values.length > 81) return;
    const isRight = texts.length === values.length && values.every((value, i) => isWritten(texts[i], value));
    if (!isRight) problems.push(`${what} is ${texts.join(" ")}, not ${values.join(" ")}`);
  };
  const chosen = /^n(\d+)$/.exec(wanted.get("node") ?? "")?.[1];
  if (chosen !== undefined) {
    const id = Number(chosen);
    const { name, op } = graph.nodes[id];
    if (shown.name !== (name ?? `${op} n${id}`)) problems.push(`${shown.name} is chosen, not ${name ?? op}`);
    compare("the value", shown.value, id);
    const rules = graph.backward?.steps.find(({ node }) => node === id);
    compare("the gradient", shown.gradient, graph.gradients[id] ?? rules?.upstream);
    if (wanted.has("step"))
      rules?.contributions.forEach(({ gradient }, i) => {
        compare(`contribution ${i}`, shown.step[i] ?? [], gradient);
      });
  }
  const given = edits.map((edit) => edit.replace(/^.*:/, "").replace("-", "−"));
  const seen = withPlainPowers(shown.words).match(/−?\d[\d,]*(?:\.\d+)?(?:e−?\d+)?/g) ?? [];
  for (const number of names.flatMap(numbersIn)) {
    const [above, below] = number.split("/");
    const said = below === undefined ? above : String(Number(above.replace("−", "-")) / Number(below)).slice(0, 6);
    const isThere = seen.some((text) => isWritten(said, Number(text.replaceAll(",", "").replaceAll("−", "-"))));
    if (!isThere && !given.includes(number)) problems.push(`${number} is not shown`);
  }
  return problems;
}

describe.skipIf(chromiumPath === null)("the gallery in Chromium", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "adjoint-gallery-"));

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it("has pictures whose texts stand in their boxes", async () => {
    const page = await newPage(browser);
    for (const { name, title, build } of gallery) {
      const path = join(folder, `${name}.svg`);
      writeFileSync(path, await toSvg(build(), { title }));
      await page.goto(pathToFileURL(path).href);
      expect(await page.evaluate(textsOutside), name).toEqual([]);
    }
    await page.context().close();
  });

  it("keeps the language from the index through its pages and back", async () => {
    for (const language of ["en", "ko"] as const)
      writeFileSync(join(folder, indexFiles[language]), indexPage(parts, language));
    for (const entry of gallery.slice(0, 2)) {
      const graph = entry.build();
      writeFileSync(join(folder, `${entry.name}.html`), toHtml(graph, { lesson: lessonOf(entry, graph) }));
    }
    writeFileSync(join(folder, trainingFile), trainingPage({ index: indexFiles }));
    const page = await openFile(browser, [], join(folder, "buy-apple.html"), { fragment: "#lang=ko" });
    const shown = async (file: string, title: string): Promise<void> => {
      await page.waitForURL(new RegExp(`/${file}(#|$)`));
      const seen = async (): Promise<unknown> => [await page.title(), await page.getAttribute("html", "lang")];
      await expect.poll(seen).toEqual([title, "ko"]);
    };
    const [first, second] = gallery;
    await page.click(".lesson nav a >> nth=1");
    await shown("buy-apple-orange.html", second.ko.title);
    await page.click(".lesson nav a >> nth=0");
    await shown("buy-apple.html", first.ko.title);
    await page.click(".lesson nav a >> nth=0");
    await shown("index.ko.html", "살펴보는 그래프");
    await page.click("li a >> nth=1");
    await shown("buy-apple-orange.html", second.ko.title);
    await page.click(".lesson nav a >> nth=1");
    await page.click(`a[href^="${trainingFile}"]`);
    await shown(trainingFile, "학습하는 신경망");
    await page.click(".tools a");
    await shown("index.ko.html", "살펴보는 그래프");
    await page.context().close();
  });

  it("says in the step of softmax that the scores get y (∂y − Σ y ∂y), with the sum in numbers", async () => {
    const entry = gallery.find(({ name }) => name === "softmax-with-loss") as (typeof gallery)[number];
    const graph = entry.build();
    const path = join(folder, "softmax.html");
    writeFileSync(path, toHtml(graph, { lesson: lessonOf(entry, graph) }));
    const page = await openFile(browser, [], path);
    await page.click(".tries a >> nth=1");
    await settled(page);
    expect(await page.textContent(".step .symbols")).toBe("∂scores = y × (∂y − Σ(y × ∂y))");
    const numbersOf = (term: number): Promise<string[]> =>
      page.locator(`.step .equation .term >> nth=${term}`).locator("td").allTextContents();
    expect(await numbersOf(2)).toEqual(["−0.5", "−0.5"]);
    expect(await numbersOf(3)).toEqual(["0.05", "−0.3", "0.25", "−0.25", "0.15", "0.1"]);
    await page.context().close();
  });

  it.concurrent.for(gallery)(
    "$name opens without a complaint or a request, steps to its end, is accessible",
    async (entry, { expect }) => {
      const { name } = entry;
      const graph = entry.build();
      const lesson = lessonOf(entry, graph);
      const path = join(folder, `${name}.html`);
      writeFileSync(path, toHtml(graph, { lesson }));
      // With every node drawn, those that only pad axes too.
      const complaints: string[] = [];
      const page = await openFile(browser, complaints, path, { fragment: "#reshapes=1&open=*" });
      expect(await page.title()).toBe(lesson.en.title);
      await page.screenshot({ path: screenshotPath(name) });
      // The values that the page computed are the library's own.
      const output = graph.outputs[0];
      const expected = graph.run().value(output);
      await page.click(`[data-node="${output}"]`);
      await settled(page);
      if (expected.size === 1) {
        const shown = await page.textContent(".panel output.number");
        expect(Number(shown?.replace("−", "-"))).toBeCloseTo(Number(expected.item()), 3);
      }
      await page.focus("#graph");
      await page.keyboard.press("Home");
      const steps = Number(await page.getAttribute(".stepper input", "max"));
      const starts = graph.backward === undefined ? 0 : 1;
      const rules = graph.backward?.steps.length ?? 0;
      expect(steps).toBe(graph.nodes.filter(({ role }) => role === "op").length + starts + rules);
      for (let i = 0; i < Math.min(steps, 12); i++) await page.keyboard.press("n");
      await settled(page);
      expect(await page.textContent(".said")).toContain(`${Math.min(steps, 12)} of ${steps}`);
      await page.screenshot({ path: screenshotPath(`${name}-stepping`) });
      expect(await accessibilityProblems(page)).toEqual([]);
      if (await page.isVisible("text=Open all")) await page.click("text=Open all");
      await settled(page);
      expect(await page.evaluate("window.explorer.drawing.value.layout.boxes.size")).toBe(graph.nodes.length);
      const svg: string = await page.evaluate('window.explorer.exported("svg").then((blob) => blob.text())');
      expect(drawnIn(svg, "key")).toEqual(nodesOf(graph));
      expect(drawnIn(svg, "edges")).toEqual(edgesOf(graph));
      // Each link of the lesson leads to where it says: a node that is chosen, a step, another value, or the windows.
      for (const [i, fragment] of lesson.tries.entries()) {
        await page.click(`.tries a >> nth=${i}`);
        const wanted = new URLSearchParams(fragment.slice(1));
        await settled(page);
        const now = new URLSearchParams(new URL(page.url()).hash.slice(1));
        const others = ["node", "step", "edit", "way"].filter(
          (key) => (wanted.get(key) ?? now.get(key)) !== now.get(key),
        );
        expect(others, fragment).toEqual([]);
        expect(await page.locator("dialog[open]").count()).toBe(wanted.has("windows") ? 1 : 0);
        expect(await page.evaluate(outsideOfCard), fragment).toEqual([]);
        // What its name says is there to see, and what is seen is what the library computes.
        const names = [lesson.en.tries[i], lesson.ko?.tries[i] ?? ""];
        expect(missing((await page.evaluate(shownByPage)) as Shown, graph, fragment, names), names[0]).toEqual([]);
        if (wanted.has("windows")) await page.keyboard.press("Escape");
      }
      await page.selectOption("select", "ko");
      await settled(page);
      expect(await page.title()).toBe(lesson.ko?.title);
      expect(await page.textContent(".lesson p")).toBe(lesson.ko?.text);
      expect(await page.locator(".problem").count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );
});
