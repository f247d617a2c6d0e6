import { join } from 'node:path';
import { expect } from 'chai';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { createTape } from '../../../../src/bench/create-tape.js';
import { RESULT_FAILED_RESPONSE, RESULT_NO_RESPONSE, RESULT_OK } from '../../../../src/bench/sample-batch.js';
import { createSampleFile } from '../../../../src/bench/samples/create-sample-file.js';
import { aBatch } from '../../../support/a-batch.js';
import { createFakeClock } from '../../../support/fake-clock.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const T0 = 1_795_000_000_000;

async function rowsOf(path: string) {
  return parquetReadObjects({ file: await asyncBufferFromFile(path) });
}

describe('a file of samples', () => {
  const folder = temporaryFolder();

  it('has every request as the tape counted it', async () => {
    const path = join(folder.path, 'samples.parquet');
    const file = createSampleFile(path, 'run-1');
    const clock = createFakeClock(T0);
    const tape = createTape({ clock, samples: file.sink });
    const endpoint = tape.endpoint('POST /orders');
    tape.begin('steady');
    clock.advanceTo(T0 + 1000);
    tape.end();
    clock.advanceTo(T0 + 1500);
    tape.begin('fault');
    clock.advanceTo(T0 + 2500);
    tape.end();
    clock.advanceTo(T0 + 4500);
    tape.write(
      aBatch([
        { startMs: T0 + 0.25, latencyUs: 1500, endpoint, result: RESULT_OK },
        { startMs: T0 + 900, latencyUs: 200_000, endpoint, result: RESULT_OK },
        {
          startMs: T0 + 1100,
          latencyUs: 1000,
          endpoint: tape.endpoint('GET /orders'),
          result: RESULT_FAILED_RESPONSE,
        },
        { startMs: T0 + 2000, latencyUs: 900_000, endpoint, result: RESULT_NO_RESPONSE },
      ]),
    );
    expect(await file.close()).to.deep.equal({ status: 'whole', samples: 4 });
    expect(await rowsOf(path)).to.deep.equal([
      row(T0 + 0.25, 1.5, 'POST /orders', 'ok', 'steady', 'within'),
      row(T0 + 900, 200, 'POST /orders', 'ok', 'steady', 'set-apart'),
      row(T0 + 1100, 1, 'GET /orders', 'failed-response', 'transition', 'none'),
      row(T0 + 2000, 900, 'POST /orders', 'no-response', 'fault', 'outlived'),
    ]);
    const { key_value_metadata: metadata } = await parquetMetadataAsync(await asyncBufferFromFile(path));
    expect(metadata).to.deep.equal([{ key: 'plimsoll.dev/run', value: 'run-1' }]);
  });

  it('loses none where there are more than fit into one group', async () => {
    const path = join(folder.path, 'samples.parquet');
    const file = createSampleFile(path, 'run-1');
    const { sink } = file;
    const count = 150_001;
    sink.endpoint('GET /');
    for (let index = 0; index < count; index++)
      sink.sample(T0 + index, index, 0, RESULT_OK, 'steady', 'within');
    expect(await file.close()).to.deep.equal({ status: 'whole', samples: count });
    const rows = await rowsOf(path);
    expect(rows.map(({ latencyMs }) => latencyMs as number)).to.deep.equal(
      Array.from({ length: count }, (_, index) => index / 1000),
    );
  });

  it('is a file also where there was no request', async () => {
    const path = join(folder.path, 'samples.parquet');
    const file = createSampleFile(path, 'run-1');
    expect(await file.close()).to.deep.equal({ status: 'whole', samples: 0 });
    expect(await rowsOf(path)).to.deep.equal([]);
  });

  it('says why it cannot be written, and takes no more', async () => {
    const file = createSampleFile(join(folder.path, 'no-such-folder', 'samples.parquet'), 'run-1');
    file.sink.endpoint('GET /');
    file.sink.sample(T0, 1000, 0, RESULT_OK, 'steady', 'within');
    const end = await file.close();
    expect(end.status).to.equal('failed');
    expect(end).to.have.property('reason').that.includes('ENOENT');
  });
});

function row(
  startMs: number,
  latencyMs: number,
  endpoint: string,
  outcome: string,
  phase: string,
  membership: string,
) {
  return { startMs, latencyMs, endpoint, outcome, phase, membership };
}
