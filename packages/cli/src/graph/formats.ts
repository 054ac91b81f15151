export const GRAPH_FORMATS = ['svg', 'html', 'mermaid', 'dot'] as const;

export type GraphFormat = (typeof GRAPH_FORMATS)[number];
