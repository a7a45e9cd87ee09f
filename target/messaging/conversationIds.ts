/** The ids of conversations. */

/** True for the ids `conv-1` to `conv-<count>`. */
export function isConversation(id: string, count: number): boolean {
  const number = /^conv-([1-9]\d{0,5})$/.exec(id)?.[1];
  return number !== undefined && Number(number) <= count;
}
