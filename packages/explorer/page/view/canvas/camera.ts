/** The window onto the drawing, and what moves it. */
import { signal } from "@preact/signals";
import type { Rectangle } from "../../../src/drawing/layout/cell.ts";
import type { View } from "../../painting/frame.ts";

/** What part of the drawing the window shows. */
export const view = signal<View>({ x: 0, y: 0, k: 1 });
/** The size of the window, in pixels of the page. */
export const windowSize = signal({ width: 0, height: 0 });

/** Moves the window; set once the canvas is there. */
export const camera: {
  /** Shows all of the drawing, set in rows that fit. */
  fit(): void;
  /** Shows all of it where its text can be read then, else its beginning. */
  home(): void;
  /** Sets the drawing in rows for the room that there is now; where it was not moved, or has other rows, it is at home again. */
  settle(): void;
  zoomBy(factor: number): void;
  /** Puts a point of the drawing in the middle. */
  center(x: number, y: number): void;
  /** Brings rectangles of the drawing into the window, if they are not there: as many of them as fit, the first ones first. */
  show(...rs: readonly Rectangle[]): void;
} = { fit: () => {}, home: () => {}, settle: () => {}, zoomBy: () => {}, center: () => {}, show: () => {} };
