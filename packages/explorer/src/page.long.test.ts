import {
  cast,
  div,
  type Graph,
  graphFromJSON,
  graphOf,
  recordAll,
  repeat,
  scope,
  sum,
  variable,
} from "@adjoint/autograd";
import { gradcheck } from "@adjoint/gradcheck";
import { tensor } from "@adjoint/tensor";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { accessibilityProblems, chromiumPath, screenshotPath, settled } from "../../../testing/browser.ts";
import { toHtml } from "./pages/to-html.ts";
import { click, pagesInBrowser, press, write } from "./testing/pages.ts";
import { boxesOf, edgesOf } from "./testing/read-svg.ts";

function buyApple(): Graph {
  const number = (value: number, name: string) => variable(value, { name, dtype: "float64" });
  return graphOf(number(100, "apple").mul(number(2, "number of apples")).mul(number(1.1, "tax")), { backward: true });
}

/** Two layers, the second with one inside, and an input that is used twice. */
function layered(): Graph {
  const x = variable([[0.5, -1, 2]], { name: "x", dtype: "float64" });
  const w = variable([[1], [2], [-0.5]], { name: "w", dtype: "float64" });
  return graphOf(
    recordAll(() => {
      const h = scope("first", () => x.mul(x).tanh());
      return scope("second", () => scope("inner", () => h.matmul(w)).sigmoid()).sum();
    }),
    { backward: true },
  );
}

/** A leaf of one number, and its repetition to a shape: a file of some hundred bytes, whatever the shape is. */
function repeated(shape: readonly number[]): Graph {
  return graphOf(recordAll(() => repeat(variable(3, { name: "x" }), shape)));
}

