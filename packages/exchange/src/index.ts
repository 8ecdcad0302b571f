/** The contents of @adjoint/exchange: names only. */
export {};
