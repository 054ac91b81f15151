import type { Topology } from '../../../packages/core/src/graph/topology.js';

/** Names that would be something else in DOT, HTML, SVG, JSON or Mermaid, if nobody minded. */
export const HOSTILE: readonly string[] = [
  '</script><script>document.title="owned"</script>',
  '<img src=x onerror="document.title=1">',
  '--> <!-- ]]>',
  '"]; evil -> "x',
  '\\N \\G \\" \\',
  '&amp; &#60; &bogus;',
  'line\nbreak\ttab\u0000nul\u001b[31m',
  'end; subgraph x["y"]:::z %% comment',
  '#35; `code` **bold** style x:#1;',
  'klick-é-数据库-🐳-العربية',
  '\ud800 lone \uffff',
  '',
];

/** One host with a network and a container of each of these names. */
export function hostileTopology(names: readonly string[] = HOSTILE): Topology {
  const drawn = (id: string, name: string) =>
    ({
      id,
      name,
      state: 'drifted',
      why: name,
      about: name,
      details: [[name, name]],
      checks: [{ state: 'failed', claim: name, cause: name }],
    }) as const;
  return {
    version: 1,
    stack: names[0] ?? '',
    hosts: [
      {
        ...drawn('h1', names[0] ?? ''),
        isolations: [],
        links: names.map((name, at) => ({ ...drawn(`h1_l${String(at + 1)}`, name), role: 'shim', into: [] })),
        networks: names.map((name, at) => {
          const id = `h1_n${String(at + 1)}`;
          const members = [{ ...drawn(`${id}_c1`, name), addresses: [name], run: name, where: name }];
          return {
            ...drawn(id, name),
            driver: name,
            hosts: [],
            subnets: [{ subnet: name, ranges: [name], gateways: [name] }],
            members,
          };
        }),
      },
    ],
    swarm: [],
  };
}
