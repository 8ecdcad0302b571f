/** The page on weights from elsewhere: its snippets compile, and compute what PyTorch computed. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors } from "adjoint";
import { expect, it } from "vitest";
import { readPage, runSnippet, snippetsOf, typeErrorsOf } from "./snippets.ts";

const snippets = snippetsOf(readPage("docs/weights.md"));
const file = fileURLToPath(new URL("../packages/nn/src/model/weights/fixtures/cnn.safetensors", import.meta.url));

it("loads what a script saved in PyTorch, puts a new head on a body, and saves for PyTorch", async () => {
  expect(snippets).toHaveLength(4);
  expect(await typeErrorsOf(snippets)).toBe("");
  const [snippet, head, saving, book] = snippets;
  expect(await runSnippet(head)).toBe("head.weight head.bias\n");
  const network = join(mkdtempSync(join(tmpdir(), "adjoint-weights-")), "network.safetensors");
  await runSnippet(book.replaceAll('"network.safetensors"', JSON.stringify(network)));
  expect(Object.keys((await readSafetensors(network)).tensors)).toContain("W1");
  const place = join(mkdtempSync(join(tmpdir(), "adjoint-weights-")), "mlp.safetensors");
  await runSnippet(saving.replace('"mlp.safetensors"', JSON.stringify(place)));
  expect(Object.keys((await readSafetensors(place)).tensors)).toEqual(["0.bias", "0.weight", "2.bias", "2.weight"]);
  expect(await runSnippet(snippet.replace('"cnn.safetensors"', JSON.stringify(file)))).toBe("true\n");
});
