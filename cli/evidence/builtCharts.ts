/** The script of the charts in report.html, as the build left it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChartCode } from '../../report/html/charts/chartCode.ts';
import { packageRoot } from '../process/packageRoot.ts';

/** Script and style; `undefined` when they were not built: then the charts stay drawings. */
export function chartCode(): ChartCode | undefined {
  const file = (name: string) => join(packageRoot, 'dist', 'report', name);
  if (!existsSync(file('charts.js'))) return undefined;
  const script = readFileSync(file('charts.js'), 'utf8').trim();
  const hash = `sha256-${createHash('sha256').update(script).digest('base64')}`;
  return { script, hash, style: readFileSync(file('charts.css'), 'utf8') };
}
