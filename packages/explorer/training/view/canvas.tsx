/** A canvas that is drawn again whenever something that its drawing reads has changed. */
import { effect, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { theme } from "../../page/state/preferences.ts";
import { type ChartColors, chartColors } from "../drawing/colors.ts";
import { setSize } from "../drawing/surface.ts";

/** Counts changes of the sizes of canvases. */
const resizes = signal(0);

const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) setSize(target as HTMLCanvasElement, contentRect);
  resizes.value++;
});

/**
 * A picture with words for those who do not see it, or none where the words stand around it. `draw` runs again when a
 * signal that it reads changes.
 */
export function Canvas({
  label,
  class: name,
  draw,
}: {
  readonly label: string;
  readonly class: string;
  readonly draw: (canvas: HTMLCanvasElement, colors: ChartColors) => void;
}) {
  const element = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = element.current as HTMLCanvasElement;
    observer.observe(canvas);
    return () => observer.unobserve(canvas);
  }, []);
  // Anew with every rendering, which may have brought another drawing.
  useLayoutEffect(() =>
    effect(() => {
      resizes.value;
      if (element.current !== null) draw(element.current, chartColors[theme.value]);
    }),
  );
  if (label === "") return <canvas ref={element} class={name} />;
  return <canvas ref={element} class={name} role="img" aria-label={label} />;
}
