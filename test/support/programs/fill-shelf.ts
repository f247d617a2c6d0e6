// Puts texts on a shelf in a file until it has twice what the file may hold, and says whether each is what it was.
// Arguments: path of the file, bytes that it may hold.
import { createShelfFile } from '../../../src/bench/create-shelf-file.js';
import { waitUntil } from '../wait-until.js';

const [path = '', most = ''] = process.argv.slice(2);
const file = createShelfFile(path);
const kept = [];
for (let number = 0; number * 100 < 2 * Number(most); number++) {
  const text = `${number}`.padEnd(100, '.');
  const place = file.shelf.put(text);
  // One write for each, so that the file fills up between them.
  if (number * 100 < Number(most) - 200) {
    await waitUntil('it is in the file', () => place.text === undefined);
  }
  kept.push({ text, place });
}
await new Promise((resolve) => setTimeout(resolve, 50));
const inFile = kept.filter(({ place }) => place.text === undefined).length;
const isSame = kept.every(({ text, place }) => file.shelf.take(place) === text);
process.stdout.write(
  `${inFile} of ${kept.length} in the file, ${isSame ? 'all the same' : 'not the same'}\n`,
);
await file.close();
