/**
 * When the canvas is painted: at the next frame after something that is shown has changed, and while tokens run along the
 * arrows of a step.
 */
import { effect } from "@preact/signals";
import { hasPicture } from "../../../src/drawing/labels.ts";
import { colorsOf } from "../../../src/drawing/painting/colors.ts";
import { paint } from "../../painting/paint.ts";
import { graph } from "../../state/document.ts";
import { prefersStill, theme } from "../../state/settings.ts";
import { drawingState } from "../../state/shown.ts";
import { stepState } from "../../state/stepping.ts";
import { drawing } from "../../state/view.ts";
import { view } from "./camera.ts";
import { arrived, picturesOf } from "./pictures.ts";

/** How long a token runs along an arrow, in milliseconds. */
const run = 700;
/** When the tokens of the present step began to run. */
let started = Number.NEGATIVE_INFINITY;

/** How far the tokens are; null where none run. */
function tokenAt(now: number): number | null {
  if (stepState.peek() === null || prefersStill()) return null;
  const t = (now - started) / run;
  return t >= 1 ? null : Math.max(0, t * t * (3 - 2 * t));
}

/** The nodes in the window whose pictures can be made out. */
function picturedNodes(width: number, height: number): number[] {
  const shown = drawing.value;
  const { x, y, k } = view.value;
  if (shown === null || k < 0.28) return [];
  const ids: number[] = [];
  for (const [key, r] of shown.layout.boxes) {
    const box = shown.folded.boxes.get(key);
    if (box === undefined || !hasPicture(graph.value, box)) continue;
    const isSeen =
      r.x * k + x < width && (r.x + r.width) * k + x > 0 && r.y * k + y < height && (r.y + r.height) * k + y > 0;
    if (isSeen) ids.push(box.nodes[0]);
  }
  return ids;
}

/** Paints at the next frame whenever something that is shown has changed. */
export function startPainting(canvas: HTMLCanvasElement): () => void {
  const context = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
  let frame = 0;
  const repaint = (): void => {
    frame = 0;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const density = Math.min(2, devicePixelRatio);
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    const colors = colorsOf[theme.peek()];
    const shown = drawing.peek();
    if (shown === null) {
      context.fillStyle = colors.background;
      context.fillRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const pictures = picturesOf(picturedNodes(width, height));
    const running = tokenAt(performance.now());
    const window = { width, height, density };
    paint(context, shown, drawingState.peek(), { colors, view: view.peek(), window, pictures, token: running });
    if (running !== null) request();
  };
  const request = (): void => {
    if (frame === 0) frame = requestAnimationFrame(repaint);
  };
  const stopTokens = effect(() => {
    stepState.value;
    started = performance.now();
  });
  const stop = effect(() => {
    drawing.value;
    drawingState.value;
    view.value;
    theme.value;
    arrived.value;
    request();
  });
  const observer = new ResizeObserver(request);
  observer.observe(canvas);
  return () => {
    stop();
    stopTokens();
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}
