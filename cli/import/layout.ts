/** The layout of code that is made. */

/** How the house writes: that of its own .prettierrc. */
const STYLE = { parser: 'typescript', singleQuote: true, printWidth: 110 } as const;

/** The code as Prettier lays it out; as it is where Prettier is not installed, as in an installation without tools. */
export async function laidOut(code: string): Promise<string> {
  try {
    const { format } = await import('prettier');
    return await format(code, STYLE);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return code;
    throw error;
  }
}
