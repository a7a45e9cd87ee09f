/** The settings of scripts that read the memory of their target. Pure data. */
import { section, setting, type Setting } from '../../words/sections.ts';

/** `stats` of a reference target at its usual port. */
const OF_REFERENCE = 'http://127.0.0.1:8000/stats';

/** Which process of this machine the command reads, where the target has no address that tells its memory. */
const memoryPid = setting({
  kind: 'custom',
  env: 'MEMORY_PID',
  parse: checkPid,
  meaning:
    '`crescendo run` only: number of a process of this machine, the target, whose memory is read instead',
  shapes: 'nothing',
  kept: false,
});

/** For the command, which must know it before it knows the script's system. */
export const MEMORY_PROCESS = section({ title: 'Memory', settings: { memoryPid } });

/** `target`: the address of the sockets; only where that is the default, the target is known to tell its memory. */
export function memorySection(target: Setting & { default: string }) {
  return section({
    title: 'Memory',
    families: ['MEMORY'],
    settings: {
      memoryUrl: {
        kind: 'url',
        env: 'MEMORY_URL',
        default: {
          from: target,
          by: (address) => (address === target.default ? OF_REFERENCE : undefined),
          is: `\`${OF_REFERENCE}\` where \`${target.env}\` has its default, else none`,
        },
        schemes: ['http', 'https'],
        meaning:
          "address that tells the target's memory: JSON with `memory_rss_bytes`, or Prometheus' `process_resident_memory_bytes`",
        shapes: 'nothing',
        vu: true,
        ofTarget: { by: 'http', path: '/stats' },
      },
      memoryPid,
      memorySeconds: {
        kind: 'number',
        unit: 'seconds',
        where: ', at least 0.05',
        min: 0.05,
        max: 60,
        env: 'MEMORY_SECONDS',
        default: 0.25,
        meaning: 'from one reading of the memory to the next',
        shapes: 'nothing',
        vu: true,
      },
    },
  });
}

function checkPid(text: string, reject: (remedy: string) => void): undefined {
  if (!/^[1-9]\d{0,9}$/.test(text)) reject('it must be the number of a process, for example MEMORY_PID=4711');
}
