/** What holds of every drawing of the gallery, in rows for a phone and for a large window. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHtml } from "adjoint";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, openFile, settled, startBrowser } from "../../testing/browser.ts";
import { gallery, lessonOf } from "./gallery.ts";

const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 768, height: 1024 },
  large: { width: 1440, height: 900 },
} as const;

/** Run in a page: the arrows that run through a box which is not their end, or through the title of a layer. */
const crossings = `(() => {
  const { layout, links } = window.explorer.drawing.value;
  const context = document.createElement("canvas").getContext("2d");
  context.font = "600 13px " + getComputedStyle(document.documentElement).fontFamily;
  const titles = [...layout.regions].flatMap(([path, parts]) => parts.map((r) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const width = Math.min(context.measureText("▾ " + name).width, r.width - 20);
    return ["title of " + path, { x: r.x + 10, y: r.y + 9, width, height: 12 }];
  }));
  const things = [...layout.boxes, ...titles];
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const found = new Set();
  for (const { link, curve } of links) {
    line.setAttribute("d", "M" + curve.start + curve.strokes.map((stroke) => "C" + stroke).join(""));
    const length = line.getTotalLength();
    for (let at = 0; at <= length; at += 2) {
      const { x, y } = line.getPointAtLength(at);
      for (const [key, r] of things) {
        if (key === link.from || key === link.to) continue;
        const isInside = x > r.x + 0.5 && x < r.x + r.width - 0.5 && y > r.y + 0.5 && y < r.y + r.height - 0.5;
        if (isInside) found.add(link.kind + " " + link.from + " to " + link.to + " through " + key);
      }
    }
  }
  return [...found];
})()`;

/**
 * Run in a page: the boxes of the present step (its op, upstream, what is given and where that arrives) that are neither all
 * in the part of the window that nothing covers, nor among the buttons that lead to what is out of sight; and those of the
 * buttons that are not all in sight.
 */
const unseen = `(() => {
  const { drawing, view, step } = window.explorer;
  const { layout, folded } = drawing.value;
  const { x, y, k } = view.value;
  const { left, top, right, bottom } = document.getElementById("graph").getBoundingClientRect();
  const sheet = document.querySelector(".panel.sheet");
  const covered = sheet !== null && getComputedStyle(sheet).gridArea.startsWith("main");
  const floor = covered ? sheet.getBoundingClientRect().top : bottom;
  const buttons = new Map([...document.querySelectorAll(".elsewhere button")].map((one) => [one.dataset.box, one]));
  const isIn = (r) => r.left >= left - 1 && r.top >= top - 1 && r.right <= right + 1 && r.bottom <= floor + 1;
  const { current, upstream, receivers, given } = step.value;
  const forward = [...current].filter((id) => folded.boxes.get(folded.boxOf[id])?.isBackward === false);
  const keys = new Set([...forward, ...upstream, ...receivers, ...given].map((id) => folded.boxOf[id]).filter((key) => key !== null));
  const problems = [...keys].flatMap((key) => {
    const r = layout.boxes.get(key);
    if (r === undefined) return [key + " is not drawn"];
    const box = { left: left + r.x * k + x, top: top + r.y * k + y };
    const place = { ...box, right: box.left + r.width * k, bottom: box.top + r.height * k };
    const button = buttons.get(key)?.getBoundingClientRect();
    if (button !== undefined) return isIn(button) ? [] : ["the button of " + key + " is out of sight"];
    const isLarger = r.width * k > right - left || r.height * k > floor - top;
    return isIn(place) || isLarger ? [] : [key + " is out of sight: " + JSON.stringify({ ...place, floor })];
  });
  return { problems, parts: keys.size, buttons: buttons.size };
})()`;

