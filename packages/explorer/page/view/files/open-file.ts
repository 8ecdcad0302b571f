/** Graph files that are dropped onto the page or chosen. */
import { beyondBounds, printableLine } from "@adjoint/tensor";
import { batch } from "@preact/signals";
import type { Lesson } from "../../../src/lesson.ts";
import { openGraph, problem, Stopped } from "../../state/document.ts";
import { applyFragment, saysWhatIsSeen } from "../../state/fragment.ts";
import { lesson } from "../../state/lesson.ts";
import { text } from "../../state/settings.ts";
import { reached } from "../../state/stepping.ts";
import { edits, fits, placed, query, selected } from "../../state/view.ts";

/** How deep a file may be nested that is handed to a worker, which copies it level by level. */
const deepest = 100;

/** Opens a file; the graph that is open stays when it is none, or when it is stopped. */
export async function openFile(file: File): Promise<void> {
  try {
    const content = await file.text();
    if (beyondBounds(content, { depth: deepest }) !== null) throw new Error(text.value.tooDeep(deepest));
    await openJson(JSON.parse(content), file.name.replace(/\.json$/i, ""));
  } catch (error) {
    if (error instanceof Stopped) return;
    const name = printableLine(file.name.slice(0, 80));
    problem.value = text.value.notRead(name, printableLine((error as Error).message.slice(0, 500)));
  }
}

/** Opens a graph as if the page had come with it, and with its lesson. */
export async function openJson(json: unknown, title: string, fragment = "", own: Lesson | null = null): Promise<void> {
  if (json === null || typeof json !== "object") throw new Error("it is no graph");
  await openGraph(json as never, title, async () => {
    batch(() => {
      selected.value = null;
      lesson.value = own;
      reached.value = null;
      edits.value = new Map();
      query.value = "";
      placed.value = null;
    });
    await applyFragment(saysWhatIsSeen(fragment) ? fragment : `${own?.opens ?? ""}&${fragment.replace(/^#/, "")}`);
    fits.value++;
  });
}
