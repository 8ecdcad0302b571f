/** What a drawing is painted with: a layout with all that can be computed before, and the window onto it. */
import type { FoldedGraph } from "../../src/drawing/fold.ts";
import type { Label } from "../../src/drawing/labels.ts";
import type { DrawnLink } from "../../src/drawing/layout/arrows.ts";
import type { Rectangle } from "../../src/drawing/layout/geometry.ts";
import type { Layout } from "../../src/drawing/layout/layout.ts";
import type { DrawingState } from "../../src/drawing/painting/appearance.ts";
import type { Colors } from "../../src/drawing/painting/colors.ts";
import type { Curve } from "../../src/drawing/painting/curve.ts";

/** The window onto the drawing: screen = drawing · k + (x, y). */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

/** A link with its curve and extent, computed once for a layout. */
export interface PreparedLink {
  readonly link: DrawnLink;
  readonly curve: Curve;
  readonly extent: Rectangle;
}

/** A layout with all that can be computed before painting. */
export interface PreparedDrawing {
  readonly layout: Layout;
  readonly folded: FoldedGraph;
  readonly links: readonly PreparedLink[];
  readonly labels: ReadonlyMap<string, Label>;
}

/** Pictures of tensors by node, as far as they are there. */
export type Pictures = ReadonlyMap<number, CanvasImageSource>;

/** What is painted, where, and how much of it is in sight. */
export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly drawing: PreparedDrawing;
  readonly state: DrawingState;
  readonly frame: Frame;
  readonly seen: Rectangle;
}

/** What a frame is painted with, besides the drawing. */
export interface Frame {
  readonly colors: Colors;
  readonly view: View;
  /** Width and height of the window in CSS pixels, `density` device pixels each. */
  readonly window: { readonly width: number; readonly height: number; readonly density: number };
  readonly pictures: Pictures;
  /** How far tokens are along the arrows of the present step, 0 … 1; null where none run. */
  readonly token: number | null;
}
