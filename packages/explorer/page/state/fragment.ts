/**
 * The state of the page in its address, so that what one sees can be sent: `#open=conv1&node=n5&step=3&edit=0.0:150`.
 */
import { sizeOf } from "@adjoint/tensor";
import { batch } from "@preact/signals";
import { openAtFirst } from "../../src/drawing/fold.ts";
import { accepted } from "../engine/element.ts";
import type { Edits } from "../engine/session.ts";
import { graph, homes, scopes } from "./document.ts";
import { applyPreferences, isEmbedded, keepPreferences } from "./settings.ts";
import { course, reached } from "./stepping.ts";
import {
  asides,
  edits,
  fits,
  folded,
  layOut,
  open,
  selected,
  setEdits,
  showsBackward,
  showsQuiet,
  way,
} from "./view.ts";
import { windows, windowsOf, windowsText } from "./windows.ts";

/** The present state as a fragment, without `#`. */
export function fragmentOf(): string {
  const parts = new URLSearchParams();
  const paths = [...open.value];
  if (paths.length > 0 && paths.length === scopes.value.length) parts.set("open", "*");
  else if (paths.length > 0) parts.set("open", JSON.stringify(paths));
  else if (scopes.value.length > 0) parts.set("open", "");
  if (!showsBackward.value) parts.set("backward", "0");
  if (selected.value !== null) parts.set("node", selected.value);
  if (showsQuiet.value) parts.set("reshapes", "1");
  if (reached.value !== null) parts.set("step", String(reached.value));
  if (way.value !== null) parts.set("way", way.value.join("."));
  if (windows.value !== null) parts.set("windows", windowsText(windows.value));
  const changes = [...edits.value].flatMap(([leaf, elements]) =>
    [...elements].map(([place, value]) => `${leaf}.${place}:${value}`),
  );
  if (changes.length > 0) parts.set("edit", changes.join(";"));
  if (isEmbedded.value) parts.set("embed", "1");
  keepPreferences(parts);
  return parts.toString();
}

/** Whether a fragment says what is seen of a graph, and not only in which language and colours. */
export function saysWhatIsSeen(fragment: string): boolean {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  return ["open", "backward", "node", "step", "windows"].some((key) => parts.has(key));
}

function pathsOf(value: string): string[] {
  if (value === "*") return [...scopes.value];
  try {
    const paths: unknown = JSON.parse(value);
    return Array.isArray(paths) ? scopes.value.filter((path) => paths.includes(path)) : [];
  } catch {
    return [];
  }
}

function editsOf(value: string): Edits {
  const found = new Map<number, Map<number, number>>();
  for (const part of value.split(";")) {
    const [, leaf, place, number] = /^(\d+)\.(\d+):(.+)$/.exec(part) ?? [];
    const node = graph.value.nodes[Number(leaf)];
    if (node === undefined || node.op !== null || Number(place) >= sizeOf(node.shape)) continue;
    const value = accepted(number, node.dtype);
    if (value === null) continue;
    const elements = found.get(Number(leaf)) ?? new Map<number, number>();
    found.set(Number(leaf), elements.set(Number(place), value));
  }
  return found;
}

/** The scopes that a node is in, which have to be open for it to be seen. */
function scopesAround(key: string | null): string[] {
  const [, id] = /^n(\d+)$/.exec(key ?? "") ?? [];
  const home = id === undefined ? undefined : homes.value[Number(id)];
  const scope = home === undefined ? "" : graph.value.nodes[home].scope;
  return scopes.value.filter((path) => scope === path || scope.startsWith(`${path}/`));
}

/** Takes the state over from a fragment; what it says of other graphs is passed over. */
export async function applyFragment(fragment: string): Promise<void> {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const paths = parts.get("open");
  const hadDetails = selected.peek() !== null;
  batch(() => {
    const initial = openAtFirst(graph.value);
    open.value = new Set(paths === null ? [...initial, ...scopesAround(parts.get("node"))] : pathsOf(paths));
    showsBackward.value = parts.get("backward") !== "0";
    showsQuiet.value = parts.get("reshapes") === "1";
    // Walking starts from what is chosen, which must therefore be there.
    const chosen = parts.get("node");
    selected.value = chosen !== null && folded.value.boxes.has(chosen) ? chosen : null;
    const at = parts.get("step") || null;
    const last = course.value.steps.at(-1)?.index ?? -1;
    reached.value = at === null || !Number.isInteger(Number(at)) ? null : Math.max(-1, Math.min(last, Number(at)));
    const along = (parts.get("way") ?? "").split(".").filter((id) => /^\d+$/.test(id));
    const known = along.map(Number).filter((id) => id < graph.value.nodes.length);
    way.value = known.length === 0 ? null : known;
    windows.value = windowsOf(parts.get("windows") ?? "");
    isEmbedded.value = parts.get("embed") === "1";
    applyPreferences(parts);
  });
  if (await layOut()) fits.value++;
  else if ((selected.value !== null) !== hadDetails) asides.value++;
  const changes = editsOf(parts.get("edit") ?? "");
  if (changes.size > 0 || edits.value.size > 0) await setEdits(changes);
}
