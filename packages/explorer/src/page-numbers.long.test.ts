/** What the page shows of tensors and of the steps: numbers, colours, and which of them belong together. */
import { type Graph, graphOf, recordAll, scope, variable } from "@adjoint/autograd";
import { kernels, type Tensor, tensor } from "@adjoint/tensor";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, screenshotPath, settled } from "../../../testing/browser.ts";
import { click, hover, pagesInBrowser, press, readNumber, widths } from "./testing/pages.ts";

/** A batch of three through an affine layer, with a telling upstream gradient. */
function affine(): Graph {
  const x = variable(
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    { name: "x", dtype: "float64" },
  );
  const w = variable(
    [
      [1, -2, 0.5, 2],
      [0.3, 1, -1, 4],
    ],
    { name: "W", dtype: "float64" },
  );
  const b = variable([1, 2, 3, 4], { name: "b", dtype: "float64" });
  const weights = tensor(
    Float64Array.from({ length: 12 }, (_, i) => i + 1),
    { shape: [3, 4], dtype: "float64" },
  );
  return graphOf(
    recordAll(() =>
      scope("affine", () => x.matmul(w).add(b))
        .mul(weights)
        .sum(),
    ),
    { backward: true, values: true },
  );
}

function deep(): Graph {
  const x = variable([[0.5, -1, 2]], { name: "x", dtype: "float64" });
  return graphOf(
    recordAll(() => {
      let y = x as ReturnType<typeof x.tanh>;
      for (let i = 0; i < 6; i++) y = scope(`layer ${i + 1}`, () => y.tanh().mul(1.5));
      return y.sum();
    }),
    { backward: true, values: true },
  );
}

