import { type Actor, uploads } from './actor.ts';
import { Ledger, MeasuredApi } from './ledger.ts';
import { pictures } from './pictures.ts';
import { Random } from './random.ts';

/** A client of its own process, which somebody will kill: uploads one file after the other, with pauses in between. */
const [url, token, seed] = process.argv.slice(2) as [string, string, string];
const longestPauseMs = 400;

const ledger = new Ledger();
const random = new Random(Number(seed));
const actor: Actor = {
  api: new MeasuredApi(url, token, ledger),
  ...{ ledger, random, files: [], trash: [], names: [], colleagues: [], pictures: await pictures() },
};
for (;;) {
  const what = random.weighted({ small: 3, picture: 2, multipart: 4, replacing: 3 });
  await uploads[what](actor, longestPauseMs);
}
