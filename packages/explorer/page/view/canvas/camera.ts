/** The window onto the drawing, and what moves it. */
import { signal } from "@preact/signals";
import type { Rectangle } from "../../../src/drawing/layout/geometry.ts";
import type { View } from "../../painting/frame.ts";
import type { Room } from "./room.ts";

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
  /** Tells how much room the drawing has, which it is set in rows for: that of a new drawing, and of a window of a new size. */
  measure(): void;
  /** Shows as much of the drawing as can be read beside what has opened or closed, in the rows that it has, if it is at home. */
  settle(): void;
  /** Whether all of the drawing is in the window, or would be if that were so large. */
  showsAll(size?: Room): boolean;
  /** Moves the window so that a rectangle of the drawing is seen where another one was. */
  hold(was: Rectangle, is: Rectangle): void;
  zoomBy(factor: number): void;
  /** Puts a point of the drawing in the middle. */
  center(x: number, y: number): void;
  /** Brings rectangles of the drawing into the window, if they are not there: as many of them as fit, the first ones first. */
  show(...rs: readonly Rectangle[]): void;
} = {
  fit: () => {},
  home: () => {},
  showsAll: () => false,
  measure: () => {},
  settle: () => {},
  hold: () => {},
  zoomBy: () => {},
  center: () => {},
  show: () => {},
};
