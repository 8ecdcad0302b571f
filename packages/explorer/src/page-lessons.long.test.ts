/** What a lesson brings to its page: names in the reader's language, what the page opens with, and links that fit. */
import { type Graph, graphOf, im2col, recordAll, scope, type Variable, variable } from "@adjoint/autograd";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { chromiumPath, settled } from "../../../testing/browser.ts";
import type { Lesson } from "./lesson.ts";
import { toHtml } from "./pages/to-html.ts";
import { click, pagesInBrowser, readNumber } from "./testing/pages.ts";

const number = (value: number, name: string): Variable => variable(value, { name, dtype: "float64" });

function named(x: Variable, name: string): Variable {
  x.name = name;
  return x;
}

const fruit = (): Graph =>
  graphOf(
    recordAll(() => named(number(100, "apple").mul(number(1.1, "tax")), "price")),
    { backward: true },
  );

/** Ten layers, of one number each. */
function tenLayers(): Graph {
  return graphOf(
    recordAll(() => {
      let h: Variable = number(0.5, "x");
      for (let i = 1; i <= 10; i++) h = scope(`layer ${i}`, () => h.mul(number(1, `w${i}`)).sigmoid());
      return named(h, "h");
    }),
    { backward: true },
  );
}

const names = { apple: "사과", tax: "소비세", price: "지불 금액" };

const lessonWith = (given: Partial<Lesson>): Lesson => ({
  en: { title: "a lesson", text: "look", tries: (given.tries ?? []).map((_, i) => `link ${i}`) },
  ko: { title: "레슨", text: "보세요", tries: (given.tries ?? []).map((_, i) => `링크 ${i}`), names },
  tries: [],
  ...given,
});

