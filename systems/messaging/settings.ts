/** The settings that several scripts of the messaging platform have; those of one stand in its folder. Pure data. */
import { restSection } from '../../lib/before/settings/target.ts';
import { OF_SESSIONS } from '../../lib/before/settings/ranges.ts';
import { section } from '../../lib/words/sections.ts';

/** Of scripts that only call the API. */
export const API_TARGET = restSection('address of the API, to which `/v1/…` is added');

/** How users log in. */
export const LOGIN = section({
  title: 'Log-in',
  settings: {
    userName: {
      kind: 'text',
      env: 'USER_NAME',
      default: 'user-#',
      meaning: 'name with which a user logs in; `#` is the number of the user, from 1',
      ...OF_SESSIONS,
    },
    password: {
      kind: 'text',
      env: 'PASSWORD',
      default: 'password',
      meaning: 'password of every user',
      inFiles: 'masked',
      shapes: 'nothing',
      vu: true,
    },
    renewAfter: {
      kind: 'number',
      unit: 'a share',
      where: ' of 1',
      min: 0.01,
      max: 1,
      env: 'RENEW_AFTER',
      default: 0.8,
      meaning: "share of a token's life after which it is renewed",
      ...OF_SESSIONS,
    },
  },
});
