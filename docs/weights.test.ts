/** The page on weights from elsewhere: its snippet compiles, and computes what PyTorch computed. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const snippets = snippetsOf(readPage("docs/weights.md"));
const file = fileURLToPath(new URL("../packages/nn/src/model/weights/fixtures/cnn.safetensors", import.meta.url));

it("loads what a script saved in PyTorch", async () => {
  expect(snippets).toHaveLength(1);
  expect(await typeErrorsOf(snippets)).toBe("");
  const [snippet] = snippets;
  expect(await runSnippet(snippet.replace('"cnn.safetensors"', JSON.stringify(file)))).toBe("true\n");
}, 60_000);
