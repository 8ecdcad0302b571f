/** The page on models: its snippets compile, run and print what they say, its files train, and its errors are those that are told. */
import { build, parseModelText } from "adjoint";
import { expect, it } from "vitest";
import { messageOf } from "../testing/message-of.ts";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/models.md");
const snippets = snippetsOf(page);
const [digits, wrong] = [...page.matchAll(/```json\n(.*?)```/gs)].map((match) => match[1]);

it("compiles", async () => {
  expect(snippets).toHaveLength(6);
  expect(await typeErrorsOf(snippets)).toBe("");
});

it("has a spec in JSON that is the one in TypeScript", async () => {
  const { $schema, ...spec } = parseModelText(digits);
  expect($schema).toMatch(/schema\.json$/);
  expect(
    build({ ...spec, version: 1 })
      .parameters()
      .reduce((n, x) => n + x.size, 0),
  ).toBe(17_258);
  const lines = (await runSnippet(snippets[0])).trimEnd().split("\n");
  expect(lines.join("\n")).toContain("17,258");
  expect(Number(lines.at(-2))).toBeGreaterThan(0.9);
  expect(lines.at(-1)).toBe("true");
});

it("tells the mistakes that are on the page", () => {
  const told = messageOf(() => parseModelText(wrong, { file: "wrong.json" }));
  expect(page).toContain(`\`\`\`\nerror: ${told}\n\`\`\``);
});

it.each([
  ["sequences", 1, ["true"]],
  ["graphs of layers", 2, ["'conv1'", "stage.1.residual1.conv1", "'answer.accuracy'", "'certainty.accuracy'"]],
  ["files", 3, ["true", "'affine1.bias', 'affine1.weight'"]],
  ["layers and ops of one's own", 4, ["'scale1.factor'", "true"]],
  ["layers without a spec", 5, ["true"]],
])(
  "%s",
  async (_, i, printed) => {
    const text = await runSnippet(snippets[i]);
    for (const part of printed) expect(text).toContain(part);
  },
  60_000,
);
