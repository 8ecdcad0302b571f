/** The page as a whole. */
import { printableLine } from "@adjoint/tensor";
import { signal } from "@preact/signals";
import { opened, opening, problem, titleShown } from "../state/document.ts";
import { isEmbedded, text } from "../state/settings.ts";
import { selected } from "../state/view.ts";
import { LessonStrip } from "./bars/lesson.tsx";
import { Outline } from "./bars/outline.tsx";
import { Stepper } from "./bars/stepper.tsx";
import { Toolbar } from "./bars/toolbar.tsx";
import { Elsewhere } from "./canvas/elsewhere.tsx";
import { GraphCanvas } from "./canvas/graph-canvas.tsx";
import { Minimap } from "./canvas/minimap.tsx";
import { showsOutline } from "./dialogs.ts";
import { openFile } from "./files/open-file.ts";
import { Modal } from "./modal.tsx";
import { Panel } from "./panel/panel.tsx";
import { Button } from "./parts.tsx";

const isDropping = signal(false);

function onDrop(event: DragEvent): void {
  event.preventDefault();
  isDropping.value = false;
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) void openFile(file);
}

export function App() {
  const words = text.value;
  const isOpen = opened.value !== null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may be dropped anywhere; a button does the same
    <div
      class={`page${showsOutline.value && !isEmbedded.value ? "" : " narrow"}${selected.value === null ? " wide" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        isDropping.value = true;
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) isDropping.value = false;
      }}
      onDrop={onDrop}
    >
      <Button class="skip" onClick={() => document.getElementById("graph")?.focus()}>
        {words.skip}
      </Button>
      {isEmbedded.value ? (
        <header class="unseen">
          <h1>{titleShown.value || "Adjoint"}</h1>
        </header>
      ) : (
        <Toolbar />
      )}
      {!isEmbedded.value && <LessonStrip />}
      {!isEmbedded.value && showsOutline.value && <Outline />}
      <main>
        <GraphCanvas />
        <Minimap />
        <Elsewhere />
        {isDropping.value && <div class="dropping">{words.dropHere}</div>}
        {!isOpen && problem.value === null && opening.value === null && (
          <div class="empty">
            <h2>{words.emptyTitle}</h2>
            <p>{words.emptyText}</p>
          </div>
        )}
        {opening.value !== null && (
          <div class="opening" role="status">
            <p>{words.opening(printableLine(opening.value.title.slice(0, 80)))}</p>
            <Button onClick={opening.value.stop}>{words.stop}</Button>
          </div>
        )}
        {problem.value !== null && (
          <div class="problem" role="alert">
            <p>{problem.value}</p>
            <Button onClick={() => (problem.value = null)}>{words.close}</Button>
          </div>
        )}
      </main>
      <Panel />
      <Stepper />
      <Modal />
    </div>
  );
}
