/** The dialects that ship: their files, and the words that each is made of. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../bundle.ts';

const FOLDER = join(ROOT, 'systems', 'chatbot', 'dialects');

/** A file that makes a protocol. */
export interface ShippedDialect {
  /** Such as `socketIo`. */
  name: string;
  /** The fields of what its function takes. */
  words: string[];
}

/** All of them, by what the compiler says of their exports. */
export function shippedFiles(): ShippedDialect[] {
  const paths = readdirSync(FOLDER).map((file) => join(FOLDER, file));
  const program = ts.createProgram(paths, { noLib: true, allowImportingTsExtensions: true, noEmit: true });
  const checker = program.getTypeChecker();
  return paths.flatMap((path) => {
    const file = program.getSourceFile(path);
    const symbol = file && checker.getSymbolAtLocation(file);
    const made = symbol && checker.getExportsOfModule(symbol).flatMap((one) => wordsOf(one, checker));
    return made?.[0] === undefined ? [] : [{ name: basename(path, '.ts'), words: made[0] }];
  });
}

/** The fields of the first parameter of a function that returns a protocol; none of another export. */
function wordsOf(symbol: ts.Symbol, checker: ts.TypeChecker): string[][] {
  const { valueDeclaration } = symbol;
  if (valueDeclaration === undefined) return [];
  const signatures = checker.getTypeOfSymbolAtLocation(symbol, valueDeclaration).getCallSignatures();
  return signatures
    .filter((signature) => checker.typeToString(signature.getReturnType()) === 'ChatProtocol')
    .map(({ parameters: [words] }) =>
      words === undefined
        ? []
        : checker
            .getTypeOfSymbolAtLocation(words, valueDeclaration)
            .getProperties()
            .map(({ name }) => name),
    );
}
