/**
 * The drawing in its window: painting, panning and zooming, and the mouse or finger on it.
 */
import { effect } from "@preact/signals";
import { select as selectElement } from "d3-selection";
import { type D3ZoomEvent, zoom, zoomIdentity } from "d3-zoom";
import { useEffect, useRef } from "preact/hooks";
import { hasPicture } from "../../drawing/labels.ts";
import type { Rectangle } from "../../drawing/layout/cell.ts";
import { colorsOf } from "../../drawing/painting/colors.ts";
import { paint, type View } from "../../drawing/painting/paint.ts";
import { graph } from "../../state/document.ts";
import { prefersStill, text, theme } from "../../state/settings.ts";
import { drawing, drawingState, fits, select, selected, toggleScope } from "../../state/view.ts";
import { onGraphKey } from "../keyboard.ts";
import { camera, view } from "./camera.ts";
import { arrived, picturesOf } from "./pictures.ts";

/** The part of the window that panels do not cover, on small screens. */
function roomOf(canvas: HTMLCanvasElement): { readonly width: number; readonly height: number } {
  const sheet = matchMedia("(max-width: 999px)").matches ? document.querySelector<HTMLElement>(".panel.sheet") : null;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (sheet === null) return { width, height };
  const isBeside = sheet.offsetWidth < width;
  return isBeside
    ? { width: Math.max(120, width - sheet.offsetWidth), height }
    : { width, height: Math.max(120, height - sheet.offsetHeight) };
}

/** The box or title of an open scope at a point of the window. */
export function hit(x: number, y: number): { readonly box?: string; readonly title?: string; readonly sign?: boolean } {
  const shown = drawing.value;
  if (shown === null) return {};
  const { k, x: left, y: top } = view.value;
  const [px, py] = [(x - left) / k, (y - top) / k];
  const within = (r: Rectangle): boolean => px >= r.x && px <= r.x + r.width && py >= r.y && py <= r.y + r.height;
  for (const [key, r] of shown.layout.boxes) {
    if (within(r)) return { box: key, sign: px < r.x + 26 };
  }
  for (const [path, r] of [...shown.layout.regions].toReversed()) {
    if (within({ ...r, height: 28 })) return { title: path };
  }
  return {};
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
function startPainting(canvas: HTMLCanvasElement): () => void {
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
    paint(context, shown, drawingState.peek(), colors, view.peek(), { width, height, density }, pictures);
  };
  const request = (): void => {
    if (frame === 0) frame = requestAnimationFrame(repaint);
  };
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
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}

/** Lets d3-zoom move the window, by wheel, mouse, fingers and {@link camera}. */
function startMoving(canvas: HTMLCanvasElement): () => void {
  const target = selectElement<HTMLCanvasElement, unknown>(canvas);
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([0.02, 4])
    .clickDistance(4)
    .on("zoom", (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      const { x, y, k } = event.transform;
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
  /** Where the window was put to show everything; it is no longer there once it was moved. */
  let fitted: View | null = null;
  const fly = (to: View): void => {
    cancelAnimationFrame(flight);
    destination = to;
    const from = view.peek();
    const set = ({ x, y, k }: View): void => {
      target.call(behaviour.transform, zoomIdentity.translate(x, y).scale(k));
    };
    if (prefersStill()) {
      set(to);
      destination = null;
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
  camera.fit = () => {
    const layout = drawing.peek()?.layout;
    if (layout === undefined) return;
    const room = roomOf(canvas);
    // What would be too small to read is shown from its beginning.
    const whole = Math.min(room.width / layout.width, room.height / layout.height);
    const k = Math.min(1.4, whole < 0.5 ? Math.min(room.height / layout.height, 0.75) : whole);
    const x = layout.width * k > room.width ? 0 : (room.width - layout.width * k) / 2;
    fitted = { k, x, y: (room.height - layout.height * k) / 2 };
    fly(fitted);
  };
  camera.zoomBy = (factor) => {
    const { x, y, k } = present();
    const to = Math.max(0.02, Math.min(4, k * factor));
    const [cx, cy] = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    fly({ k: to, x: cx - ((cx - x) / k) * to, y: cy - ((cy - y) / k) * to });
  };
  camera.show = (r) => {
    const { x, y, k } = present();
    const room = roomOf(canvas);
    const layout = drawing.peek()?.layout;
    // Where all of the drawing can be seen and read there is nothing to bring nearer.
    const isWhole = layout !== undefined && x >= 0 && y >= 0 && x + layout.width * k <= room.width + 1;
    if (isWhole && k >= 0.45 && y + layout.height * k <= room.height + 1) return;
    const scale = Math.max(k, 0.45);
    // As little as is needed, with some of the neighbours in sight.
    const shift = (low: number, size: number, most: number): number => {
      const margin = Math.min(70, Math.max(0, (most - size) / 2));
      return low < margin ? margin - low : low + size > most - margin ? most - margin - low - size : 0;
    };
    const [left, top] =
      scale === k
        ? [r.x * k + x, r.y * k + y]
        : [(room.width - r.width * scale) / 2, (room.height - r.height * scale) / 2];
    const dx = shift(left, r.width * scale, room.width);
    const dy = shift(top, r.height * scale, room.height);
    if (scale === k && dx === 0 && dy === 0) return;
    fly({ k: scale, x: left + dx - r.x * scale, y: top + dy - r.y * scale });
  };
  // A window of another size shows everything again, or what is chosen; the bar below, which grows with its text, does
  // not move the drawing.
  let size = { width: 0, height: 0 };
  const observer = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === size.width && Math.abs(height - size.height) < 60) return;
    size = { width, height };
    const { x, y, k } = present();
    const key = selected.peek();
    const chosen = key === null ? undefined : drawing.peek()?.layout.boxes.get(key);
    if (fitted !== null && fitted.x === x && fitted.y === y && fitted.k === k) camera.fit();
    else if (chosen !== undefined) camera.show(chosen);
  });
  observer.observe(canvas);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(flight);
    target.on(".zoom", null);
  };
}

/** The drawing. */
export function GraphCanvas() {
  const element = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = element.current as HTMLCanvasElement;
    const stops = [startPainting(canvas), startMoving(canvas)];
    let first = true;
    let fitted = -1;
    stops.push(
      effect(() => {
        const shown = drawing.value;
        if (shown === null) return;
        if (first || fitted !== fits.peek()) camera.fit();
        first = false;
        fitted = fits.peek();
      }),
      effect(() => {
        fits.value;
        camera.fit();
      }),
      effect(() => {
        const key = selected.value;
        const r = key === null ? undefined : drawing.value?.layout.boxes.get(key);
        if (r !== undefined && !first) requestAnimationFrame(() => camera.show(r));
      }),
    );
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  const at = (event: MouseEvent) => hit(event.offsetX, event.offsetY);
  const onClick = (event: MouseEvent): void => {
    const { box, title, sign } = at(event);
    const scope = box === undefined ? title : drawing.value?.folded.boxes.get(box)?.scope;
    if (scope != null && (box === undefined || sign)) void toggleScope(scope);
    else select(box ?? null);
  };
  const onDoubleClick = (event: MouseEvent): void => {
    const { box, sign } = at(event);
    const scope = box === undefined ? null : drawing.value?.folded.boxes.get(box)?.scope;
    if (scope != null && !sign) void toggleScope(scope);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const { box, title } = at(event);
    (event.currentTarget as HTMLElement).style.cursor = box === undefined && title === undefined ? "grab" : "pointer";
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
      onKeyDown={onGraphKey}
    />
  );
}
