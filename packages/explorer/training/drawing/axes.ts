/** What charts on canvases share: axes with their labels, and the plot between them. */
import type { Scale } from "../../src/charts/ticks.ts";
import type { ChartColors } from "./colors.ts";
import type { Surface } from "./surface.ts";

/** Room around a plot, in pixels. */
export type Margin = Readonly<Record<"top" | "right" | "bottom" | "left", number>>;

/** An axis: where values lie, and which of them are labelled. */
export interface Axis {
  readonly scale: Scale;
  readonly ticks: readonly (readonly [tick: number, label: string])[];
}

/** Labels both axes, and draws lines across the plot at the ticks of the vertical one. */
export function drawAxes(
  { context, width, height }: Surface,
  margin: Margin,
  colors: ChartColors,
  x: Axis,
  y: Axis,
): void {
  context.font = '12px system-ui, "Noto Sans", "Noto Sans CJK KR", sans-serif';
  context.fillStyle = colors.faint;
  context.strokeStyle = colors.line;
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [tick, label] of y.ticks) {
    const at = Math.round(y.scale(tick)) + 0.5;
    context.beginPath();
    context.moveTo(margin.left, at);
    context.lineTo(width - margin.right, at);
    context.stroke();
    context.fillText(label, margin.left - 5, at);
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const [tick, label] of x.ticks) {
    const half = context.measureText(label).width / 2;
    context.fillText(label, Math.min(x.scale(tick), width - half), height - margin.bottom + 4);
  }
}

/** Keeps what is drawn from here on within the plot, until the context is restored. */
export function clip({ context, width, height }: Surface, { left, right, bottom }: Margin): void {
  context.save();
  context.beginPath();
  context.rect(left, 0, width - left - right + 2, height - bottom + 1);
  context.clip();
}
