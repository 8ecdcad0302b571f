/**
 * The whole drawing in a corner, with the part that the window shows: where one is, and where else one could be. It is
 * there when there is more than the window shows.
 */
import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { boxColors, isWaiting, partOf } from "../../../src/drawing/painting/appearance.ts";
import { colorsOf } from "../../../src/drawing/painting/colors.ts";
import { text, theme } from "../../state/settings.ts";
import { drawingState } from "../../state/shown.ts";
import { drawing } from "../../state/view.ts";
import { camera, view, windowSize } from "./camera.ts";

const [widest, highest] = [130, 96];

function paintMap(canvas: HTMLCanvasElement): void {
  const shown = drawing.value;
  const context = canvas.getContext("2d");
  if (shown === null || context === null) return;
  const { width, height } = shown.layout;
  const scale = Math.min(widest / width, highest / height);
  const density = Math.min(2, devicePixelRatio);
  canvas.width = Math.round(width * scale * density);
  canvas.height = Math.round(height * scale * density);
  canvas.style.width = `${Math.round(width * scale)}px`;
  canvas.style.height = `${Math.round(height * scale)}px`;
  const colors = colorsOf[theme.value];
  const state = drawingState.value;
  context.setTransform(scale * density, 0, 0, scale * density, 0, 0);
  context.fillStyle = colors.background;
  context.fillRect(0, 0, width, height);
  const least = 1.5 / scale;
  for (const [key, r] of shown.layout.boxes) {
    const box = shown.folded.boxes.get(key);
    if (box === undefined) continue;
    const part = partOf(state, box);
    context.globalAlpha = isWaiting(state, box) ? 0.3 : 1;
    context.fillStyle = part === null ? boxColors(state, box, colors)[1] : colors.current;
    context.fillRect(r.x, r.y, Math.max(r.width, least), Math.max(r.height, least));
  }
  context.globalAlpha = 1;
  const { x, y, k } = view.value;
  const size = windowSize.value;
  context.strokeStyle = colors.selected;
  context.lineWidth = 2 / scale;
  context.strokeRect(-x / k, -y / k, size.width / k, size.height / k);
}

/** Whether some of the drawing is outside of the window. */
function isCropped(): boolean {
  const layout = drawing.value?.layout;
  const { width, height } = windowSize.value;
  if (layout === undefined || width === 0) return false;
  const { x, y, k } = view.value;
  return x < -4 || y < -4 || x + layout.width * k > width + 4 || y + layout.height * k > height + 4;
}

/** The map. */
export function Minimap() {
  const element = useRef<HTMLCanvasElement>(null);
  const [isShown, setShown] = useState(false);
  useEffect(() => effect(() => setShown(isCropped())), []);
  useEffect(() => {
    if (!isShown) return;
    let frame = 0;
    const stop = effect(() => {
      drawing.value;
      drawingState.value;
      view.value;
      windowSize.value;
      theme.value;
      if (frame === 0) {
        frame = requestAnimationFrame(() => {
          frame = 0;
          if (element.current !== null) paintMap(element.current);
        });
      }
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
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
    <canvas
      class="minimap"
      ref={element}
      role="img"
      aria-label={text.value.minimap}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    />
  );
}
