/** What moves the window over the drawing: wheel, mouse, fingers and {@link camera}. */
import { select as selectElement } from "d3-selection";
import { type D3ZoomEvent, zoom, zoomIdentity } from "d3-zoom";
import { largestScale, leastReadable } from "../../../src/drawing/layout/fit.ts";
import { around } from "../../../src/drawing/layout/geometry.ts";
import type { View } from "../../painting/frame.ts";
import { prefersStill } from "../../state/settings.ts";
import { presentStep, stepState } from "../../state/stepping.ts";
import { drawing, folded, room, selected, way } from "../../state/view.ts";
import { camera, view, windowSize } from "./camera.ts";
import { roomOf } from "./room.ts";

/** By how much the bar of steps grows with its text, in pixels: less than that changes no layout. */
const tallestBar = 90;

/** How much room a row of buttons takes that lead to what is far away. */
const buttonRow = 34;

/** Brings what is chosen into sight; in a step also where its gradients arrive, and where they come from. */
export function showChosen(): void {
  const boxes = drawing.peek()?.layout.boxes;
  const { boxOf } = folded.peek();
  // An address may name a step alone.
  const stepped = presentStep.peek();
  const key = selected.peek() ?? (stepped === null ? null : boxOf[stepped.node]);
  const chosen = key === null ? undefined : boxes?.get(key);
  if (boxes === undefined || chosen === undefined) return;
  const state = stepState.peek();
  const isOfStep = state !== null && stepped?.nodes.some((node) => boxOf[node] === key);
  const all = isOfStep ? [...state.given, ...state.receivers, ...state.upstream, ...state.current] : [];
  // Where there is not room for all: what the way that is shown meets.
  const along = new Set(way.peek());
  const met = isOfStep ? [...state.receivers, ...all].filter((id) => along.has(id)) : [];
  const ids = [...met, ...all];
  const others = [...new Set(ids.map((id) => boxOf[id]))].flatMap((other) => boxes.get(other ?? "") ?? []);
  camera.show(chosen, ...others);
}

