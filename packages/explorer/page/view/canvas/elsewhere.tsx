/**
 * What a step is about and the window does not show: a button for each box, with its name, its numbers and the colour of
 * its part, that leads there. A drawing in rows may have them far from each other, and text smaller than can be read helps
 * nobody.
 */
import { effect, untracked } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { labelOf, resultOf } from "../../../src/drawing/labels.ts";
import { type BoxPart, numbersOf, partOf } from "../../../src/drawing/painting/appearance.ts";
import { graph } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { drawingState } from "../../state/shown.ts";
import { presentStep } from "../../state/stepping.ts";
import { drawing, folded, selected } from "../../state/view.ts";
import { Button } from "../parts.tsx";
import { camera, view, windowSize } from "./camera.ts";
import { type Room, roomOf } from "./room.ts";

interface Away {
  readonly key: string;
  readonly part: Exclude<BoxPart, null>;
  readonly sign: string;
}

/**
 * The boxes of the present step that are not in the window, op first, and where they are: not those of what a rule computes
 * on its way.
 */
function awayFrom({ width, height }: Room): Away[] {
  const shown = drawing.peek();
  const state = drawingState.peek();
  if (shown === null || state.step === null) return [];
  const { x, y, k } = view.peek();
  const found: Away[] = [];
  const { current, upstream, receivers, given } = state.step;
  const ops = [...current].filter((id) => state.graph.nodes[id].role !== "gradient");
  const keys = new Set([...ops, ...upstream, ...receivers, ...given].map((id) => shown.folded.boxOf[id] ?? ""));
  for (const key of keys) {
    const [r, box] = [shown.layout.boxes.get(key), shown.folded.boxes.get(key)];
    const part = box === undefined ? null : partOf(state, box);
    if (r === undefined || part === null) continue;
    const [left, top] = [r.x * k + x, r.y * k + y];
    const [right, bottom] = [left + r.width * k, top + r.height * k];
    // The middle of a box that is larger than the window counts for all of it.
    const isSeen = (left >= -1 && right <= width + 1) || (r.width * k > width && left < width / 2 && right > width / 2);
    const isLevel =
      (top >= -1 && bottom <= height + 1) || (r.height * k > height && top < height / 2 && bottom > height / 2);
    if (isSeen && isLevel) continue;
    const sign = top < -1 ? "↑" : bottom > height + 1 ? "↓" : left < -1 ? "←" : "→";
    found.push({ key, part, sign });
  }
  const order = ["current", "upstream", "receiver"];
  return found.sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
}

/** What a box is called, and its number where it has one. */
function nameAndNumber(key: string): string {
  const box = folded.value.boxes.get(key);
  if (box === undefined) return key;
  const { title, detail } = labelOf(graph.value, box);
  const { value, gradient } = numbersOf(drawingState.value, box);
  const isNumber = box.scope === null && graph.value.nodes[resultOf(graph.value, box)].shape.length === 0;
  return [title.replace("▸ ", ""), isNumber ? value : detail, gradient].filter((part) => part !== "").join(" ");
}

export function Elsewhere() {
  const [away, setAway] = useState<readonly Away[]>([]);
  useEffect(() => {
    let frame = 0;
    const look = (): void => {
      const canvas = document.querySelector<HTMLCanvasElement>("#graph");
      const next = canvas === null ? [] : awayFrom(roomOf(canvas));
      setAway((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    const stop = effect(() => {
      view.value;
      windowSize.value;
      drawing.value;
      drawingState.value;
      untracked(look);
    });
    // Details that open cover a part of the window in the frame after.
    const stopDetails = effect(() => {
      selected.value;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(look);
      });
    });
    return () => {
      stop();
      stopDetails();
      cancelAnimationFrame(frame);
    };
  }, []);
  if (presentStep.value === null || away.length === 0) return null;
  const words = text.value;
  return (
    <nav class="elsewhere" aria-label={words.elsewhere}>
      {away.map(({ key, part, sign }) => (
        <Button
          key={key}
          class={`small ${part}`}
          data-box={key}
          title={words.parts[part]}
          onClick={() => {
            const r = drawing.value?.layout.boxes.get(key);
            if (r !== undefined) camera.show(r);
          }}
        >
          {sign} {nameAndNumber(key)}
        </Button>
      ))}
    </nav>
  );
}
