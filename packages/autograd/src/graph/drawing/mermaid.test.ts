import { SpecError } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "../../methods.ts";
import { variable } from "../../core/leaf.ts";
import { mul } from "../../ops/arithmetic.ts";
import { exp } from "../../ops/elementary.ts";
import { sum } from "../../ops/repeat-sum.ts";
import { scope } from "../../transforms/record.ts";
import { graphOf } from "../graph-of.ts";
import { readMermaid } from "../testing/read-mermaid.ts";
import { toMermaid } from "./mermaid.ts";

describe("toMermaid", () => {
  it("writes the book's two apples, forward and backward", async () => {
    const price = mul(variable(100, { name: "apple" }), variable(2, { name: "count" }));
    const text = toMermaid(graphOf(price, { backward: true }), { title: 'two "apples": 5.1' });
    expect(text).toMatchInlineSnapshot(`
      "---
      title: "two \\"apples\\": 5.1"
      ---
      flowchart LR
        n0["apple<br>[]"]:::parameterNode
        n1["count<br>[]"]:::parameterNode
        n2(["mul<br>[]"]):::opNode
        n3(["gradient of the output<br>[]"]):::gradientNode
        n4(["mul<br>gradient of count<br>[]"]):::gradientNode
        n5(["mul<br>gradient of apple<br>[]"]):::gradientNode
        n0 --> n2
        n1 --> n2
        n3 -.-> n4
        n0 -.-> n4
        n3 -.-> n5
        n1 -.-> n5
        classDef parameterNode fill:#fde9c8,stroke:#b7791f,color:#222222
        classDef opNode fill:#ffffff,stroke:#333333,color:#222222
        classDef gradientNode fill:#fbe3e4,stroke:#b83253,color:#222222
      "
    `);
    expect((await readMermaid(text)).nodes).toHaveLength(6);
  });

  it("draws scopes as boxes, the backward pass in boxes of its own", async () => {
    const x = variable([1, 2], { name: "x" });
    const y = scope("block", () => sum(scope("inner <1>", () => exp(x))));
    const text = toMermaid(graphOf(y, { backward: true }), { direction: "TB" });
    const { subgraphs, edges } = await readMermaid(text);
    expect(subgraphs.map(({ title }) => title).sort()).toEqual([
      "block",
      "block (backward)",
      "inner <1>",
      "inner <1> (backward)",
    ]);
    expect(subgraphs.find(({ title }) => title === "inner <1>")?.nodes).toEqual(["n0", "n1"]);
    expect(text).toContain("flowchart TB");
    expect(edges.filter(({ dotted }) => !dotted)).toHaveLength(2);
  });

  it.each([
    'say "hi"',
    "<b>bold</b> & <script>alert(1)</script>",
    "`**markdown**`",
    "weights 🍎 日本 é",
    "%% comment %%{init: {}}%%",
    "end",
    "#quot; #35; &amp;",
    "a --> b; click n0 --- [x](y) {z} |w|",
    "back\\slash \\n",
    "---\ntitle: x\n---",
    "two\nlines",
    "__proto__",
    "x".repeat(10_000),
    "🍎".repeat(2_500),
  ])("shows names as they are: %s", async (name) => {
    const { nodes } = await readMermaid(toMermaid(graphOf(exp(variable([1], { name }))), { title: name }));
    expect(nodes.map(({ text }) => text)).toEqual([`${name}\n[1]`, "exp\n[1]"]);
  });

  it("replaces what is no character", async () => {
    const { nodes } = await readMermaid(toMermaid(graphOf(exp(variable([1], { name: "a\u0000b\ud800c" })))));
    expect(nodes[0].text).toBe("a\ufffdb\ufffdc\n[1]");
  });

  it("refuses unknown options", () => {
    expect(() => toMermaid(graphOf(variable([1])), { titel: "x" } as object)).toThrow(SpecError);
  });
});
