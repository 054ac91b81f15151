import { Document, isScalar, visit } from 'yaml';
import type { Scalar } from 'yaml';

import type { ComposeUse } from './use.js';

/** A key that is text to every YAML library: Compose's reads `1_000`, `0b1` and `2024-01-01` as something else. */
const PLAIN_KEY = /^(?!(true|false|yes|no|on|off|null|y|n)$)[a-z][a-z0-9_.-]*$/i;

/** As the YAML of a Compose file, in which no text can be taken for anything else. */
export function composeText(use: ComposeUse): string {
  const document = new Document(use);
  const quote = (node: Scalar, plain: boolean): void => {
    if (typeof node.value === 'string') node.type = plain ? 'PLAIN' : 'QUOTE_DOUBLE';
  };
  visit(document, {
    Scalar: (key, node) => {
      if (key !== 'key') quote(node, false);
    },
    Pair: (_, { key }) => {
      if (isScalar(key)) quote(key, typeof key.value === 'string' && PLAIN_KEY.test(key.value));
    },
  });
  return document.toString({ lineWidth: 0 });
}
