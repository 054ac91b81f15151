/**
 * How the names of the configuration networks begin that netctl makes to see what an engine adds to every network, and
 * removes at once.
 */
export const THROWAWAY_PREFIX = 'netctl-defaults-';

/** How the names of other networks begin that netctl keeps for itself. */
export const ADOPTED_PREFIX = 'netctl-adopted-';

/** The network in which netctl keeps its journal. */
export const JOURNAL_NAME = 'netctl-journal';

/** The network by which netctl remembers that it took an engine into a swarm. */
export const SWARM_MARK_NAME = 'netctl-swarm';
