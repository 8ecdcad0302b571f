/** The address of a page: it keeps what the reader has chosen, and what it says is taken over. */
import { effect } from "@preact/signals";

/**
 * Keeps a fragment (without `#`) in the address as long as the page is open.
 * @param apply  takes over what the reader writes into the address, or a link leads to
 */
export function followAddress(fragmentOf: () => string, apply: (fragment: string) => void): void {
  let written = location.hash;
  effect(() => {
    const next = `#${fragmentOf()}`;
    if (next === written) return;
    written = next;
    try {
      history.replaceState(null, "", next);
    } catch {
      // A page inside another page may have no address of its own.
    }
  });
  addEventListener("hashchange", () => {
    if (location.hash === written) return;
    written = location.hash;
    apply(location.hash);
  });
}
