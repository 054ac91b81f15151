import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { askEngine } from './engine-api.js';
import { LabError } from './error.js';
import { type ImageFiles, fillRootFs } from './root-fs.js';
import { run } from './run.js';

/**
 * Makes an image on an engine out of programs of this machine, since there may be no registry to pull from. `folder`
 * is where it may work; `reference` is a name with an optional tag. Throws LabError.
 */
export async function importImage(socket: string, folder: string, reference: string, files: ImageFiles): Promise<void> {
  const work = await mkdtemp(`${folder}/image-`);
  try {
    await fillRootFs(`${work}/root`, files);
    await run(['tar', '--create', '--file', `${work}/image.tar`, '--directory', `${work}/root`, '.']);
    const query = new URLSearchParams({ fromSrc: '-', ...splitReference(reference) }).toString();
    const tar = createReadStream(`${work}/image.tar`);
    const { status, body } = await askEngine(socket, 'POST', `/images/create?${query}`, 60_000, tar);
    // A failure after the engine began to answer is a line of a 200.
    if (status !== 200 || body.includes('"errorDetail"')) {
      throw new LabError(`the engine does not import ${reference}: ${body.trim()}`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A colon before the last slash is a registry's port. */
function splitReference(reference: string): { repo: string; tag: string } {
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  if (colon === -1) return { repo: reference, tag: 'latest' };
  return { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}
