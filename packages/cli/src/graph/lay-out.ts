/**
 * Has Graphviz, which runs here as WebAssembly, lay out a graph and draw it. Loaded only when it is called: it is larger
 * than all the rest of netctl.
 * @throws Error where the graph is none, which is a fault of netctl's own
 */
export async function layOut(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  const result = viz.render(dot, { format: 'svg', engine: 'dot' });
  if (result.status === 'success') return result.output;
  throw new Error(`Graphviz refused the graph: ${result.errors.map(({ message }) => message).join('; ')}`);
}
