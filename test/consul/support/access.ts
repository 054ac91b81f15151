import { connectConsul, observeServices, reconcile } from '@netctl/consul';
import type { Environment } from '@netctl/consul';
import { expect } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { owner, service } from './services.js';

/** Registers one service by what the environment says, and takes it away again. */
export async function uses(env: Environment, address?: string): Promise<void> {
  await using consul = await connectConsul({ env, ...(address !== undefined && { address }) });
  const wanted = [service('web')];
  expect(await reconcile(consul, wanted, owner)).toMatchObject({ registered: [service('web').ID], failed: [] });
  expect(await observeServices(consul, owner)).toMatchObject([{ name: 'web' }]);
  expect(await reconcile(consul, [], owner)).toMatchObject({ deregistered: [service('web').ID], failed: [] });
}

export async function refused(env: Environment): Promise<NetctlError> {
  try {
    await using consul = await connectConsul({ env, timeout: 5_000 });
    await reconcile(consul, [service('web')], owner);
  } catch (error) {
    if (error instanceof NetctlError) return error;
    throw error;
  }
  throw new Error('it was let in');
}

export async function fails(env: Environment, code: string, cause: RegExp, cure: RegExp): Promise<void> {
  const { message, hint, code: said } = await refused(env);
  expect([said, message, hint]).toEqual([code, expect.stringMatching(cause), expect.stringMatching(cure)]);
}
