import { describe, expect, test } from 'vitest';
import type { ConnectRegistration } from '../../../packages/consul/src/registration.js';
import { said, wanted } from './workload.js';

const only = (labels: Readonly<Record<string, string>>) => {
  const result = wanted([{ ports: [80], labels }]);
  return { service: result.services[0], said: said(result) };
};

describe('Connect', () => {
  test.each<[string, Readonly<Record<string, string>>, ConnectRegistration | undefined]>([
    ['native', { SERVICE_CONNECT_NATIVE: 'true' }, { Native: true }],
    ['a sidecar', { SERVICE_CONNECT_SIDECAR_SERVICE: 'true' }, { SidecarService: {} }],
    ['a sidecar in Consul’s own words', { 'connect.sidecar_service': '{}' }, { SidecarService: {} }],
    [
      'a sidecar with its port and upstreams',
      {
        SERVICE_CONNECT_SIDECAR_SERVICE: 'true',
        SERVICE_CONNECT_SIDECAR_SERVICE_PORT: '20000',
        SERVICE_CONNECT_UPSTREAMS: 'db:5432, cache:6379:dc2',
      },
      {
        SidecarService: {
          Port: 20000,
          Proxy: {
            Upstreams: [
              { DestinationName: 'db', LocalBindPort: 5432 },
              { DestinationName: 'cache', LocalBindPort: 6379, Datacenter: 'dc2' },
            ],
          },
        },
      },
    ],
    ['not asked for', { SERVICE_CONNECT_SIDECAR_SERVICE: 'false', SERVICE_CONNECT_NATIVE: '' }, undefined],
  ])('%s', (_name, labels, connect) => {
    const result = only(labels);
    expect(result.service?.Connect).toEqual(connect);
    expect(result.service?.Meta).toEqual({});
    expect(result.said).toEqual([]);
  });

  test('one port of two has a sidecar', () => {
    const { services } = wanted([{ ports: [80, 81], labels: { SERVICE_81_CONNECT_SIDECAR_SERVICE: 'true' } }]);
    expect(services.map(({ Connect }) => Connect)).toEqual([undefined, { SidecarService: {} }]);
  });

  test.each<[Readonly<Record<string, string>>, RegExp, ConnectRegistration | undefined]>([
    [{ CONNECT_SIDECAR_SERVICE: 'yes' }, /neither true nor false/, undefined],
    [{ CONNECT_NATIVE: 'true', CONNECT_SIDECAR_SERVICE: 'true' }, /contradict/, { SidecarService: {} }],
    [{ CONNECT_UPSTREAMS: 'db:1' }, /for a sidecar/, undefined],
    [{ CONNECT_SIDECAR: 'true' }, /"SERVICE_CONNECT_SIDECAR" is not known/, undefined],
    [
      { CONNECT_SIDECAR_SERVICE: 'true', CONNECT_SIDECAR_SERVICE_PORT: '65536' },
      /"65536", which is no port/,
      { SidecarService: {} },
    ],
    ...['db', 'db:0', 'db:65536', 'db:80abc', ':80', 'db:1:', 'db:1:dc2:x', 'd b:1'].map(
      (upstream): [Readonly<Record<string, string>>, RegExp, ConnectRegistration] => [
        { CONNECT_SIDECAR_SERVICE: 'true', CONNECT_UPSTREAMS: upstream },
        /is no upstream/,
        { SidecarService: {} },
      ],
    ),
    ...(['db:1,cache:1', 'db:1,db:2'] as const).map(
      (upstreams): [Readonly<Record<string, string>>, RegExp, ConnectRegistration] => [
        { CONNECT_SIDECAR_SERVICE: 'true', CONNECT_UPSTREAMS: upstreams },
        /another upstream has|is there twice/,
        { SidecarService: { Proxy: { Upstreams: [{ DestinationName: 'db', LocalBindPort: 1 }] } } },
      ],
    ),
  ])('%j is reported, and the service is there', (labels, why, connect) => {
    const prefixed = Object.fromEntries(Object.entries(labels).map(([key, value]) => [`SERVICE_${key}`, value]));
    const result = only(prefixed);
    expect(result.service?.Connect).toEqual(connect);
    expect(result.service).toBeDefined();
    expect(result.said).toEqual([expect.stringMatching(/^SERVICE_CONNECT_INVALID /)]);
    expect(result.said[0]).toMatch(why);
  });
});

describe('weights', () => {
  test.each([
    [
      { SERVICE_WEIGHTS_PASSING: '10', SERVICE_WEIGHTS_WARNING: '0' },
      { Passing: 10, Warning: 0 },
    ],
    [{ SERVICE_WEIGHTS_PASSING: '65535' }, { Passing: 65535, Warning: 1 }],
    [{ SERVICE_80_WEIGHTS_WARNING: '2' }, { Passing: 1, Warning: 2 }],
    [{}, undefined],
  ])('%j', (labels, weights) => {
    const result = only(labels);
    expect(result.service?.Weights).toEqual(weights);
    expect(result.service?.Meta).toEqual({});
    expect(result.said).toEqual([]);
  });

  test.each([
    ['WEIGHTS_PASSING', '0'],
    ['WEIGHTS_PASSING', '65536'],
    ['WEIGHTS_PASSING', '1.5'],
    ['WEIGHTS_WARNING', '-1'],
    ['WEIGHT_PASSING', '5'],
  ])('SERVICE_%s=%s is reported', (key, value) => {
    const result = only({ [`SERVICE_${key}`]: value });
    expect(result.service).toBeDefined();
    expect(result.service?.Weights).toBeUndefined();
    expect(result.said).toEqual([expect.stringMatching(/^SERVICE_VALUE_INVALID /)]);
  });
});
