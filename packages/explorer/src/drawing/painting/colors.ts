/**
 * Colours of the drawing, light and dark: those of the DOT drawings, with the contrast that small text needs (WCAG AA).
 */
import type { Role } from "@adjoint/autograd";

/** Whether the page is light or dark. */
export type Theme = "light" | "dark";

/** The colours of one theme. */
export interface Colors {
  readonly theme: Theme;
  readonly background: string;
  readonly text: string;
  readonly faintText: string;
  readonly gradientText: string;
  /** Fill and border of boxes by role. */
  readonly box: { readonly [R in Role | "scope" | "scopeBackward"]: readonly [fill: string, border: string] };
  readonly region: readonly [fill: string, border: string];
  readonly link: {
    readonly forward: string;
    readonly backward: string;
    readonly saved: string;
    readonly arrival: string;
  };
  readonly selected: string;
  /** Of the present step: what runs, what it is given, and where its gradients arrive. */
  readonly current: string;
  readonly upstream: string;
  readonly receiver: string;
}

/** Colours by theme. */
export const colorsOf: { readonly [T in Theme]: Colors } = {
  light: {
    theme: "light",
    background: "#ffffff",
    text: "#1a202c",
    faintText: "#4a5568",
    gradientText: "#9b1c43",
    box: {
      parameter: ["#fde9c8", "#b7791f"],
      input: ["#d6ebff", "#2b6cb0"],
      constant: ["#eeeeee", "#767676"],
      op: ["#ffffff", "#333333"],
      gradient: ["#fbe3e4", "#b83253"],
      scope: ["#e6f4ea", "#2f7a4b"],
      scopeBackward: ["#f9dde3", "#b83253"],
    },
    region: ["rgba(100, 116, 139, 0.07)", "#a0aec0"],
    link: { forward: "#333333", backward: "#b83253", saved: "#8a94a3", arrival: "#b83253" },
    selected: "#1d4ed8",
    current: "#c05621",
    upstream: "#7b3fa0",
    receiver: "#0b7285",
  },
  dark: {
    theme: "dark",
    background: "#14171c",
    text: "#f1f5f9",
    faintText: "#b4bfcc",
    gradientText: "#ffb3c4",
    box: {
      parameter: ["#4a3813", "#e0a94a"],
      input: ["#14375c", "#6aaef0"],
      constant: ["#30353d", "#98a2b0"],
      op: ["#22272f", "#cbd5e1"],
      gradient: ["#4a1d2a", "#f2849e"],
      scope: ["#173a26", "#6cc48d"],
      scopeBackward: ["#4f2230", "#f2849e"],
    },
    region: ["rgba(148, 163, 184, 0.08)", "#4a5568"],
    link: { forward: "#cbd5e1", backward: "#f2849e", saved: "#6b7686", arrival: "#f2849e" },
    selected: "#7cb3ff",
    current: "#f6a04d",
    upstream: "#c792ea",
    receiver: "#4dd0e1",
  },
};
