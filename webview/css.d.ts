/** Bundled beside the page; importing it gives nothing.
 */
declare module '*.css' {}
