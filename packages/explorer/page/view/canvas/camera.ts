/** The window onto the drawing, and what moves it. */
import { signal } from "@preact/signals";
import type { Rectangle } from "../../drawing/layout/cell.ts";
import type { View } from "../../drawing/painting/paint.ts";

/** What part of the drawing the window shows. */
export const view = signal<View>({ x: 0, y: 0, k: 1 });

/** Moves the window; set once the canvas is there. */
export const camera: {
  fit(): void;
  zoomBy(factor: number): void;
  /** Brings a rectangle of the drawing into the window, if it is not there. */
  show(r: Rectangle): void;
} = { fit: () => {}, zoomBy: () => {}, show: () => {} };
