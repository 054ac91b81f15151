// Bundles the part of dockerode that is used into the library. As a dependency it would bring ssh2 and cpu-features, which
// compile when they are installed, and more than twice as much to load.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';

import { bundledPackages, bundling, licenceTexts } from '../../scripts/lib/bundling.mjs';
import { billOfMaterials } from '../../scripts/lib/sbom.mjs';

const here = import.meta.dirname;
const vendor = join(here, 'dist/vendor');

await rm(vendor, { recursive: true, force: true });
const { metafile } = await build({
  ...bundling,
  absWorkingDir: here,
  stdin: { contents: "export { default } from 'dockerode';", resolveDir: here },
  outfile: join(vendor, 'dockerode.js'),
});

const packages = await bundledPackages(metafile, here);
await writeFile(join(vendor, 'THIRD-PARTY-LICENSES.txt'), await licenceTexts(packages));
await writeFile(join(vendor, 'sbom.cdx.json'), await billOfMaterials(packages, here));
