import { expect } from 'chai';
import { renderIndex } from '../../../src/report/render-index.js';
import { aResult } from '../../support/a-result.js';
import { aHostileResult } from '../../support/hostile.js';
import { aBreach } from '../../support/some-results.js';

describe('renderIndex', () => {
  it('gives the same page for the same runs, in whatever order they come', () => {
    const entries = [aResult(), aBreach()].map((result) => ({ result, href: `${result.run.id}.html` }));
    expect(renderIndex(entries)).to.equal(renderIndex(entries.toReversed()));
  });

  it('links each run to its report, and the JUnit file where there is one', () => {
    const entries = [{ result: aResult(), href: '../a/report.html' }];
    const page = renderIndex(entries, { junitHref: 'junit.xml' });
    expect(page).to.include('<a href="../a/report.html">order-submit-network-delay</a>');
    expect(page).to.include('<a href="junit.xml">');
    expect(renderIndex(entries)).not.to.include('JUnit');
  });

  it('says that no run is no good news', () => {
    const page = renderIndex([]);
    expect(page).to.include('INCONCLUSIVE').and.include('No experiment was run');
    const shown = page.replace(/<script[\s\S]*?<\/script>/g, '');
    expect(shown).not.to.match(/NaN|undefined|Infinity/);
  });

  it('keeps hostile strings as text', () => {
    const page = renderIndex([{ result: aHostileResult(), href: '"><script>alert(1)</script>' }], {
      title: '<script>alert(2)</script>',
    });
    expect(page.match(/<script/g)).to.have.length(1);
    expect(page).not.to.include('<img');
  });
});