describe.skipIf(chromiumPath === null)("a lesson in Chromium", () => {
  const { complaints, openHtml } = pagesInBrowser();
  const openWith = (name: string, graph: Graph, lesson: Lesson, fragment: string): Promise<Page> =>
    openHtml(name, toHtml(graph, { lesson }), { fragment, viewport: { width: 1440, height: 900 } });
  const outline = (page: Page): Promise<string[]> => page.locator(".outline .name").allTextContents();
  const drawn = (page: Page): Promise<string> =>
    page.evaluate('window.explorer.exported("svg").then((blob) => blob.text())');

  it("calls values in the reader's language everywhere, and changes with it, to the library's numbers", async () => {
    const graph = fruit();
    const page = await openWith("names", graph, lessonWith({}), "#lang=ko");
    const korean = ["사과", "소비세", "지불 금액", "∂ 지불 금액", "∂ 소비세", "∂ 사과"];
    expect(await outline(page)).toEqual(korean);
    expect(await drawn(page)).toContain("× ∂ 소비세");
    const width = await page.evaluate("window.explorer.drawing.value.layout.boxes.get('n2').width");
    await click(page, `[data-node="2"]`);
    await page.evaluate('location.hash = "lang=ko&step=3&node=n2"');
    await settled(page);
    expect(await page.locator(".step .symbols").allTextContents()).toEqual([
      "∂사과 = ∂지불 금액 × 소비세",
      "∂소비세 = ∂지불 금액 × 사과",
    ]);
    const { apple, tax } = graph.run().gradients;
    expect((await page.locator(".step output.number").allTextContents()).map(readNumber)).toEqual([
      apple.item(),
      tax.item(),
    ]);
    await page.selectOption("select", "en");
    await settled(page);
    expect(await outline(page)).toEqual(["apple", "tax", "price", "∂ price", "∂ tax", "∂ apple"]);
    const english = await drawn(page);
    expect([english.includes("× ∂ tax"), english.includes("소비세")]).toEqual([true, false]);
    // Boxes are as wide as what they say.
    expect(await page.evaluate("window.explorer.drawing.value.layout.boxes.get('n2').width")).toBeLessThanOrEqual(
      width as number,
    );
    expect(await page.textContent(".panel h2")).toBe("price");
    // The file keeps the names that programs know.
    const json = await page.evaluate('window.explorer.exported("json").then((blob) => blob.text())');
    expect(json).toContain('"apple"');
    await page.context().close();
  });

  it("opens the page with what it says, unless the address says what is to be seen", async () => {
    const opens = `#open=${encodeURIComponent('["layer 3"]')}`;
    const openIn = async (name: string, fragment: string): Promise<string[]> => {
      const page = await openWith(name, tenLayers(), lessonWith({ opens }), fragment);
      const open = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("open");
      await page.context().close();
      return JSON.parse(open === "" ? "[]" : (open as string));
    };
    expect(await openIn("opens", "")).toEqual(["layer 3"]);
    expect(await openIn("opens-language", "#lang=ko&theme=dark&tour=0")).toEqual(["layer 3"]);
    expect(await openIn("opens-other", `#open=${encodeURIComponent('["layer 1"]')}`)).toEqual(["layer 1"]);
    expect(await openIn("opens-none", "#open=")).toEqual([]);
  });

  it("shows all of a drawing beside the details that a link opens, and again when they close", async () => {
    const tries = ["#open=&node=b:layer%201", "#open="];
    const page = await openWith("fit", tenLayers(), lessonWith({ tries }), "#open=");
    const hidden = (): Promise<string[]> =>
      page.evaluate(`(() => {
        const { x, y, k } = window.explorer.view.value;
        const room = document.getElementById("graph").getBoundingClientRect();
        return [...window.explorer.drawing.value.layout.boxes].flatMap(([key, r]) => {
          const isIn = r.x * k + x >= 0 && r.y * k + y >= 0 &&
            (r.x + r.width) * k + x <= room.width && (r.y + r.height) * k + y <= room.height;
          return isIn ? [] : [key];
        });
      })()`);
    expect(await hidden()).toEqual([]);
    const whole = await page.evaluate("window.explorer.view.value.k");
    await click(page, ".tries a >> nth=0");
    expect(await page.textContent(".panel h2")).toBe("layer 1");
    expect(await hidden()).toEqual([]);
    await click(page, ".tries a >> nth=1");
    expect(await page.locator(".panel").count()).toBe(0);
    expect(await hidden()).toEqual([]);
    expect(await page.evaluate("window.explorer.view.value.k")).toBe(whole);
    await page.context().close();
  });

  it("tells of a folded layer what goes in and comes out, and nothing of what is inside of it", async () => {
    const x = variable([[[[1, 2, 3]]]], { name: "x", dtype: "float64" });
    const graph = graphOf(
      recordAll(() => named(scope("pooling", () => im2col(x, 1, 2).reshape([1, 2, 2]).max({ axis: 2 })).sum(), "loss")),
      { backward: true },
    );
    const ops = graph.nodes.filter(({ role }) => role === "op").length;
    const steps = graph.backward?.steps ?? [];
    const inside = steps.findIndex(({ node }) => graph.nodes[node].scope === "pooling");
    const page = await openWith("pooling", graph, lessonWith({}), `#open=&step=${ops + 1 + inside}&node=f:pooling`);
    expect(await page.textContent(".step h3")).toBe("Backward through pooling");
    const flows = await page.$$eval(".norms tbody tr", (rows) =>
      rows.map((row) => [...row.querySelectorAll("th, td")].slice(0, 3).map((cell) => cell.textContent)),
    );
    const norm = (id: number): string =>
      String(Number(Math.hypot(...(graph.run().value(id).toJSON().data as number[])).toPrecision(3)));
    expect(flows).toEqual([
      ["upstream", "1×2", norm(steps[inside].upstream)],
      ["to x", "1×1×1×3", norm(graph.gradients[0])],
    ]);
    await page.context().close();
  });

  it("has complained of nothing and asked for nothing", () => {
    expect(complaints).toEqual([]);
  });
});
