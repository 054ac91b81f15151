import { describe, expect, test } from 'vitest';
import { engineText, refusal, unreachable } from '../../../packages/core/src/docker/errors.js';

/** Texts as engines 20.10, 26.1, 28.5 and 29 give them. */
const REFUSALS: readonly (readonly [status: number, text: string, hint: RegExp])[] = [
  [409, 'network with name web already exists', /appeared meanwhile/],
  [500, 'rpc error: code = Unknown desc = name conflicts with an existing object', /appeared meanwhile/],
  [400, 'network web is ambiguous (2 matches found based on name)', /Several networks/],
  [403, 'Pool overlaps with other one on this address space', /choose another subnet/],
  [403, 'invalid pool request: Pool overlaps with other one on this address space', /choose another subnet/],
  [403, 'cannot create network a conflicts with network b: networks have overlapping IPv4', /choose another subnet/],
  [404, 'could not find an available, non-overlapping IPv4 address pool among the defaults', /used up/],
  [400, 'all predefined address pools have been fully subnetted', /used up/],
  [500, 'failed to allocate gateway (10.0.0.0): Address already in use', /network or broadcast address/],
  [500, 'failed to allocate secondary ip address (a:10.0.0.1): Address already in use', /given twice/],
  [500, '-o parent interface was not found on the host: nosuch0', /not a link/],
  [500, '-o parent interface does was not found on the host: nosuch0', /not a link/],
  [500, 'invalid subinterface vlan name nosuch0, example formatting is eth0.10', /not a link/],
  [500, 'network dm-864ccd63a931 is already using parent interface vp0', /One parent/],
  [500, 'failed to set up container networking: failed to create the macvlan port: device or resource busy', /port of/],
  [500, 'failed to create vp0.10 vlan link: operation not supported', /lacks the module/],
  [403, 'error while removing network: network web id 0123 has active endpoints', /still attached/],
  [400, 'rpc error: code = FailedPrecondition desc = network x is in use by service y', /still attached/],
  [403, 'configuration network "conf" is in use', /still attached/],
  [503, 'This node is not a swarm manager. Use "docker swarm init" …', /swarm init/],
  [403, 'Cannot create a multi-host network from a worker node.', /swarm init/],
  [404, 'plugin "dhcp" not found', /Install the network or IPAM plugin/],
];

describe('a refusal of the engine', () => {
  test.each(REFUSALS)('%i %s', (status, text, hint) => {
    const error = refusal(status, text, 'POST /networks/create');
    expect(error.code).toBe('ENGINE_ERROR');
    expect(error.message).toBe(`The engine refused POST /networks/create (${status}): ${engineText(text)}`);
    expect(error.hint).toMatch(hint);
  });

  test('that is not known keeps its words, and one without words says so', () => {
    expect(refusal(500, 'never heard', 'X')).toMatchObject({
      hint: undefined,
      message: expect.stringContaining('never heard') as string,
    });
    expect(refusal(500, '', 'X').message).toContain('no reason given');
  });

  test('loses the wrapping that differs from engine to engine', () => {
    expect(engineText('rpc error: code = InvalidArgument desc = name must be valid')).toBe('name must be valid');
    expect(engineText('invalid network config:\ninvalid subnet x')).toBe('invalid subnet x');
    expect(engineText('failed to set up container networking: no')).toBe('no');
  });
});

describe('no answer', () => {
  test.each([
    ['ENOENT', 'ENGINE_UNREACHABLE', 69],
    ['ECONNREFUSED', 'ENGINE_UNREACHABLE', 69],
    ['ENOTSOCK', 'ENGINE_UNREACHABLE', 69],
    ['ECONNRESET', 'ENGINE_UNREACHABLE', 69],
    ['EACCES', 'PERMISSION', 77],
    ['EPERM', 'PERMISSION', 77],
    ['HPE_INVALID_CONSTANT', 'ENGINE_NOT_DOCKER', 69],
  ])('%s is %s', (code, wanted, exit) => {
    const cause = Object.assign(new Error('raw'), { code });
    expect(unreachable(cause, 'unix:///x', 'GET /info')).toMatchObject({ code: wanted, exit, cause });
    expect(unreachable(cause, 'unix:///x', 'GET /info').message).toContain('unix:///x');
  });

  test('whatever is thrown', () => {
    expect(unreachable('text', 'unix:///x', 'GET /info')).toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });
});
