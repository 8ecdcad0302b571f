/** Which dialog is open. */
import { signal } from "@preact/signals";

export const dialog = signal<"help" | "tour" | "windows" | null>(null);
/** Whether the outline is shown; on small screens it lies over the drawing. */
export const showsOutline = signal(matchMedia("(min-width: 1200px)").matches);
