/** A day of an agent platform in 44 minutes, and what each user does in it; for `phases`, and for `stress` at staging. */
export const FIVE_PHASES = {
  PHASES: [
    'warm-up:10-100:60',
    'ramp-up:100-1000:300',
    'sustained:1000:1800',
    'peak:1000-2000:300',
    'ramp-down:2000-100:180',
  ].join(','),
  CHANNELS: 'agents,metrics',
  PINGS: '20',
  MESSAGES: '20',
};
