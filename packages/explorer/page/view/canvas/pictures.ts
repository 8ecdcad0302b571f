/**
 * The small pictures in the boxes, fetched from the worker for what is seen, and kept until the values change.
 */
import { effect, signal } from "@preact/signals";
import { engine, opened, revision } from "../../state/document.ts";
import { theme } from "../../state/settings.ts";
import { heatMap } from "./heat.ts";

const pictures = new Map<number, HTMLCanvasElement>();
const asked = new Set<number>();
/** Counts the pictures that have arrived, so that the drawing is painted again. */
export const arrived = signal(0);

effect(() => {
  opened.value;
  pictures.clear();
});

effect(() => {
  revision.value;
  theme.value;
  asked.clear();
});

/** The pictures that are there; asks for those that are not. */
export function picturesOf(ids: readonly number[]): ReadonlyMap<number, HTMLCanvasElement> {
  const missing = ids.filter((id) => !asked.has(id)).slice(0, 64);
  if (missing.length > 0) {
    for (const id of missing) asked.add(id);
    void fetchPictures(missing);
  }
  return pictures;
}

/** The pictures of these nodes, all of them. */
export async function allPictures(ids: readonly number[]): Promise<ReadonlyMap<number, HTMLCanvasElement>> {
  const missing = ids.filter((id) => !asked.has(id) || !pictures.has(id));
  for (const id of missing) asked.add(id);
  await fetchPictures(missing);
  return pictures;
}

async function fetchPictures(ids: readonly number[]): Promise<void> {
  const [before, colours] = [revision.peek(), theme.peek()];
  const found = await engine.pictures(ids, 30);
  if (before !== revision.peek() || colours !== theme.peek()) return;
  for (const [i, picture] of found.entries()) {
    if (picture === null) pictures.delete(ids[i]);
    else pictures.set(ids[i], heatMap(picture, colours));
  }
  arrived.value++;
}
