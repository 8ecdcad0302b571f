/**
 * Drawings: graphs as interactive pages and as SVG, training curves as SVG.
 *
 * [explorer.md](../explorer.md) shows the page. Import the names of this page from `adjoint`.
 *
 * @module Pages and drawings
 */
export * from "@adjoint/explorer";
