/**
 * The small pictures in the boxes, fetched from the worker for what is seen, and kept until the values change. In a step
 * all tensors of the step share one scale of colours.
 */
import { effect, signal } from "@preact/signals";
import { scaleFor } from "../../../src/drawing/painting/appearance.ts";
import type { Picture } from "../../../src/drawing/values.ts";
import { engine, opened, revision } from "../../state/document.ts";
import { theme } from "../../state/settings.ts";
import { drawingState } from "../../state/shown.ts";
import { heatMap } from "./heat.ts";

const fetched = new Map<number, Picture>();
const asked = new Set<number>();
/** Counts the pictures that have arrived, so that the drawing is painted again. */
export const arrived = signal(0);

/** A picture in colours, and what these were chosen by. */
interface Coloured {
  readonly picture: Picture;
  readonly key: string;
  readonly canvas: HTMLCanvasElement;
}

const coloured = new Map<number, Coloured>();

effect(() => {
  opened.value;
  fetched.clear();
  coloured.clear();
});

effect(() => {
  revision.value;
  asked.clear();
});

/** Colours what is there. */
function inColours(ids: readonly number[]): ReadonlyMap<number, HTMLCanvasElement> {
  const found = new Map<number, HTMLCanvasElement>();
  const colours = theme.peek();
  for (const id of ids) {
    const picture = fetched.get(id);
    if (picture === undefined) continue;
    const scale = scaleFor(drawingState.peek(), id);
    const key = `${colours} ${scale}`;
    const before = coloured.get(id);
    const canvas =
      before?.picture === picture && before.key === key ? before.canvas : heatMap(picture, colours, scale || undefined);
    coloured.set(id, { picture, key, canvas });
    found.set(id, canvas);
  }
  return found;
}

/** The pictures that are there; asks for those that are not. */
export function picturesOf(ids: readonly number[]): ReadonlyMap<number, HTMLCanvasElement> {
  const missing = ids.filter((id) => !asked.has(id)).slice(0, 64);
  if (missing.length > 0) {
    for (const id of missing) asked.add(id);
    void fetchPictures(missing);
  }
  return inColours(ids);
}

/** The pictures of these nodes, all of them. */
export async function allPictures(ids: readonly number[]): Promise<ReadonlyMap<number, HTMLCanvasElement>> {
  const missing = ids.filter((id) => !asked.has(id) || !fetched.has(id));
  for (const id of missing) asked.add(id);
  await fetchPictures(missing);
  return inColours(ids);
}

async function fetchPictures(ids: readonly number[]): Promise<void> {
  const before = revision.peek();
  const found = await engine.pictures(ids, 34);
  if (before !== revision.peek()) return;
  for (const [i, picture] of found.entries()) {
    if (picture === null) fetched.delete(ids[i]);
    else fetched.set(ids[i], picture);
  }
  arrived.value++;
}
