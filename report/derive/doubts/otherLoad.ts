/** Said where a run made more or less load than its plan, and the load generator was not too slow. */
export const OTHER_LOAD =
  'k6 made another load than the plan, so run the script without load options of k6, from its bundle and on one machine';
