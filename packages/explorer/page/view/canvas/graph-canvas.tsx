/** The drawing in its window, and the mouse or finger on it. */
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { resultOf } from "../../../src/drawing/labels.ts";
import type { PreparedDrawing } from "../../painting/frame.ts";
import { graph } from "../../state/document.ts";
import { pointAt } from "../../state/lit.ts";
import { text } from "../../state/settings.ts";
import { stepState } from "../../state/stepping.ts";
import { asides, drawing, fits, select, selected, toggleScope } from "../../state/view.ts";
import { onGraphKey } from "../keyboard.ts";
import { camera, windowSize } from "./camera.ts";
import { hit } from "./hit.ts";
import { showChosen, startMoving } from "./moving.ts";
import { startPainting } from "./painting.ts";

/** Acts when the next frame has laid out the page anew. */
function afterNextFrame(act: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(act));
}

/**
 * Keeps a place of the drawing where it was when other boxes are drawn: what is chosen, or else the layer that was opened
 * or folded.
 */
function holdPlace(before: PreparedDrawing, now: PreparedDrawing): void {
  if (before.folded === now.folded) return;
  const chosen = selected.peek();
  const places = [...(chosen === null ? [] : [chosen]), ...before.layout.boxes.keys()];
  for (const key of places) {
    const box = before.folded.boxes.get(key);
    const isChosen = key === chosen;
    if (box === undefined || (!isChosen && now.layout.boxes.has(key))) continue;
    const was = before.layout.boxes.get(key);
    const is = now.layout.boxes.get(now.folded.boxOf[box.nodes[0]] ?? "");
    if (was !== undefined && is !== undefined) {
      camera.hold(was, is);
      return;
    }
  }
}

export function GraphCanvas() {
  const element = useRef<HTMLCanvasElement>(null);
  /** The box that the first press of two was on: the second one finds the drawing moved, if details have opened. */
  const pressed = useRef<string | undefined>(undefined);
  useEffect(() => {
    const canvas = element.current as HTMLCanvasElement;
    const stops = [startPainting(canvas), startMoving(canvas)];
    let first = true;
    let isStepping = false;
    let before = drawing.peek();
    stops.push(
      effect(() => {
        const shown = drawing.value;
        if (shown === null) return;
        if (first) {
          camera.measure();
          camera.home();
        } else if (before !== null) holdPlace(before, shown);
        first = false;
        before = shown;
      }),
      effect(() => {
        fits.value;
        camera.measure();
        camera.home();
      }),
      effect(() => {
        asides.value;
        // Who saw all of it sees all of it beside what opens in the next frame.
        if (first || !camera.showsAll(windowSize.peek())) return;
        afterNextFrame(() => {
          camera.measure();
          camera.home();
          showChosen();
        });
      }),
      effect(() => {
        selected.value;
        drawing.value;
        const begins = stepState.value !== null && !isStepping;
        isStepping = stepState.value !== null;
        // A frame later: the details may just have opened, and the window be narrower.
        if (first) return;
        afterNextFrame(() => {
          if (begins) camera.settle();
          showChosen();
        });
      }),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  const at = (event: MouseEvent) => hit(event.offsetX, event.offsetY);
  const onClick = (event: MouseEvent): void => {
    if (event.detail > 1 && pressed.current !== undefined) return;
    const { box, title, sign } = at(event);
    pressed.current = sign ? undefined : box;
    const scope = box === undefined ? title : drawing.value?.folded.boxes.get(box)?.scope;
    if (scope != null && (box === undefined || sign)) void toggleScope(scope);
    else select(box ?? null);
  };
  const onDoubleClick = (): void => {
    const box = pressed.current;
    const scope = box === undefined ? null : drawing.value?.folded.boxes.get(box)?.scope;
    if (scope != null) void toggleScope(scope);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const { box, title, place } = at(event);
    const canvas = event.currentTarget as HTMLElement;
    canvas.style.cursor = box === undefined && title === undefined ? "grab" : "pointer";
    const found = box === undefined || place === undefined ? undefined : drawing.value?.folded.boxes.get(box);
    const node = found === undefined ? undefined : resultOf(graph.value, found);
    pointAt(node === undefined || place === undefined ? null : { node, place });
  };
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: screen readers must leave the arrow keys to it
    <canvas
      id="graph"
      ref={element}
      tabIndex={0}
      role="application"
      aria-label={text.value.graphLabel(graph.value.nodes.length, drawing.value?.layout.boxes.size ?? 0)}
      onClick={onClick}
      onDblClick={onDoubleClick}
      onPointerMove={onPointerMove}
      onPointerLeave={() => pointAt(null)}
      onKeyDown={onGraphKey}
    />
  );
}
