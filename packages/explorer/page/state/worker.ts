/** Workers of the pages. */

let url: string | null = null;

/** Starts a worker from the script in the page: no file beside it, no network. */
export function startWorker(): Worker {
  const source = document.getElementById("engine")?.textContent ?? "";
  url ??= URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return new Worker(url);
}
