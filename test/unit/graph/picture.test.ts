import { expect, test } from 'vitest';
import { draw } from '../../../packages/cli/src/graph/draw.js';
import { homeTopology } from '../../support/graph/home.js';

test('the picture in docs/graph.md is what is drawn', async () => {
  await expect(await draw(await homeTopology(), 'svg')).toMatchFileSnapshot('../../../docs/graph.svg');
});
