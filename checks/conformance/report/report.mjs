// What every dialect's script does: a line for each method, and the end.
import assert from 'node:assert/strict';

const ABSENT = ': not offered by this release of Paddock';

let failed = 0;

function line(value) {
  console.log(JSON.stringify(value));
}

function fail(method, why) {
  failed++;
  line({ method, result: 'fail', why });
}

/** Runs one method's checks; what they return is handed on to later ones. */
export async function check(method, checks) {
  try {
    const value = await checks();
    line({ method, result: 'pass' });
    return value;
  } catch (failure) {
    fail(method, String(failure?.message ?? failure));
    console.error(method, failure);
    return undefined;
  }
}

/** A method that is absent for a reason of its own. */
export function absent(method, why) {
  line({ method, result: 'not_offered', why });
}

/** A method that is not offered must be refused so, by its feature's name; `refuse` gives the message. */
export async function notOffered(method, refuse) {
  try {
    const message = await refuse();
    assert.ok(message.includes(ABSENT), message);
    absent(method, message.slice(0, message.indexOf(ABSENT)));
  } catch (failure) {
    fail(method, String(failure?.message ?? failure));
  }
}

/** The error that the call fails with. */
export async function errorOf(call) {
  return call().then(
    () => assert.fail('it was not refused'),
    (failure) => failure,
  );
}

/** The items of a list with pages, or of a stream. */
export async function all(pages) {
  const items = [];
  for await (const item of await pages) items.push(item);
  return items;
}

/** Asks again until there is an answer. */
export async function eventually(what, ask, seconds = 10) {
  for (let left = seconds * 20; left > 0; left--) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('never: ' + what);
}

export function end() {
  process.exit(failed === 0 ? 0 : 1);
}
