/**
 * The whole drawing in a corner, with the part that the window shows: where one is, and where else one could be. It is
 * there when there is more than the window shows.
 */
import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { shortened } from "../../../src/drawing/labels.ts";
import type { Rectangle } from "../../../src/drawing/layout/geometry.ts";
import type { Layout } from "../../../src/drawing/layout/layout.ts";
import { boxColors, type DrawingState, isWaiting, partOf } from "../../../src/drawing/painting/appearance.ts";
import { type Colors, colorsOf } from "../../../src/drawing/painting/colors.ts";
import type { PreparedDrawing } from "../../painting/frame.ts";
import { graph } from "../../state/document.ts";
import { text, theme } from "../../state/settings.ts";
import { drawingState } from "../../state/shown.ts";
import { drawing, nameOf, selected } from "../../state/view.ts";
import { Button } from "../parts.tsx";
import { camera, view, windowSize } from "./camera.ts";

const [widest, highest] = [130, 96];
const leastWidth = 20;
/** About how much room the button below the map takes. */
const buttonSize = { width: 80, height: 36 } as const;

/** How large the map of a drawing is, in pixels of the page, and its scale. */
function sizeOf({ width, height }: Layout) {
  const scale = Math.min(widest / width, highest / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale), scale };
}

/** The boxes on the map: they change with the drawing and with steps, and stay while the window moves. */
function paintBoxes(shown: PreparedDrawing, state: DrawingState, colors: Colors, density: number): HTMLCanvasElement {
  const { width, height, scale } = sizeOf(shown.layout);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * density));
  canvas.height = Math.max(1, Math.round(height * density));
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.scale(scale * density, scale * density);
  context.fillStyle = colors.background;
  context.fillRect(0, 0, shown.layout.width, shown.layout.height);
  const least = 1.5 / scale;
  for (const [key, r] of shown.layout.boxes) {
    const box = shown.folded.boxes.get(key);
    if (box === undefined) continue;
    context.globalAlpha = isWaiting(state, box) ? 0.3 : 1;
    context.fillStyle = partOf(state, box) === null ? boxColors(state, box, colors)[1] : colors.current;
    context.fillRect(r.x, r.y, Math.max(r.width, least), Math.max(r.height, least));
  }
  return canvas;
}

/** The map: its boxes, and the part that the window shows. */
function paintMap(canvas: HTMLCanvasElement, boxes: HTMLCanvasElement, density: number): void {
  const context = canvas.getContext("2d");
  const layout = drawing.peek()?.layout;
  if (layout === undefined || context === null) return;
  if (canvas.width !== boxes.width || canvas.height !== boxes.height) {
    [canvas.width, canvas.height] = [boxes.width, boxes.height];
    const { width, height } = sizeOf(layout);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    // Nothing could be made out on the map of a drawing that is so much higher than wide.
    canvas.hidden = width < leastWidth;
  }
  context.drawImage(boxes, 0, 0);
  const { x, y, k } = view.peek();
  const size = windowSize.peek();
  const scale = sizeOf(layout).scale * density;
  context.strokeStyle = colorsOf[theme.peek()].selected;
  context.lineWidth = 2 * density;
  context.strokeRect((-x / k) * scale, (-y / k) * scale, (size.width / k) * scale, (size.height / k) * scale);
}

const corners = ["top right", "bottom right", "top left", "bottom left"] as const;
type Corner = (typeof corners)[number];

/** The corner of the window in which the map covers least: the present one, if it is among the best. */
function freeCorner(present: Corner): Corner {
  const layout = drawing.peek()?.layout;
  if (layout === undefined) return present;
  const { x, y, k } = view.peek();
  const size = windowSize.peek();
  const chosen = selected.peek();
  const map = sizeOf(layout);
  const [width, height] = [Math.max(map.width, buttonSize.width), map.height + buttonSize.height];
  const covered = (corner: Corner): number => {
    const left = corner.endsWith("left") ? 0 : size.width - width - 16;
    const top = corner.startsWith("top") ? 0 : size.height - height - 16;
    let area = 0;
    for (const [key, r] of layout.boxes) {
      const across = Math.min(left + width + 16, (r.x + r.width) * k + x) - Math.max(left, r.x * k + x);
      const down = Math.min(top + height + 16, (r.y + r.height) * k + y) - Math.max(top, r.y * k + y);
      if (across > 0 && down > 0) area += across * down * (key === chosen ? 100 : 1);
    }
    return area;
  };
  let [best, least] = [present, covered(present)];
  for (const corner of corners) {
    if (least === 0) break;
    const area = covered(corner);
    if (area < least) [best, least] = [corner, area];
  }
  return best;
}