/** Run in a page: the tables of the step whose colours are on none of the scales of its legend. */
const offScale = `(() => {
  const plain = (text) => Number(text.replace(/−/g, "-").replace(/(?:(\\d)·)?10([⁻⁰¹²³⁴-⁹]+)/, (_, factor, raised) =>
    (factor ?? "1") + "e" + [...raised].map((one) => one === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(one)).join("")));
  const ends = [...document.querySelectorAll(".step .scale")].map((one) => plain(one.lastElementChild.textContent));
  return [...document.querySelectorAll(".step table.cells")].filter((table) => {
    const cells = [...table.querySelectorAll("td[data-place]")].map((cell) => ({
      value: Math.abs(plain(cell.textContent)),
      alpha: Number(/rgba\\(.*, ([\\d.]+)\\)/.exec(cell.style.background)?.[1] ?? 1),
    }));
    // The number is written with two digits at the least; alpha is written with three decimals, kept as 255ths, and read
    // with three decimals again: 0.0005 + 0.5 / 255 + 0.0005.
    return !ends.some((end) => cells.every(({ value, alpha }) =>
      Math.abs(alpha - 0.38 * Math.min(1, value / end)) <= 0.003 + 0.38 * Math.max(0.05 * value, 0.005) / end));
  }).map((table) => table.innerText + " on " + ends);
})()`;

/** Run in a page: the links of the lesson that are not all in sight, one by one. */
const hiddenLinks = `[...document.querySelectorAll(".lesson a")]
  .filter((link) => [...link.getClientRects()].some((r) => {
    const points = [[r.left + 2, r.top + 2], [r.right - 2, r.bottom - 2]];
    return points.some(([x, y]) => !link.contains(document.elementFromPoint(x, y)));
  }))
  .map((link) => link.textContent)`;

describe.skipIf(chromiumPath === null)("the drawings of the gallery in Chromium", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "adjoint-drawings-"));

  beforeAll(async () => {
    browser = await startBrowser();
    for (const entry of gallery) {
      const graph = entry.build();
      writeFileSync(join(folder, `${entry.name}.html`), toHtml(graph, { lesson: lessonOf(entry, graph) }));
    }
  });
  afterAll(() => browser?.close());

  it.each(gallery)("$name: no arrow crosses a box or a title that is not its end", async ({ name }) => {
    for (const viewport of Object.values(sizes)) {
      for (const fragment of ["", "#open=*"]) {
        const page = await openFile(browser, [], join(folder, `${name}.html`), { viewport, fragment });
        expect(await page.evaluate(crossings), `${viewport.width} ${fragment}`).toEqual([]);
        await page.context().close();
      }
    }
  });

  it.each(gallery)(
    "$name: what a step is about is in sight, or a button leads to it, and its colours are those of the legend, at every step",
    async ({ name }) => {
      for (const viewport of [sizes.phone, sizes.large]) {
        const path = join(folder, `${name}.html`);
        const page = await openFile(browser, [], path, { viewport, fragment: "#step=-1" });
        await page.focus("#graph");
        const steps = Number(await page.getAttribute(".stepper input", "max"));
        for (let step = 1; step <= steps; step++) {
          await page.keyboard.press("n");
          await settled(page);
          const { problems } = (await page.evaluate(unseen)) as { problems: string[] };
          expect(problems, `step ${step} of ${steps} at ${viewport.width}`).toEqual([]);
          expect(await page.evaluate(offScale), `step ${step} of ${steps} at ${viewport.width}`).toEqual([]);
        }
        await page.context().close();
      }
    },
  );

  it.each(gallery)("$name: the links of its lesson are in sight on a phone and a tablet", async ({ name }) => {
    for (const viewport of [sizes.phone, sizes.tablet]) {
      for (const fragment of ["#lang=en", "#lang=ko"]) {
        const page = await openFile(browser, [], join(folder, `${name}.html`), { viewport, fragment });
        // Pages about windows open with them, in front of everything.
        await page.keyboard.press("Escape");
        await settled(page);
        expect(await page.evaluate(hiddenLinks), `${viewport.width} ${fragment}`).toEqual([]);
        await page.context().close();
      }
    }
  });
});
