/** Brands: a mark on the library's classes that other copies of it read, too, where `instanceof` tells nothing. */

/** What a class is, and which copy of the library it belongs to. */
interface Brand {
  readonly kind: string;
  readonly copy: symbol;
}

const key = Symbol.for("adjoint.brand");

const copy = Symbol("this copy");

function brandOf(value: unknown): Brand | undefined {
  return value !== null && typeof value === "object" ? (value as { readonly [key]?: Brand })[key] : undefined;
}

/** Marks the instances of the class `of`: called where it is declared. `kind` is the name that errors use. */
export function stamp(of: { readonly prototype: object }, kind: string): void {
  Object.defineProperty(of.prototype, key, { value: { kind, copy } satisfies Brand });
}

/** What instances of a marked class are called, whatever a subclass or a minifier calls the class; undefined for others. */
export function brandedKind(value: unknown): string | undefined {
  return brandOf(value)?.kind;
}

/** The kind of a value that another copy of the library made; undefined for all others. */
export function foreignKind(value: unknown): string | undefined {
  const brand = brandOf(value);
  return brand === undefined || brand.copy === copy ? undefined : brand.kind;
}

/** Whether a value's class, or one that it extends, has the brand of `of`: in whichever copy it was made. */
export function isOfKind(of: { readonly prototype: object }, value: unknown): boolean {
  if (brandOf(value) === undefined || !Object.hasOwn(of.prototype, key)) return false;
  const kind = brandOf(of.prototype)?.kind;
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, key) && brandOf(at)?.kind === kind) return true;
  }
  return false;
}
