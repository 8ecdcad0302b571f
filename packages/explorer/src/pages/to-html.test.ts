import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineOp, graphFromJSON, graphOf, mul, variable } from "@adjoint/autograd";
import { DataError, kernels } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { saveHtml } from "./save-html.ts";
import { toHtml } from "./to-html.ts";

const x = variable([1, 2], { name: "x", dtype: "float64" });
const graph = graphOf(x.square().sum(), { backward: true });

/** What a page holds: its graph and its title. */
function contentOf(html: string): { readonly graph: object; readonly title: string } {
  const [, content] = /<script type="application\/json" id="content">(.*?)<\/script>/s.exec(
    html,
  ) as unknown as string[];
  return JSON.parse(content);
}

describe("toHtml", () => {
  it("asks for a graph where it gets a Variable, a path, or nothing", async () => {
    expect(() => toHtml(x as never)).toThrow(
      "toHtml: graph is a Variable; expected a Graph. Pass the graph of a result: toHtml(graphOf(y)).",
    );
    expect(() => toHtml(undefined as never)).toThrow("toHtml: graph is missing; expected a Graph.");
    await expect(saveHtml("x.html" as never, graph as never)).rejects.toThrow(
      "saveHtml: graph is a string; expected a Graph.",
    );
  });

  it("holds the graph with the values of its leaves, and a title", () => {
    const html = toHtml(graph, { title: "x² & more" });
    const content = contentOf(html);
    expect(content.title).toBe("x² & more");
    expect(html).toContain("<title>x² &amp; more</title>");
    expect(graphFromJSON(content.graph).run().outputs[0].item()).toBe(5);
  });

  it("is less than a megabyte for a small graph, and names nothing to load", () => {
    const html = toHtml(graph);
    expect(html.length).toBeLessThan(1_000_000);
    expect(html).not.toMatch(/<(?:script|img|iframe)[^>]* src=|<link[^>]* href="(?!data:)|@import|url\(/);
    expect(html).toMatch(/default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src 'sha256-/);
  });

  it("holds all values where it has an op that is not built in", () => {
    const double = defineOp({
      name: "double",
      infer: ([spec]) => spec,
      forward: ([value]) => kernels.add(value, value),
      backward: [({ grad }) => mul(grad, 2)],
    });
    const content = contentOf(toHtml(graphOf(double(x).sum(), { backward: true })));
    const nodes = graphFromJSON(content.graph).nodes;
    expect(nodes.find(({ op }) => op === "double")?.value?.toArray()).toEqual([2, 4]);
    expect(nodes.every(({ value }) => value !== undefined)).toBe(true);
  });

  it("holds a lesson, and refuses one that is not whole", () => {
    const words = { title: "Squares & sums", text: "Look at </script>.", tries: ["the sum"] };
    const lesson = { en: words, tries: ["#node=n2"], next: "next.html" };
    const html = toHtml(graph, { lesson });
    expect(html).toContain("<title>Squares &amp; sums</title>");
    // What is shown of a link to it.
    expect(html).toContain('<meta property="og:title" content="Squares &amp; sums">');
    expect(html).toContain('<meta property="og:description" content="Look at &lt;/script&gt;.">');
    expect((contentOf(html) as unknown as { lesson: unknown }).lesson).toEqual(lesson);
    expect(() => toHtml(graph, { lesson: { ...lesson, tries: [] } })).toThrow(
      'the lesson is incomplete; expected { en: { title, text, tries }, tries: ["#…"] }. Give title, text and a name for each link in every language; links begin with #.',
    );
    expect(() => toHtml(graph, { lesson: { ...lesson, tries: ["javascript:alert(1)"] } })).toThrow(
      "links begin with #",
    );
    expect(() => toHtml(graph, { lesson: { ...lesson, opens: "node=n1" } })).toThrow("links begin with #");
    const numbered = { ...words, names: { x: 1 } };
    expect(() => toHtml(graph, { lesson: { ...lesson, ko: numbered } as never })).toThrow("the lesson is incomplete");
    expect(() => toHtml(graph, { lesson: { ...lesson, nxt: "x" } as never })).toThrow('unknown option "nxt"');
  });

  it("refuses an option it does not know", () => {
    expect(() => toHtml(graph, { titel: "x" } as object)).toThrow(/titel/);
  });
});

describe("saveHtml", () => {
  it("writes the page", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "adjoint-html-")), "page.html");
    await saveHtml(graph, path, { title: "saved" });
    expect(readFileSync(path, "utf8")).toBe(toHtml(graph, { title: "saved" }));
  });

  it("says where it cannot be written, and leaves what is there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "adjoint-html-"));
    mkdirSync(join(folder, "page.html"));
    await expect(saveHtml(graph, join(folder, "page.html"))).rejects.toThrow(DataError);
    await expect(saveHtml(graph, join(folder, "none", "page.html"))).rejects.toThrow(
      /^saveHtml: cannot write .*page.html: ENOENT, the folder does not exist. Make the folder first/,
    );
    await expect(saveHtml(graph, join(folder, "new.html"), { titel: "x" } as object)).rejects.toThrow("titel");
    expect(readdirSync(folder)).toEqual(["page.html"]);
  });
});