/** Lets d3-zoom move the window, by wheel, mouse, fingers and {@link camera}. */
export function startMoving(canvas: HTMLCanvasElement): () => void {
  const target = selectElement<HTMLCanvasElement, unknown>(canvas);
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([0.02, 4])
    .clickDistance(4)
    .on("zoom", (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      const { x, y, k } = event.transform;
      if (event.sourceEvent !== null) isHome = false;
      view.value = { x, y, k };
    })
    .on("start", (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      if (event.sourceEvent === null) return;
      cancelAnimationFrame(flight);
      destination = null;
    });
  target.call(behaviour).on("dblclick.zoom", null);
  let flight = 0;
  /** Where the window is, or will be when its flight ends. */
  let destination: View | null = null;
  const present = (): View => destination ?? view.peek();
  /** Whether the reader has left the window where it shows everything, or its beginning. */
  let isHome = true;
  const set = ({ x, y, k }: View): void => {
    target.call(behaviour.transform, zoomIdentity.translate(x, y).scale(k));
  };
  const jump = (to: View): void => {
    cancelAnimationFrame(flight);
    destination = null;
    set(to);
  };
  const fly = (to: View): void => {
    cancelAnimationFrame(flight);
    destination = to;
    const from = view.peek();
    if (prefersStill()) {
      jump(to);
      return;
    }
    const start = performance.now();
    const advance = (now: number): void => {
      const t = Math.min(1, Math.max(0, (now - start) / 220));
      const ease = t * (2 - t);
      const mix = (a: number, b: number): number => a + (b - a) * ease;
      set({ x: mix(from.x, to.x), y: mix(from.y, to.y), k: mix(from.k, to.k) });
      if (t < 1) flight = requestAnimationFrame(advance);
      else destination = null;
    };
    flight = requestAnimationFrame(advance);
  };
  /** Shows the whole drawing where its scale is not below the least, else its beginning, at another scale. */
  const fitAt = (least: number, other?: number): void => {
    const layout = drawing.peek()?.layout;
    if (layout === undefined) return;
    const free = roomOf(canvas);
    const whole = Math.min(free.width / layout.width, free.height / layout.height);
    const ofBeginning = other ?? Math.min(1, free.width / layout.width);
    const k = Math.min(largestScale, Math.max(0.02, whole >= least ? whole : ofBeginning));
    const start = (size: number, most: number): number => (size * k > most ? 0 : (most - size * k) / 2);
    isHome = true;
    fly({ k, x: start(layout.width, free.width), y: start(layout.height, free.height) });
  };
  camera.measure = () => {
    const next = { width: Math.max(240, canvas.clientWidth), height: canvas.clientHeight };
    const before = room.peek();
    if (Math.abs(before.width - next.width) > 8 || Math.abs(before.height - next.height) > tallestBar)
      room.value = next;
  };
  camera.fit = () => {
    camera.measure();
    fitAt(0);
  };
  camera.home = () => fitAt(leastReadable);
  camera.settle = () => {
    const layout = drawing.peek()?.layout;
    if (!isHome || layout === undefined) return;
    const free = roomOf(canvas);
    const whole = Math.min(free.width / layout.width, free.height / layout.height);
    if (whole >= leastReadable || present().k > 1) fitAt(leastReadable, leastReadable);
  };
  camera.showsAll = (size = roomOf(canvas)) => {
    const layout = drawing.peek()?.layout;
    if (layout === undefined) return false;
    const { x, y, k } = present();
    const isWide = x >= -1 && x + layout.width * k <= size.width + 1;
    return isWide && y >= -1 && y + layout.height * k <= size.height + 1;
  };
  camera.hold = (was, is) => {
    const { x, y, k } = present();
    isHome = false;
    jump({ x: x + (was.x - is.x) * k, y: y + (was.y - is.y) * k, k });
  };
  camera.center = (px, py) => {
    const { k } = present();
    isHome = false;
    jump({ x: canvas.clientWidth / 2 - px * k, y: canvas.clientHeight / 2 - py * k, k });
  };
  camera.zoomBy = (factor) => {
    isHome = false;
    const { x, y, k } = present();
    const to = Math.max(0.02, Math.min(4, k * factor));
    const [cx, cy] = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    fly({ k: to, x: cx - ((cx - x) / k) * to, y: cy - ((cy - y) / k) * to });
  };
  camera.show = (first, ...more) => {
    const { x, y, k } = present();
    let free = roomOf(canvas);
    // Where all of the drawing can be seen and read there is nothing to bring nearer.
    if (k >= 0.45 && camera.showsAll()) return;
    let scale = Math.max(k, Math.min(leastReadable, free.width / (first.width + 40)));
    const all = around([first, ...more]);
    const whole = Math.min((free.width - 16) / all.width, (free.height - 16) / all.height);
    if (whole < scale && whole >= leastReadable) scale = whole;
    // What is far away has a button in the row above: see elsewhere.tsx.
    let above = 0;
    if (whole < scale) {
      above = buttonRow;
      free = { ...free, height: Math.max(120, free.height - above) };
    }
    let r = first;
    for (const next of more) {
      const both = around([r, next]);
      if (both.width * scale <= free.width - 16 && both.height * scale <= free.height - 16) r = both;
    }
    // As little as is needed: nothing of what is in sight, the rest with some of its neighbours.
    const shift = (low: number, size: number, most: number): number => {
      if (low >= 4 && low + size <= most - 4) return 0;
      const margin = Math.min(60, Math.max(0, (most - size) / 2));
      return low < margin ? margin - low : low + size > most - margin ? most - margin - low - size : 0;
    };
    const [left, top] =
      scale === k
        ? [r.x * k + x, r.y * k + y - above]
        : [(free.width - r.width * scale) / 2, (free.height - r.height * scale) / 2];
    const dx = shift(left, r.width * scale, free.width);
    const dy = shift(top, r.height * scale, free.height);
    if (scale === k && dx === 0 && dy === 0) return;
    fly({ k: scale, x: left + dx - r.x * scale, y: top + above + dy - r.y * scale });
  };
  // A window of another size sets the drawing in other rows, and shows everything again, or what is chosen. What opens and
  // closes in it leaves the rows as they are: the bar below, which grows with its text, does not move the drawing, nor do
  // the details that a press on a box opens. What was pressed stays where it is, as far as it can.
  let size = { width: 0, height: 0 };
  let window = { width: 0, height: 0 };
  const observer = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = canvas;
    windowSize.value = { width, height };
    if (innerWidth !== window.width || Math.abs(innerHeight - window.height) > tallestBar) {
      window = { width: innerWidth, height: innerHeight };
      size = { width, height };
      const before = drawing.peek()?.layout.rows;
      camera.measure();
      if (isHome || drawing.peek()?.layout.rows !== before) camera.home();
      showChosen();
      return;
    }
    if (width === size.width && Math.abs(height - size.height) < tallestBar) {
      // What the bar now covers comes back into sight.
      if (stepState.peek() !== null) showChosen();
      return;
    }
    const isBesideDetails = width < size.width && selected.peek() !== null && stepState.peek() === null;
    size = { width, height };
    if (!isBesideDetails) camera.settle();
    showChosen();
  });
  observer.observe(canvas);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(flight);
    target.on(".zoom", null);
  };
}
