import { expect } from 'chai';
import { createLiveRegion } from '../../../src/cli/live-region.js';
import { cutTo, painter, visibleLength } from '../../../src/cli/paint.js';
import { aKeptOutput } from '../../support/a-context.js';

describe('createLiveRegion', () => {
  it('draws over its own lines, and keeps printed text above them', () => {
    const output = aKeptOutput({ live: true });
    const region = createLiveRegion(output);
    region.draw(['one', 'two']);
    region.print('kept\n');
    region.draw([]);
    expect(output.text()).to.equal(
      'one\ntwo\n' + '\u001b[2A\r\u001b[0Jkept\none\ntwo\n' + '\u001b[2A\r\u001b[0J',
    );
  });

  it('draws nothing where lines cannot be taken back', () => {
    const output = aKeptOutput();
    const region = createLiveRegion(output);
    region.draw(['one']);
    region.print('kept\n');
    expect(output.text()).to.equal('kept\n');
  });

  it('cuts a line that would fold', () => {
    const output = { ...aKeptOutput({ live: true }), width: () => 10 };
    const region = createLiveRegion(output);
    region.draw(['a line of more than ten letters']);
    expect(output.text()).to.equal('a line o…\n');
  });
});

describe('cutTo', () => {
  it('counts letters, not marks, and closes the marks', () => {
    const paint = painter({ colour: true });
    const text = `${paint('green', '✔')} steady ${paint('cyan', '▁▂▃')}`;
    expect(visibleLength(text)).to.equal(12);
    expect(cutTo(text, 12)).to.equal(text);
    expect(visibleLength(cutTo(text, 11))).to.equal(11);
    expect(cutTo(text, 11).endsWith('\u001b[0m…')).to.equal(true);
  });
});