describe.skipIf(chromiumPath === null)("numbers of tensors in Chromium", () => {
  const { complaints, open } = pagesInBrowser();
  /** Goes to the step of the rules of an op. */
  const goToRules = async (page: Page, graph: Graph, op: string): Promise<number> => {
    const step = graph.backward?.steps.find(({ node }) => graph.nodes[node].op === op);
    const node = step?.node as number;
    await page.focus("#graph");
    await press(page, "Home");
    for (let i = 0; i < 40; i++) {
      await press(page, "n");
      const said = await page.textContent(".said");
      if (said?.includes(`Backward through ${op} n${node}`)) return node;
    }
    throw new Error(`no step of ${op}`);
  };
  const cellsOf = (page: Page, at: string): Promise<number[]> =>
    page.$$eval(`${at} td`, (cells) =>
      cells.map((cell) => Number(cell.getAttribute("title")?.split("= ")[1].replace("−", "-"))),
    );

  it("shows the numbers of a rule's operands and of its result, and lights what an entry was computed from", async () => {
    const graph = affine();
    const page = await open("affine", graph);
    const node = await goToRules(page, graph, "matmul");
    expect(await page.textContent('.contribution[data-input="1"] .symbols')).toBe("∂W = xᵀ · ∂y");
    expect(await page.textContent('.contribution[data-input="0"] .symbols')).toBe("∂x = ∂y · Wᵀ");
    const terms = [0, 1, 2].map((i) => `.contribution[data-input="1"] .term >> nth=${i} >> .cells`);
    const run = graph.run();
    const [x, w] = graph.nodes[node].inputs;
    const value = (id: number): number[] => (run.value(id).toArray() as number[][]).flat();
    const upstream = graph.backward?.steps.find((step) => step.node === node)?.upstream as number;
    const transposed = kernels.copy(kernels.transpose(run.value(x) as Tensor, [1, 0]));
    expect(await cellsOf(page, terms[0])).toEqual([...transposed.data].map(Number));
    expect(await cellsOf(page, terms[1])).toEqual(value(upstream));
    expect(await cellsOf(page, terms[2])).toEqual(value(graph.gradients[w]));
    // Entry [1, 2] of ∂W is row 1 of xᵀ times column 2 of ∂y.
    await hover(page, `${terms[2]} >> td[data-place="6"]`);
    const lit = (at: string): Promise<number[]> =>
      page.$$eval(`${at} td.lit`, (cells) => cells.map((cell) => Number(cell.getAttribute("data-place"))));
    expect(await lit(terms[0])).toEqual([3, 4, 5]);
    expect(await lit(terms[1])).toEqual([2, 6, 10]);
    expect(await lit(terms[2])).toEqual([6]);
    await page.screenshot({ path: screenshotPath("lit-row-and-column") });
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.context().close();
  });

  it("adds up the gradients of a repeated bias in sight, on one scale of colours for the whole step", async () => {
    const graph = affine();
    const page = await open("bias", graph);
    const node = await goToRules(page, graph, "repeat");
    expect(await page.textContent(".contribution .symbols")).toBe("∂b = ∂y added up over its 3 rows");
    const run = graph.run();
    const sums = run.value(graph.gradients[graph.nodes[node].inputs[0]]).toArray();
    expect(await cellsOf(page, ".contribution .term >> nth=1 >> .cells")).toEqual(sums);
    expect(sums).toEqual([15, 18, 21, 24]);
    expect(await page.textContent(".said")).toContain("= [15, 18, 21, 24]");
    const legends = page.locator(".step .scale");
    const ends = async (nth: number): Promise<number[]> =>
      (await legends.nth(nth).locator("span:not(.unseen):not(.colours):not(.of)").allTextContents()).map(readNumber);
    expect(await page.locator(".step .scale .of").allTextContents()).toEqual(["Gradient", "Value"]);
    // The next of 1, 2, 5, 10, … above the largest gradient of the step.
    expect(await ends(0)).toEqual([-50, 50]);
    const tint = (at: string): Promise<number> =>
      page.$eval(at, (cell) =>
        Number(/, ([\d.]+)\)$/.exec((cell as unknown as { style: { background: string } }).style.background)?.[1]),
      );
    // The largest of ∂y, 12, is half as strong as 24.
    const twelve = await tint('.contribution .term >> nth=0 >> td[data-place="11"]');
    const sum = await tint('.contribution .term >> nth=1 >> td[data-place="3"]');
    expect(sum / twelve).toBeCloseTo(2, 1);
    await page.context().close();
  });

  it("shows nothing of what is still to come", async () => {
    const graph = affine();
    const page = await open("future", graph);
    // Nothing is said of steps while the page opens.
    await page.addInitScript(`
      window.said = [];
      new MutationObserver(() => {
        const bar = document.querySelector(".said");
        if (bar !== null) window.said.push(bar.textContent);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    `);
    await page.reload();
    await page.waitForSelector("html[data-ready=true]");
    await settled(page);
    const everything = "Everything is computed. Press ▶ to go through it step by step.";
    const said = (await page.evaluate("window.said")) as string[];
    expect([said[0], ...new Set(said)]).toEqual(["", "", everything]);
    await page.focus("#graph");
    await press(page, "Home");
    expect(await page.textContent(".said")).toContain("Before the first step");
    await click(page, '[data-node="1"]');
    expect(await page.locator(".panel h2").count()).toBe(1);
    expect(await page.locator(".panel .gradient").count()).toBe(0);
    const output = graph.outputs[0];
    expect(await page.textContent(`[data-node="${output}"] span.shape`)).toBe("");
    await click(page, `[data-node="${output}"]`);
    expect(await page.textContent(".panel")).toContain("Not computed yet");
    expect(await page.locator(".panel .number, .panel .cells").count()).toBe(0);
    const svg: string = await page.evaluate('window.explorer.exported("svg").then((blob) => blob.text())');
    expect(svg).not.toContain("∂ 1<");
    // Once the output is there its gradient is not: that is a step of its own.
    const forward = graph.nodes.filter(({ role }) => role === "op").length;
    await page.focus("#graph");
    await press(page, ...Array<string>(forward).fill("n"));
    expect(await page.locator(".panel output.number").count()).toBeGreaterThan(0);
    expect(await page.locator(".panel .gradient").count()).toBe(0);
    await press(page, "n");
    expect(await page.textContent(".panel .gradient .number")).toBe("1");
    await page.context().close();
  });

  it("takes folded layers in one step each, with shapes and norms of what goes in and out", async () => {
    const graph = deep();
    const page = await open("layers", graph, { fragment: "#open=" });
    // Six layers and a sum forward, the start, and back.
    expect(await page.getAttribute(".stepper input", "max")).toBe("15");
    await page.focus("#graph");
    await press(page, "Home", ...Array<string>(10).fill("n"));
    expect(await page.textContent(".said")).toContain("Backward through layer 6");
    const rows = await page.$$eval(".norms tbody tr", (found) =>
      found.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)),
    );
    const run = graph.run();
    const norm = (id: number): number => Math.hypot(...(run.value(id).toArray() as number[][]).flat());
    const last = graph.nodes.filter(({ scope: path, role }) => path === "layer 6" && role === "op");
    const { upstream } = graph.backward?.steps.find(({ node }) => node === last.at(-1)?.id) ?? { upstream: -1 };
    expect(readNumber(rows[0][2])).toBeCloseTo(norm(upstream), 2);
    expect(rows[0][1]).toBe("1×3");
    const given = graph.backward?.steps.find(({ node }) => node === last[0].id)?.contributions[0].total as number;
    expect(readNumber(rows.at(-1)?.[2] ?? null)).toBeCloseTo(norm(given), 2);
    // The layer that the gradient goes to, not a node of it.
    expect([rows[0][0], rows.at(-1)?.[0]]).toEqual(["upstream", "to layer 5"]);
    const [, from, to] = /— to layer 5: ‖∂‖ (\S+) → (\S+)$/.exec((await page.textContent(".said")) ?? "") ?? [];
    expect(readNumber(from)).toBeCloseTo(norm(upstream), 2);
    expect(readNumber(to)).toBeCloseTo(norm(given), 2);
    await page.screenshot({ path: screenshotPath("layer-step") });
    // Opened, the same step is the last op of that layer's rules, and the address means it still.
    const address = new URL(page.url()).hash.replace("open=&", "open=*&");
    const again = await open("layers-open", graph, { fragment: address });
    expect(await again.textContent(".said")).toMatch(/Backward through tanh/);
    await page.context().close();
    await again.context().close();
  });

  it("lists gradients below the values in a folded layer where both do not fit beside each other", async () => {
    const x = variable([[0.1234, -2.3456, 34.567, -0.0567]], { name: "x", dtype: "float64" });
    const graph = graphOf(
      recordAll(() =>
        scope("layer", () => Object.assign(x.tanh(), { name: "h" }))
          .square()
          .sum(),
      ),
      { backward: true },
    );
    const page = await open("named-wide", graph, { fragment: "#open=&node=f:layer" });
    const run = graph.run();
    const id = graph.nodes.find(({ name }) => name === "h")?.id as number;
    const step = graph.backward?.steps.find(({ node }) => node === id);
    const numbers = (of: number): string[] =>
      (run.value(of).toJSON().data as number[]).map((value) => value.toPrecision(5));
    const row = ".named > tbody > tr:last-child > td";
    const shown = async (at: string): Promise<string[]> =>
      (await cellsOf(page, at)).map((value) => value.toPrecision(5));
    expect(await shown(`${row} > .cells`)).toEqual(numbers(id));
    expect(await shown(`${row} > .gradient`)).toEqual(numbers(step?.upstream as number));
    const overflow = await page.$eval(".panel .scroll", (box) => box.scrollWidth - box.clientWidth);
    expect(overflow).toBe(0);
    await page.context().close();
  });

  it("lists what has a name in a folded layer, values and gradients side by side", async () => {
    const graph = affine();
    const page = await open("named", graph, { fragment: "#open=&node=f:affine" });
    const run = graph.run();
    const numbers = (id: number): number[] => (run.value(id).toArray() as number[] | number[][]).flat();
    const named = graph.nodes.filter(({ scope: path, name }) => path === "affine" && name !== undefined);
    expect(await page.locator(".named tbody th").allTextContents()).toEqual(named.map(({ name }) => name));
    for (const [i, { id }] of named.entries()) {
      const row = `.named > tbody > tr:nth-child(${i + 1}) > td`;
      expect(await cellsOf(page, `${row}:nth-of-type(1)`)).toEqual(numbers(id));
      expect(await cellsOf(page, `${row}:nth-of-type(2)`)).toEqual(numbers(graph.gradients[id]));
    }
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.context().close();
  });

  it.each(widths)("fits its drawing into $width × $height, in letters that can be read", async ({ width, height }) => {
    const page = await open(`fit-${width}`, affine(), { viewport: { width, height } });
    const fitted = (await page.evaluate(
      "(() => { const { k, x } = window.explorer.view.value; const { width } = window.explorer.drawing.value.layout; return { k, left: x, right: x + width * k, room: document.querySelector('#graph').clientWidth }; })()",
    )) as { k: number; left: number; right: number; room: number };
    expect(fitted.left).toBeGreaterThanOrEqual(-1);
    expect(fitted.right).toBeLessThanOrEqual(fitted.room + 1);
    // The smallest letters of a drawing have 11.5 pixels.
    expect(fitted.k * 11.5).toBeGreaterThanOrEqual(10.99);
    // Nothing is chosen: the drawing has all of the width but the outline's.
    expect(await page.locator(".panel").count()).toBe(0);
    expect(fitted.room).toBe(width >= 1200 ? width - 250 : width);
    await page.focus("#graph");
    await press(page, "Home", ...Array<string>(9).fill("n"));
    expect(await page.locator(".step .cells").count()).toBeGreaterThan(0);
    await page.screenshot({ path: screenshotPath(`step-${width}`) });
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.context().close();
  });

  it("has complained of nothing and asked for nothing", () => {
    expect(complaints).toEqual([]);
  });
});
