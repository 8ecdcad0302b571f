/** What the build of the page makes of the formulas: render.ts. */
declare module "virtual:op-words" {
  export const opWords: Readonly<Record<string, import("./render.ts").OpWords>>;
}
