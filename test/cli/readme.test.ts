import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHost, startLan } from '@netctl/lab';
import { expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { openDesk, repository } from '../integration/support/netctl.js';

/** The blocks of the README in one language, in order. */
async function blocks(language: string): Promise<readonly string[]> {
  const text = await readFile(join(repository, 'README.md'), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

test('the spec that the README shows is the example, and prints what the README shows', async () => {
  const path = join(repository, 'examples/home-lan.yaml');
  const [shown] = await blocks('yaml');
  expect((await readFile(path, 'utf8')).replace(/^#.*\n/, '')).toBe(shown);

  const printed = (await blocks('console')).find((block) => block.startsWith('$ netctl apply'));
  await using lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const eth0 = { name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' };
  await using host = await startHost({ name: 'home', interfaces: [eth0], engine: testEngine() });
  await using desk = await openDesk(host);
  const apply = async (): Promise<readonly string[]> => {
    const { stdout } = await desk.netctl(['apply', path]);
    return ['$ netctl apply examples/home-lan.yaml', ...lines(stdout)];
  };
  const output = [...(await apply()), ...(await apply())];
  // Steps of one stage run side by side, so which of them ends first is nobody's promise.
  expect(output.sort()).toEqual([...lines(printed ?? '')].sort());
});
