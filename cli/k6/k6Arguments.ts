/** Arguments for k6 itself, after `--`. Pure. */
import { k6Options } from '../../lib/before/k6Options.ts';
import { withoutCredentials } from '../../lib/words/query.ts';
import { InputError } from '../../lib/words/settings.ts';

/** Our settings reach a script by environment. */
const SEES_SETTINGS = '--include-system-env-vars';

/** What k6 may not be told here, and why, beside the options that would change the run. */
const OTHERS: readonly { flags: readonly string[]; problem: string }[] = [
  { flags: ['--env', '-e'], problem: 'belongs before the --, where its name is checked' },
  {
    flags: ['--address', '-a', '--summary-mode', '--no-summary', '--paused', '-p', '--linger', '-l'],
    problem: "can't be given to k6 here: crescendo run needs it for itself",
  },
  {
    flags: ['--log-output', '--log-format', '--console-output'],
    problem: "can't be given to k6 here: crescendo run reads what k6 says from k6.log",
  },
  {
    flags: [SEES_SETTINGS],
    problem: "can't be given to k6 here: the script reads its settings from the environment",
  },
];

/** What a k6 that we start is told to run `script`, with what else it gets. */
export function runArguments(script: string, ...more: readonly string[]): string[] {
  return ['run', '--quiet', '--no-color', SEES_SETTINGS, ...more, script];
}

/** What a k6 that we start is told to say what `script` is going to do. */
export function inspectArguments(script: string): string[] {
  return ['inspect', SEES_SETTINGS, script];
}

/** Throws an InputError for arguments that would change the run, bypass the settings or blind the command. */
export function refuseK6Arguments(args: readonly string[]): void {
  const problems = args.flatMap((arg) => problemOf(arg) ?? []);
  if (problems.length > 0) throw new InputError(problems);
}

function problemOf(arg: string): string | undefined {
  const [name = '', value] = arg.split(/=(.*)/s);
  for (const { flags, effect, harmless } of k6Options())
    if (names(arg, flags)) return value && harmless?.test(value) ? undefined : `${name} would ${effect}.`;
  const other = OTHERS.find(({ flags }) => names(arg, flags));
  return other === undefined ? undefined : `${name} ${other.problem}.`;
}

/** `--vus`, `--vus=5`, `-u`, `-u5`, or with others that take no value before it: `-qu5`. */
function names(arg: string, flags: readonly string[]): boolean {
  return flags.some((flag) =>
    flag.startsWith('--')
      ? arg === flag || arg.startsWith(`${flag}=`)
      : new RegExp(`^-[hlpqvw]*${flag[1] ?? ''}`).test(arg),
  );
}

/** The arguments as files may hold them: without credentials in addresses and without the secrets of a secret source. */
export function withoutSecrets(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const flag = /^--secret-source(?==|$)/;
    if (flag.test(arg)) return arg.replace(/=.*$/s, '=…');
    return flag.test(args[index - 1] ?? '') && !args[index - 1]?.includes('=')
      ? '…'
      : withoutCredentials(arg);
  });
}
