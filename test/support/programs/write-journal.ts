// Begins a journal and writes to it until it is killed, or cannot go on. Each line of its output stands for an entry that is on disk.
// Arguments: state folder, run id.
import { createJournal } from '../../../src/experiments/create-journal.js';
import { messageOf } from '../../../src/shared/errors.js';
import { processStartToken } from '../../../src/shared/process-identity.js';

const [stateFolder = '', runId = ''] = process.argv.slice(2);
const startToken = (await processStartToken(process.pid)) ?? '';
const journal = createJournal(stateFolder, runId);
try {
  await journal.begin({
    runId,
    experiment: 'delay',
    environment: 'local',
    owner: { pid: process.pid, startToken },
    startedAt: '2026-11-23T08:15:02.000Z',
    temporaryFolders: ['/tmp/plimsoll-x'],
  });
  for (let pid = 1000; ; pid += 2) {
    await Promise.all(
      [pid, pid + 1].map((each) =>
        journal.processStarted({
          pid: each,
          startToken,
          role: `replica ${'orders-1'.repeat(20)}`,
          group: false,
        }),
      ),
    );
    process.stdout.write(`${pid}\n${pid + 1}\n`);
  }
} catch (error) {
  process.stdout.write(`stopped: ${messageOf(error)}\n`);
}
