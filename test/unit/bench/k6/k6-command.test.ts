import { expect } from 'chai';
import { k6Environment, runCommand } from '../../../../src/bench/k6/k6-command.js';
import { type LoadReads, READS_NOTHING } from '../../../../src/bench/load-reads.js';
import { anHttpLoad, aScriptLoad } from '../../../support/k6-bench.js';

describe('the command line of k6', () => {
  const binary = { path: '/bin/k6', version: '2.2.0', major: 2, foundIn: 'PATH', isExtended: false } as const;

  it('holds no value of the environment, which everybody on the machine could read', () => {
    const load = aScriptLoad('/s.js', { env: { TOKEN: 'secret' } });
    expect(runCommand(binary, '/w.js', '/rows', READS_NOTHING).join(' ')).to.not.include('secret');
    expect(k6Environment(load, 'r1')).to.include({ TOKEN: 'secret', PLIMSOLL_RUN_ID: 'r1' });
  });

  it('opens no port, keeps no samples in memory, and tells nobody', () => {
    expect(runCommand(binary, '/w.js', '/rows', READS_NOTHING)).to.include.members([
      '--address=',
      '--summary-mode=disabled',
      '--no-thresholds',
      '--no-usage-report',
      'csv=fileName=/rows,saveInterval=100ms,timeFormat=unix_nano',
    ]);
  });

  it('asks for CSV, and for JSON where that alone says all that is read', () => {
    const output = (reads: Partial<LoadReads>, path = '/rows'): string => {
      const command = runCommand(binary, '/w.js', path, { ...READS_NOTHING, ...reads });
      return command[command.indexOf('--out') + 1] ?? '';
    };
    expect(output({ metrics: [{ name: 'http_req_duration', tags: { status: '200' } }] })).to.match(/^csv=/);
    expect(output({ tags: { group: ['a'] } })).to.match(/^csv=/);
    expect(output({ metrics: [{ name: 'queue_wait', tags: {} }] })).to.equal('json=/rows');
    expect(output({ tags: { tenant: ['a'] } })).to.equal('json=/rows');
    expect(output({}, '/a,b')).to.equal('json=/a,b');
  });

  it('asks the extension for records, also of metrics and tags of the script', () => {
    const reads = { ...READS_NOTHING, metrics: ['a', 'a', 'b'].map((name) => ({ name, tags: {} })) };
    const command = runCommand({ ...binary, isExtended: true }, '/w.js', '/a,b', reads);
    expect(command).to.include('plimsoll={"rows":"/a,b","metrics":["a","b"]}');
  });

  it('takes settings away that are stronger than a profile, and leaves them where there is none', () => {
    const profile = k6Environment(anHttpLoad('http://a/'), 'r1');
    expect(profile).to.have.property('K6_VUS', undefined);
    expect(profile).to.have.property('K6_LINGER', undefined);
    const own = k6Environment(aScriptLoad('/s.js'), 'r1');
    expect(own).to.not.have.property('K6_VUS');
    expect(own).to.have.property('K6_LINGER', undefined);
  });
});
