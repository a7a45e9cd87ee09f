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
  /** The type of what it makes, such as `ChatProtocol`. */
  protocol: string;
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
    const exported = symbol === undefined ? [] : checker.getExportsOfModule(symbol);
    const [made] = exported.flatMap((one) => madeBy(one, checker));
    return made === undefined ? [] : [{ name: basename(path, '.ts'), ...made }];
  });
}

/** The protocol that a function makes, and the fields of its first parameter; nothing for another export. */
function madeBy(symbol: ts.Symbol, checker: ts.TypeChecker): Omit<ShippedDialect, 'name'>[] {
  const { valueDeclaration } = symbol;
  if (valueDeclaration === undefined) return [];
  const typeOf = (one: ts.Symbol) => checker.getTypeOfSymbolAtLocation(one, valueDeclaration);
  return typeOf(symbol)
    .getCallSignatures()
    .map((signature) => ({
      protocol: checker.typeToString(signature.getReturnType()),
      words: signature.parameters.slice(0, 1).flatMap((words) =>
        typeOf(words)
          .getProperties()
          .map(({ name }) => name),
      ),
    }))
    .filter(({ protocol }) => /^\w+Protocol$/.test(protocol));
}
