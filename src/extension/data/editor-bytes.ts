/** VS Code opens no larger file as text for an extension. */
export const EDITOR_BYTES = 50 * 2 ** 20
