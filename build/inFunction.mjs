/** What makes a bundle cheap for VUs: its top-level names go into a function. Text in, text out. */

/**
 * Puts a bundle's code into a function, all but its imports and exports. k6 keeps a table of a module's top-level names
 * in every VU, 12 KB for these; a function has none. Every line stays where the source map has it.
 */
export function inFunction(bundle) {
  const end = bundle.lastIndexOf('\nexport {');
  if (end < 0) return bundle;
  const imports = [];
  const code = bundle.slice(0, end).replace(/^import (?:[^;]+ from )?"k6[^"]*";$/gm, (statement) => {
    imports.push(statement.replaceAll('\n', ' '));
    return statement.replace(/.+/g, '');
  });
  return `${imports.join(' ')} const exported = await (async () => { ${code}${bundle.slice(end).replace(/export \{[^}]+\};/, returned)}`;
}

/** What stands for a bundle's `export { name, other as default };` behind its code in a function. */
function returned(statement) {
  const pairs = statement.match(/[\w$]+( as [\w$]+)?(?=[,\n])/g).map((pair) => {
    const [name, exported = name] = pair.split(' as ');
    return [exported, name];
  });
  const exports = pairs.map(([exported]) =>
    exported === 'default'
      ? 'export default exported.default;'
      : `export const ${exported} = exported.${exported};`,
  );
  return `return { ${pairs.map((pair) => pair.join(': ')).join(', ')} }; })(); ${exports.join(' ')}`;
}
