import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

interface Unusable {
  readonly why: string;
  readonly cure: string;
}

/**
 * Why the units could not do their work at the next boot; undefined where they can. A unit has a /tmp of its own, which a
 * boot empties anyway, and runs as root without the right to read what is not root's (CAP_DAC_OVERRIDE).
 * @param specs the files that a unit reads again; those of the default names are in the folder where this is run
 */
export async function unusableAtBoot(
  program: readonly string[],
  specs: readonly string[] | undefined,
): Promise<Unusable | undefined> {
  for (const path of program) {
    const why = await unreadableByRoot(path);
    if (why === undefined) continue;
    const cure = 'Install Node.js and netctl for all users, and run persist with those.';
    return { why: `the unit could not run ${path}, since ${why}`, cure };
  }
  if (specs === undefined) return undefined;
  const files = specs.length === 0 ? [`${process.cwd()}/`] : specs.map((file) => resolve(file));
  const gone = files.find(isTemporary);
  if (gone === undefined) return undefined;
  const cure = 'Put the spec where it can stay, such as /etc/netctl/netctl.yaml.';
  return { why: `the unit could not read ${gone}, since ${EMPTIED}`, cure };
}

const EMPTIED = 'a boot empties that folder';

async function unreadableByRoot(path: string): Promise<string | undefined> {
  if (isTemporary(path)) return EMPTIED;
  for (let at = path; ; at = dirname(at)) {
    const { uid, mode } = await stat(at);
    const others = at === path ? 0o4 : 0o1;
    if (uid !== 0 && (mode & others) === 0) return `${at} is not root's`;
    if (at === dirname(at)) return undefined;
  }
}

/** Whether a boot empties the folder that a file is in. */
function isTemporary(path: string): boolean {
  return /^(\/var)?\/tmp\//.test(path);
}
