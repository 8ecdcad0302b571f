/** Keys: on the drawing to walk and fold, anywhere else outside of text to step, search and get help. */
import { graph, homes } from "../state/document.ts";
import { goToStep, nextStep, previousStep } from "../state/stepping.ts";
import { drawing, folded, query, select, selected, showsBackward, toggle, toggleScope } from "../state/view.ts";
import { camera } from "./canvas/camera.ts";
import { type Direction, firstBox, neighbourOf } from "./canvas/walk.ts";
import { dialog, showsOutline } from "./dialogs.ts";

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export function onGraphKey(event: KeyboardEvent): void {
  const shown = drawing.value;
  if (shown === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const direction = arrows[event.key];
  if (direction !== undefined) {
    event.preventDefault();
    const from = selected.value;
    const isBackward = from !== null && folded.value.boxes.get(from)?.isBackward === true;
    const next = from === null ? firstBox(shown.layout) : neighbourOf(shown.layout, from, direction, isBackward);
    if (next !== null) select(next);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    const scope = scopeToToggle();
    if (scope !== null) void toggleScope(scope);
  }
}

/** The folded scope that is chosen, or the open one around what is chosen. */
function scopeToToggle(): string | null {
  const box = selected.value === null ? undefined : folded.value.boxes.get(selected.value);
  if (box === undefined) return null;
  if (box.scope !== null) return box.scope;
  const { scope } = graph.value.nodes[homes.value[box.nodes[0]]];
  return scope === "" ? null : scope;
}

export function onPageKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const isTyping = target.matches("input:not([type=range]), textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    if (dialog.value !== null) dialog.value = null;
    else if (closeMenu()) return;
    else if (query.value !== "") query.value = "";
    else if (isTyping) target.blur();
    else select(null);
    return;
  }
  if (isTyping || dialog.value !== null || event.ctrlKey || event.metaKey || event.altKey) return;
  // Nothing has the focus yet: arrows walk on the drawing.
  if (target === document.body && arrows[event.key] !== undefined) {
    onGraphKey(event);
    return;
  }
  const action = actions[event.key];
  // Elsewhere these two scroll.
  const isScrolling = (event.key === "Home" || event.key === "End") && !target.matches("body, #graph");
  if (action === undefined || isScrolling) return;
  event.preventDefault();
  action();
}

/** Opens the outline if it is not shown, to put the cursor where one searches. */
function search(): void {
  showsOutline.value = true;
  // The field may be there only after the page was drawn again.
  setTimeout(() => document.querySelector<HTMLInputElement>("#search")?.focus());
}

/** Closes the menu that is open; false when none is. */
function closeMenu(): boolean {
  const menu = document.querySelector<HTMLDetailsElement>(".menu[open]");
  if (menu === null) return false;
  const hadFocus = menu.contains(document.activeElement);
  menu.open = false;
  if (hadFocus) menu.querySelector("summary")?.focus();
  return true;
}

const actions: Readonly<Record<string, () => void>> = {
  n: nextStep,
  p: previousStep,
  Home: () => goToStep(-1),
  End: () => goToStep(null),
  "/": search,
  "?": () => {
    dialog.value = "help";
  },
  "+": () => camera.zoomBy(1.3),
  "=": () => camera.zoomBy(1.3),
  "-": () => camera.zoomBy(1 / 1.3),
  "0": () => camera.fit(),
  b: () => void toggle(showsBackward),
};
