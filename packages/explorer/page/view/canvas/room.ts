/** How much of the window onto the drawing is free. */

/** A size in pixels of the page, counted from the corner at the top left. */
export interface Room {
  readonly width: number;
  readonly height: number;
}

/** The part of the window that panels do not cover, on small screens. */
export function roomOf(canvas: HTMLCanvasElement): Room {
  const sheet = matchMedia("(max-width: 999px)").matches ? document.querySelector<HTMLElement>(".panel.sheet") : null;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (sheet === null) return { width, height };
  const isBeside = sheet.offsetWidth < width;
  return isBeside
    ? { width: Math.max(120, width - sheet.offsetWidth), height }
    : { width, height: Math.max(120, height - sheet.offsetHeight) };
}
