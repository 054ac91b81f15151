/** Where sockets of this user belong: the user's own runtime folder, that of the system for root, else /tmp. */
export function runtimeFolder(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_RUNTIME_DIR'];
  if (given?.startsWith('/') === true) return given;
  return process.geteuid?.() === 0 ? '/run' : '/tmp';
}
