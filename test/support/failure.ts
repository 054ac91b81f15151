import { NetctlError } from '../../packages/core/src/errors.js';

/** How it fails. */
export async function failure(work: Promise<unknown>): Promise<NetctlError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NetctlError) return error;
  throw new Error(`not a NetctlError: ${String(error)}`);
}