/** Whether the box of the graph's result is in the window. */
function isEndSeen(): boolean {
  const r = endOf();
  const { x, y, k } = view.value;
  const { width, height } = windowSize.value;
  if (r === undefined) return false;
  return r.x * k + x >= 0 && r.y * k + y >= 0 && (r.x + r.width) * k + x <= width && (r.y + r.height) * k + y <= height;
}

function endOf(): Rectangle | undefined {
  const shown = drawing.value;
  const [output] = graph.value.outputs;
  return output === undefined ? undefined : shown?.layout.boxes.get(shown.folded.boxOf[output] ?? "");
}

/** Leads to the end of a drawing that is seen from its beginning, and back. */
function OtherEnd() {
  const words = text.value;
  const [output] = graph.value.outputs;
  if (output === undefined) return null;
  const isBack = isEndSeen();
  const { x, y, k } = view.value;
  // The beginning is the corner where the first row begins.
  if (isBack && x >= -4 && y >= -4) return null;
  const isAbove = (endOf()?.y ?? 0) * k + y < 0;
  const go = (): void => {
    const r = endOf();
    if (isBack) camera.home();
    else if (r !== undefined) camera.show(r);
  };
  return (
    <Button class="small" onClick={go}>
      {isBack ? words.toBeginning : words.toResult(isAbove ? "↑" : "↓", shortened(nameOf(output), 16))}
    </Button>
  );
}

/** Whether some of the drawing is outside of the window. */
function isCropped(): boolean {
  const layout = drawing.value?.layout;
  const { width, height } = windowSize.value;
  if (layout === undefined || width === 0) return false;
  const { x, y, k } = view.value;
  return x < -4 || y < -4 || x + layout.width * k > width + 4 || y + layout.height * k > height + 4;
}

export function Minimap() {
  const element = useRef<HTMLCanvasElement>(null);
  const [isShown, setShown] = useState(false);
  const [corner, setCorner] = useState<Corner>("top right");
  useEffect(() => effect(() => setShown(isCropped())), []);
  useEffect(() => {
    if (!isShown) return;
    const density = Math.min(2, devicePixelRatio);
    let boxes: HTMLCanvasElement | null = null;
    let frame = 0;
    let rest = 0;
    const stopBoxes = effect(() => {
      const shown = drawing.value;
      boxes = shown === null ? null : paintBoxes(shown, drawingState.value, colorsOf[theme.value], density);
    });
    const stop = effect(() => {
      drawing.value;
      drawingState.value;
      view.value;
      windowSize.value;
      theme.value;
      if (frame === 0) {
        frame = requestAnimationFrame(() => {
          frame = 0;
          if (element.current !== null && boxes !== null) paintMap(element.current, boxes, density);
        });
      }
      // It makes way once the window rests.
      clearTimeout(rest);
      rest = setTimeout(() => setCorner(freeCorner), 120);
    });
    return () => {
      stopBoxes();
      stop();
      cancelAnimationFrame(frame);
      clearTimeout(rest);
    };
  }, [isShown]);
  if (!isShown) return null;
  const go = (event: PointerEvent): void => {
    const layout = drawing.value?.layout;
    const canvas = event.currentTarget as HTMLCanvasElement;
    if (layout === undefined || event.buttons === 0) return;
    const box = canvas.getBoundingClientRect();
    camera.center(
      ((event.clientX - box.left) / box.width) * layout.width,
      ((event.clientY - box.top) / box.height) * layout.height,
    );
  };
  return (
    <div class={`minimap ${corner}`}>
      <canvas
        ref={element}
        role="img"
        aria-label={text.value.minimap}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={go}
      />
      <OtherEnd />
    </div>
  );
}
