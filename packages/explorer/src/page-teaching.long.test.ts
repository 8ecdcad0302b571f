/** What the page calls the things it shows: contributions and their sums, ways, and what was there before a change. */
import {
  backwardSteps,
  type Graph,
  graphOf,
  recordAll,
  scope,
  softmax,
  type Variable,
  variable,
} from "@adjoint/autograd";
import type { Tensor } from "@adjoint/tensor";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, screenshotPath, settled } from "../../../testing/browser.ts";
import { numberText } from "./drawing/painting/numbers.ts";
import { addressOfRules, click, pagesInBrowser, widths } from "./testing/pages.ts";

const matrix = (values: readonly (readonly number[])[], name: string): Variable =>
  variable(values, { name, dtype: "float64" });

function named(x: Variable, name: string): Variable {
  x.name = name;
  return x;
}

/** x goes three ways, two of them from one product, and h two. */
function branching(): Graph {
  const x = matrix(
    [
      [0.5, -1],
      [2, 0.25],
    ],
    "x",
  );
  return graphOf(
    recordAll(() => {
      const h = named(x.tanh(), "h");
      return named(x.mul(x).add(h.square()).add(h.mul(3)).sum(), "loss");
    }),
    { backward: true },
  );
}

/** A chain of layers that is longer than a window. */
function chain(): Graph {
  const x = matrix([[0.5, -1, 2]], "x");
  return graphOf(
    recordAll(() => {
      let y: Variable = x;
      for (let i = 0; i < 5; i++) y = scope(`layer ${i + 1}`, () => y.tanh().mul(x).sin());
      return named(y.sum(), "loss");
    }),
    { backward: true },
  );
}

/** The numbers of a tensor as its cells tell them. */
const toldOf = (value: Tensor): string[] => (value.toArray() as number[][]).flat().map((x) => numberText(x, 7));

