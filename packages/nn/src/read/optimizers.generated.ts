/** Made by scripts/optimizer-names.ts from packages/optim/src/rules/all.ts. */
export const optimizerNames = ["sgd","momentum","nesterov","adagrad","rmsprop","adam","adamw","radam","lion"] as const;
