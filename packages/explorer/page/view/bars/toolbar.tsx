/** The bar at the top: what is seen, and in which form. */
import { useEffect, useRef } from "preact/hooks";
import { shortened } from "../../../src/drawing/labels.ts";
import { graph, problem, scopes, titleShown } from "../../state/document.ts";
import { announce, isOfTraining, text } from "../../state/settings.ts";
import { open, setAllOpen, showsBackward, showsQuiet, toggle } from "../../state/view.ts";
import { camera } from "../canvas/camera.ts";
import { dialog, showsOutline } from "../dialogs.ts";
import { openFile } from "../files/open-file.ts";
import { formats, save } from "../files/save.ts";
import { Button } from "../parts.tsx";
import { Preferences } from "./preferences.tsx";

/** Puts the address of what is seen where it can be pasted. */
async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    announce(text.value.linkCopied);
  } catch {
    // A page that must not write there shows the address, to be copied by hand.
    prompt(text.value.copyLink, location.href);
  }
}

/** What is not needed all the time. */
function MoreMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const words = text.value;
  useEffect(() => {
    const onPress = (event: Event): void => {
      if (menu.current !== null && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    // Before the drawing takes the press for itself.
    document.addEventListener("pointerdown", onPress, true);
    return () => document.removeEventListener("pointerdown", onPress, true);
  }, []);
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  const closing = (act: () => void) => (): void => {
    close();
    act();
  };
  return (
    <details class="menu" ref={menu}>
      <summary>{words.more}</summary>
      <div>
        <Button aria-pressed={showsQuiet.value} onClick={() => void toggle(showsQuiet)}>
          {words.reshapes}
        </Button>
        <Button onClick={() => input.current?.click()}>{words.openFile}</Button>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          hidden
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            close();
            if (file !== undefined) void openFile(file);
            // The same file may be chosen again, after it was changed.
            event.currentTarget.value = "";
          }}
        />
        <Button onClick={closing(() => (dialog.value = "tour"))}>{words.tour}</Button>
        <Button onClick={closing(() => void copyLink())}>{words.copyLink}</Button>
        <p class="hint">{words.exportAs}</p>
        <div class="formats">
          {formats.map((format) => (
            <Button
              key={format}
              data-format={format}
              onClick={closing(() => save(format).catch((error: Error) => (problem.value = error.message)))}
            >
              {format === "mmd" ? "Mermaid" : format.toUpperCase()}
            </Button>
          ))}
        </div>
      </div>
    </details>
  );
}

export function Toolbar() {
  const words = text.value;
  const title = titleShown.value || "Adjoint";
  return (
    <header class="toolbar">
      <h1 title={title.slice(0, 300)}>{shortened(title, 60)}</h1>
      <div class="tools" role="toolbar" aria-label={words.graph}>
        {isOfTraining.value && (
          <Button title={words.toTrainingHint} onClick={() => window.close()}>
            ← {words.toTraining}
          </Button>
        )}
        <Button aria-pressed={showsOutline.value} onClick={() => (showsOutline.value = !showsOutline.value)}>
          ☰ {words.outline}
        </Button>
        <Button onClick={() => camera.fit()}>{words.fit}</Button>
        <Button class="zoom" aria-label={words.zoomIn} onClick={() => camera.zoomBy(1.3)}>
          +
        </Button>
        <Button class="zoom" aria-label={words.zoomOut} onClick={() => camera.zoomBy(1 / 1.3)}>
          −
        </Button>
        {scopes.value.length > 0 && (
          <Button onClick={() => void setAllOpen(open.value.size < scopes.value.length)}>
            {open.value.size < scopes.value.length ? words.openAll : words.foldAll}
          </Button>
        )}
        {graph.value.backward !== undefined && (
          <Button aria-pressed={showsBackward.value} onClick={() => void toggle(showsBackward)}>
            {words.backward}
          </Button>
        )}
        <MoreMenu />
        <Preferences themeLabel={words.theme} />
        <Button aria-label={words.help} title={words.help} onClick={() => (dialog.value = "help")}>
          ?
        </Button>
      </div>
    </header>
  );
}
