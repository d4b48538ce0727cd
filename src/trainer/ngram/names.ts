/** In the exported file: its input, strings [rows], and its outputs, strings [rows] and probabilities [rows, labels]. */
export const TEXT = 'text'
export const LABEL = 'label'
export const PROBABILITIES = 'probabilities'
