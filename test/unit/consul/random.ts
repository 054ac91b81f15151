import fc from 'fast-check';
import type { Sketch } from './workload.js';

const words = fc.constantFrom(
  ...['NAME', 'TAGS', 'ID', 'IGNORE', 'CHECK', 'HTTP', 'SCRIPT', 'TTL', 'TCP', 'INTERVAL', 'CONNECT', 'UPSTREAMS'],
  ...['SIDECAR_SERVICE', 'WEIGHTS', 'PASSING', '80', '81', '0', '65536', '80-90', 'UDP', '__proto__', 'ü', '.', ''],
);
const key = fc.oneof(
  fc.array(words, { maxLength: 4 }).map((parts) => ['SERVICE', ...parts].join('_')),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `SERVICE_${text}`),
  fc.constantFrom('connect.sidecar_service', 'connect.upstreams', '__proto__', 'constructor'),
);
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('true', '10s', '/', 'a:1,b:1', "sh -c 'x'", '"', '\\', ',,\\,', '80', 'shop', '', '65536'),
);
const texts = fc.dictionary(key, value, { maxKeys: 6 });
/** A container that says whatever it likes. */
export const sketch: fc.Arbitrary<Sketch> = fc.record({
  env: texts,
  labels: texts,
  image: fc.oneof(fc.constantFrom('nginx', 'a/b:c@sha256:d', ''), fc.string({ unit: 'binary', maxLength: 12 })),
  ports: fc.uniqueArray(fc.constantFrom(80, 81, '80/udp' as const, '53/sctp' as const), { maxLength: 3 }),
});
/** Several, each with a name and an id of its own. */
export const sketches = fc
  .array(sketch, { maxLength: 4 })
  .map((some) => some.map((one, at) => ({ ...one, id: String(at).repeat(64), name: `c${at}` })));
