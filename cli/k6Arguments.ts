/** Arguments for k6 itself, after `--`. Pure. */
import { InputError, withoutCredentials } from '../lib/settings.ts';
import { LOAD_ADVICE } from './environment.ts';

const LOAD = ['--vus', '-u', '--duration', '-d', '--iterations', '-i', '--stage', '-s'];
const ENVIRONMENT = ['--env', '-e'];
const OURS = ['--address', '-a', '--summary-mode', '--no-summary', '--no-thresholds', '--paused', '-p'];

/** Throws an InputError for arguments that would replace the load, bypass the settings or blind the command. */
export function refuseK6Arguments(args: readonly string[]): void {
  const problems = args.flatMap((arg) => {
    if (names(arg, LOAD)) return [`${arg} would replace the load of the script: ${LOAD_ADVICE}.`];
    if (names(arg, ENVIRONMENT)) return [`${arg} belongs before the --, where its name is checked.`];
    if (names(arg, OURS)) return [`${arg} can't be given to k6 here: crescendo run needs it for itself.`];
    return [];
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** `--vus`, `--vus=5`, `-u` or `-u5`. */
function names(arg: string, flags: readonly string[]): boolean {
  return flags.some((flag) =>
    flag.startsWith('--')
      ? arg === flag || arg.startsWith(`${flag}=`)
      : /^-[a-z]/.test(arg) && arg.startsWith(flag),
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
