/** The type of bytes that functions give. */

/**
 * Bytes in memory of their own, which a Blob or a Response takes. `Uint8Array<ArrayBuffer>`, where the compiler knows
 * that: TypeScript before 5.7 has no such type, and no declaration may name it.
 */
export type Bytes = ReturnType<Uint8ArrayConstructor["of"]>;
