/**
 * The one error of this package: something about a throwaway host or LAN did not work. The message says what, in
 * words for a person; what the system said is in `cause` or at the end of the message.
 */
export class LabError extends Error {
  override readonly name = 'LabError';
}
