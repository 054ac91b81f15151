import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../../integration/support/netctl.js';
import { referenceFiles } from '../../support/reference/files.js';

test('what is made from the sources is what they say (./scripts/reference writes it)', async () => {
  for (const [path, text] of await referenceFiles()) {
    const file = join(repository, path);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined, path).toBe(text);
  }
});