describe.skipIf(chromiumPath === null)("the page in Chromium", () => {
  const { complaints, open, openHtml } = pagesInBrowser();

  /** The text of an export. */
  const exported = async (page: Page, format: string): Promise<string> =>
    await page.evaluate(`window.explorer.exported("${format}").then((blob) => blob.text())`);
  /** Numbers of nodes as the outline shows them. */
  const shown = async (page: Page, ids: readonly number[]): Promise<number[]> =>
    await Promise.all(
      ids.map(async (id) => Number((await page.textContent(`[data-node="${id}"] span.shape`))?.replace("−", "-"))),
    );
  /** Drops a file onto the page. */
  const drop = async (page: Page, name: string, content: string): Promise<void> => {
    await page.evaluate(
      `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)})); document.querySelector("main").dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: data })); })()`,
    );
  };
  const boxes = async (page: Page): Promise<string[]> =>
    await page.evaluate("[...window.explorer.drawing.value.layout.boxes.keys()]");

  it("runs everything again when a leaf is changed, to the library's numbers, and keeps it in the address", async () => {
    const graph = buyApple();
    const page = await open("apple", graph);
    await click(page, '[data-node="0"]');
    await write(page, ".edit input", "150");
    const gradients = [0, 1, 3].map((leaf) => graph.gradients[leaf]);
    expect(await shown(page, [4, ...gradients])).toEqual([330, 2.2, 165, 300]);
    const replayed = graph.run({ apple: 150 });
    expect(await shown(page, gradients)).toEqual(
      gradients.map((id) => Number(Number(replayed.value(id).item()).toPrecision(5))),
    );
    expect(await page.textContent(".gradient .number")).toBe("2.2");
    // Who opens the address sees the same.
    const again = await open("apple", graph, { fragment: new URL(page.url()).hash });
    expect(await shown(again, [4])).toEqual([330]);
    expect(await again.textContent(".panel h2")).toBe("apple");
    // An export holds what was changed.
    expect(graphFromJSON(await exported(page, "json")).nodes[0].value?.item()).toBe(150);
    await click(page, "text=Reset all changes");
    expect(await shown(page, [4])).toEqual([220]);
    await page.context().close();
    await again.context().close();
  });

  it("folds and opens layers with the keyboard and the mouse", async () => {
    const page = await open("layers", layered());
    const all = await boxes(page);
    // A reshape that only pads axes has no box of its own.
    const quiet = layered().nodes.filter(({ op }) => op === "reshape");
    expect(quiet).not.toHaveLength(0);
    expect(all.filter((key) => key.startsWith("n"))).toHaveLength(layered().nodes.length - quiet.length);
    await click(page, "text=Fold all");
    const folded = await boxes(page);
    expect(folded).toEqual(expect.arrayContaining(["f:first", "b:first", "f:second", "b:second"]));
    await page.screenshot({ path: screenshotPath("folded") });
    // A press on the sign of a folded layer opens it, Enter folds it again.
    const [x, y] = (await page.evaluate(
      "(() => { const { x, y, k } = window.explorer.view.value; const r = window.explorer.drawing.value.layout.boxes.get('f:second'); return [r.x * k + x + 8, (r.y + r.height / 2) * k + y]; })()",
    )) as [number, number];
    await click(page, "#graph", { position: { x, y } });
    const opened = await boxes(page);
    expect(opened).toContain("f:second/inner");
    expect(opened).not.toContain("f:second");
    await write(page, "#search", "sigmoid");
    await page.focus("#graph");
    await press(page, "Enter");
    expect(await boxes(page)).toContain("f:second");
    await page.context().close();
  });

  it("walks along the arrows with the keyboard", async () => {
    const page = await open("walk", buyApple());
    await page.focus("#graph");
    const visited: (string | null)[] = [];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft"]) {
      await press(page, key);
      visited.push(await page.textContent(".panel h2"));
    }
    expect(visited.slice(0, 3)).toEqual(["number of apples", "mul n2", "mul n4"]);
    expect(visited[5]).toMatch(/^∂ (apple|number of apples)$/);
    await page.context().close();
  });

  it("steps forward and backward with upstream × local = contribution, and adds contributions up", async () => {
    const x = variable(3, { name: "x", dtype: "float64" });
    const page = await open("steps", graphOf(x.mul(x).add(x.mul(2)), { backward: true }));
    await press(page, "Home");
    expect(await page.textContent(".said")).toContain("Before the first step");
    const said: string[] = [];
    const steps = Number(await page.getAttribute(".stepper input", "max"));
    for (let i = 0; i < steps; i++) {
      await press(page, "n");
      expect(await page.textContent(".said:has(.line)")).toContain(`step ${i + 1} of ${steps}`);
      said.push((await page.textContent(".said")) ?? "");
    }
    // Three ops forward, the gradient to start from, three rules backward.
    expect(steps).toBe(7);
    expect(said[0]).toContain("Forward: mul n1 — x × x = 3 × 3 = 9");
    expect(said[3]).toContain("∂y = 1");
    const all = said.join("\n");
    expect(all).toMatch(/∂x \+= ∂y × x = 1 × 3 = 3/);
    expect(all).toMatch(/3 \+ 3 = 6|2 \+ 3 = 5/);
    expect(all).toContain("= 8");
    await page.screenshot({ path: screenshotPath("accumulation") });
    await press(page, "p");
    expect(await page.textContent(".said")).toContain(`step ${steps - 1} of ${steps}`);
    await page.context().close();
  });

  it("checks a node and a leaf numerically as the library does", async () => {
    const graph = layered();
    const page = await open("check", graph);
    const tanh = graph.nodes.find(({ op }) => op === "tanh") as Graph["nodes"][number];
    await click(page, `[data-node="${tanh.id}"]`);
    await click(page, ".check button");
    expect(await page.textContent(".check .verdict")).toContain("The gradient is right.");
    const input = graph.run().value(tanh.inputs[0]);
    const report = gradcheck((x) => x.tanh(), [input], { names: [`mul n${tanh.inputs[0]}`] });
    expect((await page.textContent(".check pre"))?.trim()).toBe(String(report).trim());
    await page.screenshot({ path: screenshotPath("check") });
    await click(page, '[data-node="0"]');
    await click(page, ".check button");
    expect(await page.textContent(".check .verdict")).toContain("The gradient is right.");
    expect(await page.textContent(".check tbody th")).toBe("x");
    await page.context().close();
  });

  it("takes for a leaf what its dtype can hold, one change after the other, and shows nothing else", async () => {
    const parts = [
      variable([1, 2, 3], { name: "x", dtype: "float32" }),
      variable(tensor([1, 2], { dtype: "int32" }), { name: "i", requiresGrad: false }),
      variable(tensor([true, false], { dtype: "bool" }), { name: "m", requiresGrad: false }),
    ];
    const graph = graphOf(
      recordAll(() => parts.map((part) => sum(cast(part, "float32"))).reduce((a, b) => a.add(b))),
      { backward: true },
    );
    const id = (name: string) => graph.nodes.find((node) => node.name === name)?.id as number;
    const page = await open("edits", graph);
    const fields = (): Promise<string[]> =>
      page.$$eval(".edit input[type=number]", (inputs) =>
        inputs.map((input) => (input as unknown as { value: string }).value),
      );
    await click(page, `[data-node="${id("x")}"]`);
    for (const wrong of ["", "1e39", "1e999"]) {
      await write(page, ".edit input >> nth=0", wrong);
      expect(await fields()).toEqual(["1", "2", "3"]);
    }
    // Faster than they can be computed: none may be lost, nor what is typed meanwhile.
    const change = `for (const [i, input] of document.querySelectorAll(".edit input[type=number]").entries()) {
      input.value = String(i + 4.5);
      if (i < 2) input.dispatchEvent(new Event("change", { bubbles: true }));
    }`;
    await page.evaluate(change);
    await settled(page);
    expect(await shown(page, [graph.outputs[0]])).toEqual([4.5 + 5.5 + 3 + 3 + 1]);
    expect(await fields()).toEqual(["4.5", "5.5", "6.5"]);
    await page.evaluate(change.replace("i < 2", "true"));
    await settled(page);
    for (const [name, wrong, right] of [
      ["i", ["1.5", "1e20"], "-3"],
      ["m", ["5", "0.5"], "0"],
    ] as const) {
      await click(page, `[data-node="${id(name)}"]`);
      const [first] = await fields();
      for (const text of wrong) {
        await write(page, ".edit input >> nth=0", text);
        expect((await fields())[0]).toBe(first);
      }
      await write(page, ".edit input >> nth=0", right);
    }
    // 4.5 + 5.5 + 6.5, −3 + 2, and nothing of m.
    expect(await shown(page, [graph.outputs[0]])).toEqual([15.5]);
    expect(await page.locator(".problem").count()).toBe(0);
    await page.context().close();
  });

  it("does not call a rule wrong where there is no derivative to compare it with", async () => {
    const x = variable(0, { name: "x", dtype: "float64" });
    const page = await open("outside", graphOf(x.log(), { backward: true }));
    for (const node of [0, 1]) {
      await click(page, `[data-node="${node}"]`);
      await click(page, ".check button");
      expect(await page.textContent(".check")).toContain("no derivative can be computed");
      expect(await page.locator(".check .verdict").count()).toBe(0);
    }
    await page.context().close();
  });

  it("lets all else go on while it checks, and shows what it found at that node alone, with the changes made", async () => {
    const x = variable([0.5, 0.5], { name: "x", dtype: "float64" });
    const page = await open("long", graphOf(x.tanh().mul(x).sum(), { backward: true }));
    // A worker that hears nothing stands for a check without an end.
    await page.evaluate("window.Hearing = Worker; window.Worker = class extends Worker { postMessage() {} };");
    await click(page, '[data-node="0"]');
    await click(page, ".check button");
    expect(await page.isDisabled(".check button")).toBe(true);
    await click(page, '[data-node="1"]');
    expect(await page.textContent(".panel h2")).toBe("tanh n1");
    expect(await page.locator(".panel .tensor").count()).toBeGreaterThan(0);
    expect(await page.textContent(".check button")).toBe("Check numerically");
    await page.evaluate("window.Worker = window.Hearing;");
    await click(page, '[data-node="0"]');
    await write(page, ".edit input >> nth=1", "0.25");
    expect(new URL(page.url()).hash).toContain("edit=");
    await click(page, '[data-node="1"]');
    await click(page, ".check button");
    expect(await page.textContent(".check .verdict")).toContain("The gradient is right.");
    await page.context().close();
  });

  it("keeps its keys wherever the cursor is, and closes its menu", async () => {
    const page = await open("keys", buyApple(), { fragment: "#node=n99&step=" });
    await page.focus("#graph");
    await press(page, "ArrowRight");
    expect(await page.locator(".panel h2").count()).toBe(1);
    await page.focus(".stepper input");
    await press(page, "Home", "n");
    expect(await page.textContent(".said")).toContain("step 1 of 5");
    await click(page, "summary:has-text('More')");
    await press(page, "Escape");
    expect(await page.locator(".menu[open]").count()).toBe(0);
    await click(page, "summary:has-text('More')");
    await click(page, "#graph", { position: { x: 5, y: 5 } });
    expect(await page.locator(".menu[open]").count()).toBe(0);
    await click(page, "text=Outline");
    await press(page, "/");
    expect(await page.evaluate("document.activeElement.id")).toBe("search");
    await page.context().close();
  });

  it("exports SVG, DOT, Mermaid and JSON that agree on nodes and edges, and a PNG", async () => {
    const graph = layered();
    const page = await open("exports", graph, { fragment: "#reshapes=1" });
    const nodes = graph.nodes.map(({ id }) => `n${id}`).sort();
    const edges = graph.nodes.flatMap(({ id, inputs }) => inputs.map((from) => `n${from}->n${id}`)).sort();
    const svg = await exported(page, "svg");
    expect(boxesOf(svg).sort()).toEqual(nodes);
    expect(edgesOf(svg).sort()).toEqual(edges);
    const dot = await exported(page, "dot");
    expect([...dot.matchAll(/^ *(n\d+) -> (n\d+)/gm)].map(([, a, b]) => `${a}->${b}`).sort()).toEqual(edges);
    const mermaid = await exported(page, "mmd");
    expect(
      [...mermaid.matchAll(/^ *(n\d+) [-.=]+>(?:\|.*?\|)? ?(n\d+)/gm)].map(([, a, b]) => `${a}->${b}`).sort(),
    ).toEqual(edges);
    const json = graphFromJSON(await exported(page, "json"));
    expect(json.run().outputs[0].item()).toBe(graph.run().outputs[0].item());
    const png: number[] = await page.evaluate(
      'window.explorer.exported("png").then((blob) => blob.arrayBuffer()).then((buffer) => [...new Uint8Array(buffer)])',
    );
    expect(png.slice(0, 4)).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(png.length).toBeGreaterThan(10_000);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click("summary:has-text('More')").then(() => page.click("[data-format=png]")),
    ]);
    expect(download.suggestedFilename()).toBe("exports.png");
    await page.context().close();
  });

  it("shows names as they are, whatever is in them", async () => {
    const names = [
      "</script><script>window.broken = true</script>",
      "<img src=x onerror='window.broken = true'>",
      `"quoted" 'single' \`back\` \${1} {title} {content} $& $'`,
      "🍎👩‍👩‍👧 日本語 한국어",
      "x".repeat(10_000),
      "<!-- comment --> ]]> \u2028 \u0007",
      "__proto__",
    ];
    const leaves = names.map((name) => variable(1, { name, dtype: "float64" }));
    const sum = leaves.reduce((a, b) => a.add(b));
    const graph = graphOf(
      scope('<b>layer</b> & "co"', () => sum.tanh()),
      { backward: true },
    );
    const page = await open("</title><script>window.broken = true</script>", graph).catch(() => null);
    expect(page).toBeNull(); // No file may have such a name; a title may.
    const title = "</title><script>window.broken = true</script> $& {content}";
    const named = await openHtml("names", toHtml(graph, { title }));
    expect(await named.title()).toBe(title);
    for (const { id, name } of graph.nodes) {
      if (name === undefined || name === "gradient of the output") continue;
      await named.evaluate(`document.querySelector('[data-node="${id}"]').click()`);
      await settled(named);
      expect(new URLSearchParams(new URL(named.url()).hash.slice(1)).get("node")).toBe(`n${id}`);
      expect(await named.textContent(".panel h2")).toBe(name);
    }
    expect(await named.evaluate("window.broken")).toBeUndefined();
    await named.screenshot({ path: screenshotPath("names") });
    const svg = await exported(named, "svg");
    expect(boxesOf(svg)).toHaveLength(graph.nodes.length);
    await named.context().close();
  });

  it("opens graph files that are dropped, and says what is wrong with others", async () => {
    const page = await open("drop", buyApple());
    await drop(page, "broken.json", '{"format":"adjoint-graph","version":1}');
    await page.waitForSelector(".problem p");
    expect(await page.textContent(".problem p")).toContain("broken.json cannot be shown");
    expect(await page.textContent("h1")).toBe("drop");
    await drop(page, "layered.json", JSON.stringify(layered().toJSON({ values: "leaves" })));
    await page.waitForSelector("h1:has-text('layered')");
    await settled(page);
    expect(await page.locator(".outline details").count()).toBeGreaterThan(1);
    await page.context().close();
  });

  it("draws ops whatever they are called, and layers and leaves too", async () => {
    const names = ["constructor", "toString", "hasOwnProperty", "__proto__", "valueOf"];
    const { backward: _, ...file } = JSON.parse(JSON.stringify(buyApple().run().graph.toJSON({ values: true })));
    for (const [i, node] of file.nodes.entries()) {
      const name = names[i % names.length];
      if (node.op === null) node.name = name;
      else Object.assign(node, { op: name, scope: `${name}/${name}` });
    }
    const page = await open("inherited", graphFromJSON(file));
    expect(await boxes(page)).toEqual(expect.arrayContaining(file.nodes.map(({ id }: { id: number }) => `n${id}`)));
    const gradients = new Map(Object.entries(file.gradients).map(([leaf, gradient]) => [gradient, Number(leaf)]));
    for (const { id, op } of file.nodes) {
      if (op === null) continue;
      const leaf = gradients.get(id);
      await click(page, `[data-node="${id}"]`);
      const title = leaf === undefined ? `${op} n${id}` : `∂ ${file.nodes[leaf].name}`;
      expect(await page.textContent(".panel h2")).toBe(title);
    }
    await page.screenshot({ path: screenshotPath("inherited-names") });
    await page.context().close();
  });

  it("opens a small file of a huge tensor at once, with its sums, its picture and its first elements", async () => {
    const huge = repeated([2_147_483_647]);
    const page = await open("huge", huge);
    await click(page, '[data-node="1"]');
    expect(await page.textContent(".panel .tensor")).toContain("mean 3");
    await page.screenshot({ path: screenshotPath("huge") });
    await page.context().close();
  });

  it("shows what takes long, lets it be stopped, and lets nothing wait for it", async () => {
    const page = await open("stopped", buyApple());
    // Forty products of matrices with eight billion multiplications each.
    const nodes = JSON.parse(JSON.stringify(repeated([2048, 2048]).toJSON({ values: "leaves" }))).nodes;
    for (let id = 2; id < 42; id++) nodes.push({ ...nodes[1], id, op: "matmul", attributes: {}, inputs: [id - 1, 1] });
    const long = { format: "adjoint-graph", version: 1, nodes, outputs: [41], gradients: {} };
    await drop(page, "long.json", JSON.stringify(long));
    await page.waitForSelector(".opening button");
    await page.screenshot({ path: screenshotPath("opening") });
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.click(".opening button");
    await page.waitForSelector(".opening", { state: "detached" });
    expect(await page.textContent("h1")).toBe("stopped");
    // All is as it was: values can be changed.
    await page.click('[data-node="0"]');
    await page.fill(".edit input", "150");
    await page.press(".edit input", "Enter");
    await settled(page);
    expect(await shown(page, [4])).toEqual([330]);
    await drop(page, "long.json", JSON.stringify(long));
    await page.waitForSelector(".opening button");
    await drop(page, "layered.json", JSON.stringify(layered().toJSON({ values: "leaves" })));
    await page.waitForSelector("h1:has-text('layered')");
    await page.waitForSelector(".opening", { state: "detached" });
    expect(await page.locator(".problem").count()).toBe(0);
    await page.context().close();
  });

  it("refuses graphs whose values it cannot hold, and files that are nested too deep", async () => {
    const page = await open("bounds", buyApple());
    const nodes = JSON.parse(JSON.stringify(repeated([2 ** 28]).toJSON({ values: "leaves" }))).nodes;
    for (let id = 2; id < 5; id++) nodes.push({ ...nodes[1], id, op: "exp", attributes: {}, inputs: [id - 1] });
    const large = { format: "adjoint-graph", version: 1, nodes, outputs: [4], gradients: {} };
    await drop(page, "large.json", JSON.stringify(large));
    await page.waitForSelector("h1:has-text('large')");
    await click(page, '[data-node="0"]');
    expect(await page.textContent(".panel")).toContain("a page computes 268,435,456 at the most");
    for (const name of ["version", "nodes"]) {
      const deep = `{"format":"adjoint-graph","${name}":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
      await drop(page, `${name}.json`, deep);
      await page.waitForSelector(`.problem :text("${name}.json cannot be shown: it is nested deeper than 100 levels")`);
      await click(page, ".problem button");
    }
    await page.context().close();
  });

  it("shows the drawing and the steps alone in another page", async () => {
    const page = await open("embedded", buyApple(), { fragment: "#embed=1&step=3", tour: true });
    expect(await page.locator(".toolbar, .outline, dialog[open]").count()).toBe(0);
    expect(await page.textContent(".said")).toContain("step 4 of 5");
    expect(await page.evaluate("document.querySelector('#graph').clientWidth")).toBe(1400);
    await page.focus("#graph");
    await press(page, "n");
    expect(await page.textContent(".said")).toContain("step 5 of 5");
    expect(new URL(page.url()).hash).toContain("embed=1");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: screenshotPath("embedded") });
    await page.context().close();
  });

  it("passes over what an address says of another graph", async () => {
    const page = await open("address", buyApple(), {
      fragment: '#open=["conv1"]&node=n99&step=9999&edit=0.0:abc;77.1:2;2.0:5;1.0:3&theme=pink&lang=xx',
    });
    // Only the last of the changes is one: n2 is computed, n77 is not there, and abc is no number.
    expect(await shown(page, [4])).toEqual([330]);
    expect(await page.textContent(".said")).toContain("step 5 of 5");
    await page.context().close();
  });

  it("shows stored values of ops it does not have, and says why they cannot be changed", async () => {
    const json = JSON.parse(JSON.stringify(buyApple().run().graph.toJSON({ values: true })));
    json.nodes[2].op = "bargain";
    const page = await open("unknown", graphFromJSON(json));
    await click(page, '[data-node="0"]');
    expect(await page.textContent(".panel")).toContain("unknown op");
    await click(page, '[data-node="2"]');
    expect(await page.textContent(".panel output.number")).toBe("200");
    await page.context().close();
  });

  it("is dark or light, English or Korean, and takes a first visitor around", async () => {
    const graph = graphOf(div(1, variable(0.5, { name: "x", dtype: "float64" })), { backward: true });
    const page = await open("tour", graph, { tour: true, colorScheme: "dark", locale: "ko-KR" });
    expect(await page.getAttribute("html", "data-theme")).toBe("dark");
    await page.waitForSelector("dialog[open]");
    await page.screenshot({ path: screenshotPath("tour-korean-dark") });
    expect(await accessibilityProblems(page)).toEqual([]);
    const stops: string[] = [];
    // Five of six: the graph has no layers.
    for (let i = 0; i < 5; i++) {
      stops.push((await page.textContent("dialog h2")) ?? "");
      await click(page, "dialog .primary");
    }
    expect(new Set(stops).size).toBe(5);
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await click(page, '[data-node="1"]');
    await page.screenshot({ path: screenshotPath("korean-dark") });
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.selectOption("select", "en");
    await settled(page);
    expect(await page.getAttribute("html", "lang")).toBe("en");
    await click(page, '[aria-label="Dark or light"]');
    expect(await page.getAttribute("html", "data-theme")).toBe("light");
    await press(page, "?");
    expect(await page.locator("dialog[open] kbd").count()).toBeGreaterThan(0);
    await page.screenshot({ path: screenshotPath("help") });
    expect(await accessibilityProblems(page)).toEqual([]);
    // Who has been here is not taken around again.
    await page.reload();
    await page.waitForSelector("html[data-ready=true]");
    await settled(page);
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await page.context().close();
  });

  it("works on a phone: a sheet below the drawing, an outline over it, fingers that pan", async () => {
    const page = await open("phone", layered(), {
      viewport: { width: 390, height: 780 },
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 2,
      reducedMotion: "reduce",
    });
    await page.screenshot({ path: screenshotPath("phone") });
    await page.tap("text=Outline");
    await page.tap('[data-node="2"]');
    await settled(page);
    expect(await page.locator(".outline").count()).toBe(0);
    expect(await page.locator(".panel.sheet .tensor").count()).toBeGreaterThan(0);
    await page.screenshot({ path: screenshotPath("phone-sheet") });
    expect(await accessibilityProblems(page)).toEqual([]);
    const before = await page.evaluate("window.explorer.view.value.x");
    await page.evaluate(`(() => {
      const graph = document.getElementById("graph");
      const fire = (type, x) => {
        const touch = new Touch({ identifier: 1, target: graph, clientX: x, clientY: 200 });
        const touches = type === "touchend" ? [] : [touch];
        graph.dispatchEvent(new TouchEvent(type, { bubbles: true, cancelable: true, touches, targetTouches: touches, changedTouches: [touch] }));
      };
      fire("touchstart", 200);
      fire("touchmove", 140);
      fire("touchend", 140);
    })()`);
    expect(await page.evaluate("window.explorer.view.value.x")).toBe(Number(before) - 60);
    // On its side the sheet stands beside the drawing, which moves what is chosen into the half that is left.
    await page.setViewportSize({ width: 780, height: 390 });
    await settled(page);
    const [sheet, canvas] = await Promise.all([".panel.sheet", "#graph"].map((at) => page.locator(at).boundingBox()));
    expect(sheet?.x).toBe(390);
    expect(sheet?.height).toBe(canvas?.height);
    const [left, right] = (await page.evaluate(
      "(({ x, k }, r) => [r.x * k + x, (r.x + r.width) * k + x])(window.explorer.view.value, window.explorer.drawing.value.layout.boxes.get('n2'))",
    )) as [number, number];
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(390);
    await page.context().close();
  });

  it("has complained of nothing and asked for nothing", () => {
    expect(complaints).toEqual([]);
  });
});
