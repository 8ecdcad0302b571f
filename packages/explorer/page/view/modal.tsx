/** Help and the tour, as dialogs of the platform. */
import { useEffect, useRef, useState } from "preact/hooks";
import { graph, scopes } from "../state/document.ts";
import { text } from "../state/settings.ts";
import { course, goToStep } from "../state/stepping.ts";
import { folded, select } from "../state/view.ts";
import { dialog } from "./dialogs.ts";
import { Button, Table } from "./parts.tsx";
import { WindowsPanel } from "./windows/windows.tsx";

export function Modal() {
  const element = useRef<HTMLDialogElement>(null);
  const kind = dialog.value;
  useEffect(() => {
    const modal = element.current as HTMLDialogElement;
    if (kind !== null && !modal.open) modal.showModal();
    if (kind === null && modal.open) modal.close();
  }, [kind]);
  const onClose = (): void => {
    dialog.value = null;
  };
  return (
    <dialog ref={element} class={kind ?? ""} onClose={onClose} aria-label={text.value[`${kind ?? "help"}Title`]}>
      {kind === "help" && <Help />}
      {kind === "tour" && <Tour />}
      {kind === "windows" && (
        <>
          <Button class="close" aria-label={text.value.close} onClick={close}>
            ✕
          </Button>
          <WindowsPanel />
        </>
      )}
    </dialog>
  );
}

function close(): void {
  document.querySelector("dialog")?.close();
}

function Help() {
  const words = text.value;
  return (
    <>
      <h2>{words.helpTitle}</h2>
      <Table
        columns={[words.key, words.what]}
        rows={words.keys.map(([key, what]) => [<kbd key={key}>{key}</kbd>, what])}
      />
      <ul class="legend">
        {words.legend.map(([kind, what]) => (
          <li key={what} class={kind}>
            {what}
          </li>
        ))}
      </ul>
      <Button onClick={close}>{words.close}</Button>
    </>
  );
}

/** What the page shows at a stop, so that the words have something to point at. */
const scenes: readonly (() => void)[] = [
  () => goToStep(null),
  () => goToStep(null),
  () => goToStep(null),
  () => select(folded.value.boxOf[graph.value.outputs[0]] ?? null),
  () => goToStep(course.value.steps.findIndex(({ direction }) => direction === "backward")),
  () => {
    goToStep(null);
    select(folded.value.boxOf[0] ?? null);
  },
];

/** The stop that is about layers, which not every graph has. */
const layersStop = 2;

function Tour() {
  const [at, setAt] = useState(0);
  const words = text.value;
  const stops = words.tourStops.map((_, i) => i).filter((i) => i !== layersStop || scopes.value.length > 0);
  const [title, what] = words.tourStops[stops[at]];
  const isLast = at === stops.length - 1;
  const go = (to: number): void => {
    setAt(to);
    if (course.value.steps.length > 0) scenes[stops[to]]();
  };
  return (
    <div aria-live="polite">
      <p class="hint">
        {words.tourTitle} · {at + 1} / {stops.length}
      </p>
      <h2>{title}</h2>
      <p>{what}</p>
      <p class="actions">
        {at > 0 && <Button onClick={() => go(at - 1)}>{words.tourBack}</Button>}
        {!isLast && <Button onClick={close}>{words.tourSkip}</Button>}
        <Button class="primary" autofocus onClick={() => (isLast ? close() : go(at + 1))}>
          {isLast ? words.tourEnd : words.tourNext}
        </Button>
      </p>
    </div>
  );
}
