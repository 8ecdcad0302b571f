/** Playing where one sees it. */
import { play } from "../state/training.ts";

/** Plays, and scrolls to the charts where all of them are below a small window. */
export async function playInView(): Promise<void> {
  const [bar, views] = [document.querySelector(".bar"), document.getElementById("views")];
  const top = views?.getBoundingClientRect().top ?? 0;
  if (bar !== null && top > 0.6 * innerHeight) scrollBy(0, top - bar.clientHeight);
  await play();
}
