/** What the compiler says of files outside the checkout. */
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './bundle.ts';

/** A sentence for each problem, behind the name of its file; checked as our own files are. */
export function typeProblems(paths: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const declarations = fileNames.filter((path) => path.endsWith('.d.ts'));
  const typeRoots = [join(ROOT, 'node_modules', '@types')];
  const program = ts.createProgram([...paths, ...declarations], { ...options, typeRoots });
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}
