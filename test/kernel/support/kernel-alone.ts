/** What engines have no part in is tested with one of them: see test/support/kernel-projects.ts. */
export const kernelAlone = process.env['NETCTL_TEST_KERNEL_ALONE'] !== '';

/** What engines may have a part in is tested with the oldest and the newest, unless it is a cell of the support table. */
export const inTheMiddle = process.env['NETCTL_TEST_MIDDLE'] === 'yes';
