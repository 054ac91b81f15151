import { readFile } from 'node:fs/promises';
import { join as pathOf } from 'node:path';
import { startHost, startLan } from '@netctl/lab';
import { expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { openDesk, repository } from '../integration/support/netctl.js';
import { join } from '../integration/support/replace/crowd.js';
import { busyboxImage } from '../integration/support/workload.js';

/** The blocks of the README in one language, in order. */
async function blocks(language: string): Promise<readonly string[]> {
  const text = await readFile(pathOf(repository, 'README.md'), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

test('the spec that the README shows is the example, and prints what the README shows', async () => {
  const path = pathOf(repository, 'examples/home-lan.yaml');
  const [shown] = await blocks('yaml');
  expect((await readFile(path, 'utf8')).replace(/^(#.*\n)+/, '')).toBe(shown);

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

test('a network that is in use is replaced as the README shows', async () => {
  const printed = (await blocks('console')).find((block) => block.includes('$ netctl apply --yes --recreate')) ?? '';
  await using host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  await using desk = await openDesk(host);
  const image = await busyboxImage(host);
  const spec = (more: string): string => `name: shop\nnetworks:\n  front: { subnet: 10.5.0.0/24${more} }\n`;
  await desk.write('netctl.yaml', spec(''));
  expect((await desk.netctl(['apply'])).exitCode).toBe(0);
  const own = (last: number): object => ({ IPAMConfig: { IPv4Address: `10.5.0.${String(last)}` } });
  await join(host, image, { name: 'web', state: 'running', networks: { front: { ...own(20), Aliases: ['www'] } } });
  await join(host, image, { name: 'db', state: 'running', networks: { front: {} } });
  await join(host, image, { name: 'backup', state: 'exited', networks: { front: own(30) } });
  await desk.write('netctl.yaml', spec(', internal: true'));
  const output: string[] = [];
  for (const args of [
    ['apply', '--yes'],
    ['apply', '--yes', '--recreate'],
  ]) {
    const { stdout, stderr } = await desk.netctl(args);
    output.push(`$ netctl ${args.join(' ')}`, ...lines(stdout), ...lines(stderr));
  }
  // Times, the MACs of engines from 28 on, and which of the containers of one stage is through first.
  const masked = (line: string): string => line.replace(/\d+ ms/, 'N ms').replace(/; (MAC|interface) \S+ → \S+/g, '');
  const shown = lines(printed).filter((line) => line !== '…');
  const told = output.filter((line) => !line.startsWith('done: '));
  expect(told.map(masked).sort()).toEqual(shown.map(masked).sort());
});