describe.skipIf(chromiumPath === null)("what the page calls things in Chromium", () => {
  const { complaints, open } = pagesInBrowser();
  const goTo = async (page: Page, fragment: string): Promise<void> => {
    await page.evaluate(`location.hash = "${fragment}"`);
    await settled(page);
  };
  /** The terms of a contribution: what each is called, and its numbers. */
  const termsOf = (page: Page, input: number): Promise<{ label: string; told: string[] }[]> =>
    page.$$eval(`.contribution[data-input="${input}"] .term`, (terms) =>
      terms.map((term) => ({
        label: (term.querySelector(".label")?.textContent ?? "").replaceAll("\u00a0", " "),
        told: [...term.querySelectorAll("td")].map((cell) => cell.getAttribute("title")?.split(" = ")[1] ?? ""),
      })),
    );

  const words = {
    en: {
      part: (count: number, of: number, symbol: string) => `contribution ${count} of ${of} to ${symbol}`,
      whole: (symbol: string, of: number) => `${symbol}: ${of === 2 ? "both" : `all ${of}`} contributions added up`,
      sofar: (count: number, of: number) => `the first ${count} of ${of} contributions, added up`,
    },
    ko: {
      part: (count: number, of: number, symbol: string) => `${symbol}의 기여 ${of}개 중 ${count}번째`,
      whole: (symbol: string, of: number) => `${symbol}: 기여 ${of}개를 모두 더한 것`,
      sofar: (count: number, of: number) => `기여 ${of}개 중 처음 ${count}개의 합`,
    },
  } as const;

  it.each(["en", "ko"] as const)(
    "calls one of several contributions a contribution, and their sum alone the gradient (%s)",
    async (language) => {
      const graph = branching();
      const page = await open(`contributions-${language}`, graph, { fragment: `#lang=${language}` });
      const called = words[language];
      let [parts, sums] = [0, 0];
      for (const step of backwardSteps(graph.run().graph)) {
        await goTo(page, `${addressOfRules(graph, step.node)}&lang=${language}`);
        for (const { input, node, gradient, before, after, count, of } of step.contributions) {
          const { name } = graph.nodes[node];
          if (gradient.shape.length === 0 || name === undefined) continue;
          const symbol = `∂${name}`;
          const wanted = [
            { label: of === 1 ? symbol : called.part(count, of, symbol), told: toldOf(gradient) },
            ...(before === null
              ? []
              : [{ label: count === of ? called.whole(symbol, of) : called.sofar(count, of), told: toldOf(after) }]),
          ];
          const terms = await termsOf(page, input);
          expect(wanted.map(({ label }) => terms.find((term) => term.label === label))).toEqual(wanted);
          // No other term but the operands has the name of the whole.
          if (of > 1) expect(terms.map(({ label }) => label)).not.toContain(symbol);
          if (of > 1) parts++;
          if (before !== null) sums++;
        }
      }
      expect([parts, sums]).toEqual([5, 3]);
      await page.context().close();
    },
  );

  it("says which branch a contribution came back along, which input of it, and where ways have met before", async () => {
    const graph = branching();
    const page = await open("branches", graph);
    const [mul, tanh] = ["mul", "tanh"].map((op) => graph.nodes.find((node) => node.op === op)?.id as number);
    const heads = (): Promise<string[]> =>
      page.$$eval(".contribution p:first-child", (all) => all.map((p) => p.textContent ?? ""));
    await goTo(page, addressOfRules(graph, mul));
    expect(await heads()).toEqual([
      `to x · contribution 2 of 3, back from mul n${mul} (input 1)`,
      `to x · contribution 3 of 3, back from mul n${mul} (input 2)`,
    ]);
    await goTo(page, addressOfRules(graph, tanh));
    expect(await heads()).toEqual(["to x · contribution 1 of 3, back from h, where 2 have met"]);
    // A result without a name has a letter, which is said.
    await goTo(page, addressOfRules(graph, mul));
    expect(await page.textContent(".letters")).toBe(`y: the result of mul n${mul}`);
    expect(await page.textContent(".contribution .symbols")).toBe("contribution = ∂y × x");
    await page.context().close();
  });

  it("lists what a folded layer gives to a value that others give to, too, as a contribution", async () => {
    const graph = chain();
    const page = await open("folded", graph, { fragment: "#open=" });
    const mul = graph.nodes.find(({ op, scope }) => op === "mul" && scope === "layer 3")?.id as number;
    const run = graph.run();
    const step = [...backwardSteps(run.graph)].find(({ node }) => node === mul);
    const given = step?.contributions.find(({ node }) => graph.nodes[node].name === "x");
    await goTo(page, `open=&${addressOfRules(graph, mul).split("&")[0]}&node=${encodeURIComponent("f:layer 3")}`);
    const rows = (): Promise<string[][]> =>
      page.$$eval(".norms tbody tr", (all) =>
        all.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent ?? "")),
      );
    // x is drawn in the layer that reads it first.
    const norm = Math.hypot(...((given?.gradient.toArray() ?? [[]]) as number[][]).flat());
    await expect
      .poll(
        async () =>
          (await rows()).find(([name]) => name === `to layer 1 · contribution ${given?.count} of ${given?.of}`)?.[2],
      )
      .toBe(numberText(norm, 3));
    expect(given?.of).toBe(6);
    expect((await rows()).map(([name]) => name)).not.toContain("to layer 1");
    await page.context().close();
  });

  it("points out a way along its arrows alone, not along others between its nodes", async () => {
    const graph = branching();
    const page = await open("way", graph);
    const { nodes, backward } = graph;
    const [x, h, square] = [
      nodes.find(({ name }) => name === "x"),
      nodes.find(({ name }) => name === "h"),
      nodes.find(({ op }) => op === "square"),
    ].map((node) => node?.id as number);
    const given = (backward?.steps ?? []).find(({ node }) => node === square)?.contributions[0];
    const way = [x, h, square, given?.gradient as number, given?.total as number];
    await goTo(page, `way=${way.join(".")}&node=n${h}`);
    expect(await page.evaluate("location.hash")).toContain(`way=${way.join(".")}`);
    const svg: string = await page.evaluate('window.explorer.exported("svg").then((blob) => blob.text())');
    const arrows = [...svg.matchAll(/<g class="edge[^"]*"( opacity="0\.25")? data-edges="([^"]*)"/g)];
    const strong = arrows.filter(([, pale]) => pale === undefined).map(([, , edges]) => edges.replace("&gt;", ">"));
    // The product that x goes into beside h is none of it, though its gradient ends in the same sum.
    const pairs = way.slice(1).map((to, i) => [way[i], to] as const);
    const isEdge = ([from, to]: readonly [number, number]): boolean => nodes[to].inputs.includes(from);
    expect(strong.sort()).toEqual(
      pairs
        .filter(isEdge)
        .map(([from, to]) => `n${from}->n${to}`)
        .sort(),
    );
    expect(strong).toHaveLength(3);
    expect(arrows.length).toBeGreaterThan(20);
    await page.context().close();
  });

  it("draws the rule of a softmax as its result, with every number of the library, and all of it for who asks", async () => {
    const scores = matrix(
      [
        [1, 2, 4],
        [3, 1, 0.5],
      ],
      "scores",
    );
    const graph = graphOf(
      recordAll(() =>
        named(
          named(softmax(scores), "p")
            .mul(matrix([[1, -2, 3]], "w"))
            .sum(),
          "loss",
        ),
      ),
      { backward: true },
    );
    const page = await open("rule", graph);
    const rule = graph.nodes.find(({ op }) => op === "softmax")?.id as number;
    const own = graph.nodes.filter(({ gradientOf }) => gradientOf === rule).map(({ id }) => `n${id}`);
    const result = `n${graph.gradients[0]}`;
    const drawn = (): Promise<string[]> => page.evaluate("[...window.explorer.drawing.value.layout.boxes.keys()]");
    expect(own.length).toBeGreaterThan(5);
    expect((await drawn()).filter((key) => own.includes(key))).toEqual([result]);
    await click(page, `[data-node="${graph.gradients[0]}"]`);
    const told = await page.$$eval(".panel > section .tensor td", (all) =>
      all.map((cell) => cell.getAttribute("title")?.split(" = ")[1]),
    );
    expect(told).toEqual(toldOf(graph.run().value(graph.gradients[0])));
    await page.screenshot({ path: screenshotPath("whole-rule") });
    await page.click("summary:has-text('More')");
    await click(page, "text=Show every node");
    expect((await drawn()).filter((key) => own.includes(key))).toHaveLength(own.length);
    await page.context().close();
  });

  it("shows what a value and a gradient were before a change, and begins at the top for what is chosen next", async () => {
    const graph = branching();
    const page = await open("before", graph);
    const [x] = graph.nodes.filter(({ name }) => name === "x").map(({ id }) => id);
    const [first, now] = [
      graph.run(),
      graph.run({
        x: [
          [1, -1],
          [2, 0.25],
        ] as never,
      }),
    ];
    const gradient = graph.gradients[x];
    await goTo(page, `node=n${x}&edit=${x}.0:1`);
    const before = (): Promise<(string | undefined)[][]> =>
      page.$$eval(".panel .before", (all) =>
        all.map((one) => [...one.querySelectorAll("td")].map((cell) => cell.getAttribute("title")?.split(" = ")[1])),
      );
    expect(await before()).toEqual([toldOf(first.value(x)), toldOf(first.value(gradient))]);
    const shown = await page.$$eval(".panel .gradient > .tensor:not(.before) td", (all) =>
      all.map((cell) => cell.getAttribute("title")?.split(/ = | · /)[1]),
    );
    expect(shown).toEqual(toldOf(now.value(gradient)));
    const scrolled = (): Promise<number> => page.evaluate("document.querySelector('.panel').scrollTop");
    await page.evaluate("document.querySelector('.panel').scrollTo(0, 200)");
    expect(await scrolled()).toBe(200);
    // What closes the details covers none of their numbers.
    const covered = await page.evaluate(`(() => {
      const head = document.querySelector(".panel .head").getBoundingClientRect();
      const { x, y, width, height } = document.querySelector(".panel .close").getBoundingClientRect();
      return [x >= head.x, y >= head.y, x + width <= head.right, y + height <= head.bottom];
    })()`);
    expect(covered).toEqual([true, true, true, true]);
    await click(page, `[data-node="${graph.outputs[0]}"]`);
    expect(await page.textContent(".panel h2")).toBe("loss");
    expect(await scrolled()).toBe(0);
    await page.context().close();
  });

  /** Where a box of the drawing is in the window, and whether all of it is. */
  const placeOf = (page: Page, key: string): Promise<{ x: number; y: number; isSeen: boolean }> =>
    page.evaluate(`(() => {
      const { view, drawing } = window.explorer;
      const { x, y, k } = view.value;
      const r = drawing.value.layout.boxes.get("${key}");
      const canvas = document.getElementById("graph");
      const [left, top] = [r.x * k + x, r.y * k + y];
      const isSeen = left >= 0 && top >= 0 && left + r.width * k <= canvas.clientWidth && top + r.height * k <= canvas.clientHeight;
      return { x: Math.round(left), y: Math.round(top), isSeen };
    })()`);

  it.each([1024, 1440])("lays nothing out anew when details open and close, and steps begin, at %i", async (width) => {
    const graph = chain();
    const page = await open(`still-${width}`, graph, { viewport: { width, height: 800 }, fragment: "#open=*" });
    const layout = (): Promise<unknown> =>
      page.evaluate("JSON.stringify([...window.explorer.drawing.value.layout.boxes])");
    await settled(page);
    const before = await layout();
    const place = await placeOf(page, "n0");
    await goTo(page, "open=*&node=n0");
    await page.waitForSelector(".panel h2");
    await settled(page);
    // What is chosen in sight stays where it is.
    expect(await placeOf(page, "n0")).toEqual({ ...place, isSeen: true });
    await page.focus("#graph");
    for (let i = 0; i < 3; i++) await page.keyboard.press("n");
    await settled(page);
    expect(await page.textContent(".said")).toContain("step 3 of");
    expect(await layout()).toBe(before);
    const third: string = await page.evaluate("new URLSearchParams(location.hash.slice(1)).get('node')");
    expect((await placeOf(page, third)).isSeen).toBe(true);
    await page.click(".panel .close");
    await settled(page);
    expect(await layout()).toBe(before);
    // A window of another size is another matter.
    await page.setViewportSize({ width: 780, height: 800 });
    await expect.poll(layout).not.toBe(before);
    await page.context().close();
  });

  it("keeps a layer in its place when it is opened", async () => {
    const graph = chain();
    const page = await open("opened", graph, { fragment: "#open=" });
    const layer = "f:layer 2";
    await goTo(page, `open=&node=${encodeURIComponent(layer)}`);
    await page.waitForSelector(".panel h2:text-is('layer 2')");
    await settled(page);
    const before = await placeOf(page, layer);
    await page.click(".panel > p > button");
    const isFolded = (): Promise<unknown> =>
      page.evaluate(`window.explorer.drawing.value.layout.boxes.has("${layer}")`);
    await expect.poll(isFolded).toBe(false);
    await settled(page);
    const inside = graph.nodes.find(({ scope, role }) => scope === "layer 2" && role === "op")?.id as number;
    expect(await placeOf(page, `n${inside}`)).toEqual({ ...before, isSeen: true });
    await page.context().close();
  });

  it("opens a long drawing at its beginning, readable, and leads to its result and back", async () => {
    const graph = chain();
    const page = await open("long", graph, { viewport: { width: 800, height: 640 }, fragment: "#open=*" });
    const [first, last] = ["n0", `n${graph.outputs[0]}`];
    const seen = async (): Promise<boolean[]> => [
      (await placeOf(page, first)).isSeen,
      (await placeOf(page, last)).isSeen,
    ];
    await settled(page);
    expect(await seen()).toEqual([true, false]);
    expect(await page.evaluate("window.explorer.view.value.k")).toBeGreaterThanOrEqual(0.95);
    await page.click(".minimap button:text-is('↓ loss')");
    await expect.poll(seen).toEqual([false, true]);
    await page.screenshot({ path: screenshotPath("long-end") });
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.click(".minimap button:text-is('↑ beginning')");
    await expect.poll(seen).toEqual([true, false]);
    await page.context().close();
  });

  it("is accessible and complains of nothing at every width", async () => {
    const graph = branching();
    const mul = graph.nodes.find(({ op }) => op === "mul")?.id as number;
    for (const size of widths) {
      const page = await open(`widths-${size.width}`, graph, {
        viewport: size,
        fragment: `#${addressOfRules(graph, mul)}&edit=0.0:1`,
      });
      expect(await page.locator(".contribution .sum .term").count()).toBeGreaterThan(0);
      await page.screenshot({ path: screenshotPath(`contribution-${size.width}`) });
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.context().close();
    }
    expect(complaints).toEqual([]);
  });
});
