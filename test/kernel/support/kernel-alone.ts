/** What engines have no part in is tested with one of them: see test/support/kernel-projects.ts. */
export const kernelAlone = process.env['NETCTL_TEST_KERNEL_ALONE'] !== '';
