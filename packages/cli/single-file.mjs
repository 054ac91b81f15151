// Makes the single executable, with a Node that scripts/single-file has fetched: single-file.mjs FOLDER VERSION
import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdtemp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { build } from 'esbuild';

import { bundledPackages, bundling, licenceTexts } from '../../scripts/lib/bundling.mjs';
import { billOfMaterials } from '../../scripts/lib/sbom.mjs';
import { pageParts } from './page-parts.mjs';

const [, , node, nodeVersion] = process.argv;
const here = import.meta.dirname;
const folder = join(here, 'dist/single-file');
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

await mkdir(folder, { recursive: true });
const work = await mkdtemp(join(folder, '.work-'));
try {
  const main = join(work, 'netctl.mjs');
  const page = await pageParts();
  const { metafile } = await build({
    ...bundling,
    target: 'node26',
    absWorkingDir: here,
    stdin: {
      contents: "import { start } from './src/start.ts'; await start(process.argv.slice(2));",
      resolveDir: here,
    },
    outfile: main,
    define: {
      NETCTL_VERSION: JSON.stringify(version),
      NETCTL_GRAPH_SCRIPT: JSON.stringify(page.script),
      NETCTL_GRAPH_STYLE: JSON.stringify(page.style),
      NETCTL_SHIPPED: JSON.stringify(await shippedFiles()),
    },
  });
  const config = {
    main,
    mainFormat: 'module',
    output: join(work, 'netctl-linux-x64'),
    disableExperimentalSEAWarning: true,
    // Neither NODE_OPTIONS of whoever runs it nor words of netctl's own command line are for this Node.
    execArgvExtension: 'none',
  };
  await writeFile(join(work, 'sea.json'), JSON.stringify(config));
  await promisify(execFile)(join(node, 'bin/node'), ['--build-sea', join(work, 'sea.json')]);

  const packages = await bundledPackages(metafile, here);
  const inside = [{ name: 'node', version: nodeVersion, license: 'MIT' }, ...packages];
  await writeFile(join(work, 'sbom.cdx.json'), await billOfMaterials(inside, here));
  const licences = join(work, 'THIRD-PARTY-LICENSES.txt');
  await writeFile(licences, await licenceTexts(packages));
  await appendFile(
    licences,
    `\n${'-'.repeat(80)}\n\nnode ${nodeVersion}\n\n${await readFile(join(node, 'LICENSE'), 'utf8')}`,
  );
  await copyFile(join(here, 'LICENSE'), join(work, 'LICENSE'));
  for (const name of ['netctl-linux-x64', 'sbom.cdx.json', 'THIRD-PARTY-LICENSES.txt', 'LICENSE']) {
    await rename(join(work, name), join(folder, name));
  }
} finally {
  await rm(work, { recursive: true, force: true });
}

/** What `netctl schema` and `netctl completion` print, by its path in the package. */
async function shippedFiles() {
  const texts = {};
  for (const kind of ['completion', 'schema']) {
    for (const name of await readdir(join(here, kind))) {
      texts[`${kind}/${name}`] = await readFile(join(here, kind, name), 'utf8');
    }
  }
  return texts;
}
