import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '../../..');

const pages = [
  'README.md',
  ...readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

const withoutCode = (text: string): string => text.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, 'x');

/** What a heading is called in a link, as GitHub has it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function anchorsOf(page: string): readonly string[] {
  const text = readFileSync(join(repository, page), 'utf8').replace(/^```[^]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

/** Where the links of a page lead, from the root of the repository; not those to other sites. */
function linksOf(page: string): readonly { readonly to: string; readonly anchor: string | undefined }[] {
  const text = withoutCode(readFileSync(join(repository, page), 'utf8'));
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    return [{ to: path === '' ? page : relative(repository, resolve(repository, dirname(page), path)), anchor }];
  });
}

test.each(pages)('every link of %s leads somewhere', (page) => {
  const dead = linksOf(page).filter(({ to, anchor }) => {
    if (!existsSync(join(repository, to))) return true;
    return anchor !== undefined && to.endsWith('.md') && !anchorsOf(to).includes(anchor);
  });
  expect(dead).toEqual([]);
});

test('every page is found from the README', () => {
  const found = new Set(['README.md']);
  for (const page of found) {
    for (const { to } of linksOf(page)) if (to.endsWith('.md') && pages.includes(to)) found.add(to);
  }
  expect(pages.filter((page) => !found.has(page))).toEqual([]);
});
