/** Whoever comes to the assistant, in words. Pure. */

/** One of a level. */
export const CLIENT = { one: 'client', many: 'clients' };
