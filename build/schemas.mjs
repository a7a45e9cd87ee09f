/** Makes the schemas of `schema/` from the types of the files that they describe: `npm run schemas`. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { createGenerator } from 'ts-json-schema-generator';

const inProject = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What each schema describes, and the exported type of it. */
const SCHEMAS = {
  'summary.schema.json': {
    type: 'SummaryFile',
    title: 'summary.json',
    version: 2,
    description: 'The figures of a run. Times are milliseconds, shares are between 0 and 1.',
  },
  'verdict.schema.json': {
    type: 'Verdict',
    title: 'verdict.json',
    version: 2,
    description: 'What a run came to.',
  },
  'run.schema.json': {
    type: 'RunRecord',
    title: 'run.json',
    version: 1,
    description: "Everything about a run that its figures don't say.",
  },
  'suite.schema.json': {
    type: 'SuiteRecord',
    title: 'suite.json',
    version: 1,
    description: 'What became of the tests of a suite.',
  },
  'suite-file.schema.json': {
    type: 'SuiteFile',
    title: 'suite-file.json',
    version: 1,
    description: 'A suite, as people write it: crescendo suite <file>.',
  },
};

/** The schemas as values, by the name of their file. */
export function schemasOfTypes() {
  const generator = createGenerator({
    path: inProject('report/{derive/evidence,suite/suiteRecord,suite/suiteFile}.ts'),
    tsconfig: inProject('tsconfig.json'),
    // `npm run check` does that.
    skipTypeCheck: true,
    topRef: false,
    functions: 'hide',
  });
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([file, about]) => [file, schemaOf(generator, about)]),
  );
}

/** The generator knows JSON Schema draft 7 only; of what it uses, 2020-12 has another name for definitions. */
function schemaOf(generator, { type, title, version, description }) {
  const { $schema, definitions, description: _, ...schema } = generator.createSchema(type);
  const named = {
    $schema: $schema.replace(
      'http://json-schema.org/draft-07/schema#',
      'https://json-schema.org/draft/2020-12/schema',
    ),
    $id: `urn:crescendo:${title.replace('.json', '')}:${version}`,
    title,
    description,
    ...schema,
    $defs: definitions,
  };
  return JSON.parse(JSON.stringify(named).replaceAll('"#/definitions/', '"#/$defs/'));
}

async function writeSchemas() {
  for (const [file, schema] of Object.entries(schemasOfTypes())) {
    const path = inProject(`schema/${file}`);
    const options = { ...(await resolveConfig(path)), filepath: path };
    const text = await format(JSON.stringify(schema, null, 2), options);
    if (text !== (await readFile(path, 'utf8'))) await writeFile(path, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeSchemas();
