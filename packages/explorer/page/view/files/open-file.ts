/**
 * Graph files that are dropped onto the page or chosen.
 */
import { batch } from "@preact/signals";
import { openGraph, problem } from "../../state/document.ts";
import { applyFragment } from "../../state/fragment.ts";
import { text } from "../../state/settings.ts";
import { drawing, edits, fits, query, selected, step } from "../../state/view.ts";

/** Opens a file; the graph that is open stays when it is none. */
export async function openFile(file: File): Promise<void> {
  try {
    await openJson(JSON.parse(await file.text()), file.name.replace(/\.json$/i, ""));
  } catch (error) {
    problem.value = text.value.notRead(file.name.slice(0, 80), (error as Error).message.slice(0, 500));
  }
}

/** Opens a graph as if the page had come with it. */
export async function openJson(json: unknown, title: string, fragment = ""): Promise<void> {
  if (json === null || typeof json !== "object") throw new Error("it is no graph");
  await openGraph(json as never, title);
  batch(() => {
    selected.value = null;
    step.value = null;
    edits.value = new Map();
    query.value = "";
    drawing.value = null;
  });
  await applyFragment(fragment);
  fits.value++;
}
