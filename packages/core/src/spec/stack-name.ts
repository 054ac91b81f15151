/** What the name of a stack may be; the text reads after "must be" and after "Use". */
export const STACK_NAME = {
  pattern: /^[a-z0-9][a-z0-9_-]{0,62}$/,
  told: 'at most 63 lower-case letters, digits, "-" and "_", a letter or digit first',
};
