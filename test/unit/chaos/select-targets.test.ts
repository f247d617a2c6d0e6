import { expect } from 'chai';
import fc from 'fast-check';
import type { Candidate } from '../../../src/chaos/matches-selector.js';
import type { PodSelector, SelectionMode } from '../../../src/chaos/manifest.js';
import { selectTargets, type TargetChoice } from '../../../src/chaos/select-targets.js';
import { seededRandom } from '../../../src/shared/seeded-random.js';

function replicas(count: number, app = 'orders') {
  return Array.from({ length: count }, (_, index) => ({ id: `${app}-${index + 1}`, labels: { app } }));
}

function choose(choice: Partial<TargetChoice>, count: number, seed = 'a run') {
  const selection = selectTargets(
    { selector: {}, mode: 'all', ...choice },
    replicas(count),
    seededRandom(seed),
  );
  return selection.status === 'selected' ? selection.targets.map(({ id }) => id) : selection.finding;
}

function idsOf(selector: PodSelector, candidates: readonly Candidate[]) {
  const selection = selectTargets({ selector, mode: 'all' }, candidates, () => 0);
  return selection.status === 'selected' ? selection.targets.map(({ id }) => id) : [];
}

describe('selectTargets', () => {
  describe('modes', () => {
    it('takes one', () => {
      expect(choose({ mode: 'one' }, 3)).to.have.length(1);
    });

    it('takes all', () => {
      expect(choose({ mode: 'all' }, 3)).to.deep.equal(['orders-1', 'orders-2', 'orders-3']);
    });

    it('takes a fixed count, or what there is', () => {
      expect(choose({ mode: 'fixed', value: '2' }, 3)).to.have.length(2);
      expect(choose({ mode: 'fixed', value: '7' }, 3)).to.have.length(3);
    });

    it('rounds percentages up', () => {
      expect(choose({ mode: 'fixed-percent', value: '10' }, 3)).to.have.length(1);
      expect(choose({ mode: 'fixed-percent', value: '34' }, 3)).to.have.length(2);
      expect(choose({ mode: 'fixed-percent', value: '7' }, 100)).to.have.length(7);
    });

    it('refuses a value that is missing or no number', () => {
      expect(choose({ mode: 'fixed' }, 3)).to.include({ code: 'invalid-selection' });
      expect(choose({ mode: 'fixed', value: '0' }, 3)).to.include({ code: 'invalid-selection' });
      expect(choose({ mode: 'fixed-percent', value: '101' }, 3)).to.include({ code: 'invalid-selection' });
      expect(choose({ mode: 'random-max-percent', value: 'half' }, 3)).to.include({
        code: 'invalid-selection',
      });
    });

    it('refuses a draw of none', () => {
      const selection = selectTargets(
        { selector: {}, mode: 'random-max-percent', value: '50' },
        replicas(3),
        () => 0,
      );
      expect(selection).to.have.nested.property('finding.code', 'no-target');
    });
  });

  describe('selectors', () => {
    const candidates: readonly Candidate[] = [
      { id: 'orders-1', labels: { app: 'orders', tier: '1' } },
      { id: 'carts-1', labels: { app: 'carts' } },
    ];

    it('matches every label that is given', () => {
      expect(idsOf({ labelSelectors: { app: 'orders', tier: '1' } }, candidates)).to.deep.equal(['orders-1']);
      expect(idsOf({ labelSelectors: { app: 'carts', tier: '1' } }, candidates)).to.deep.equal([]);
    });

    it('matches expressions as Kubernetes does', () => {
      const by = (operator: string, values?: string[]) =>
        idsOf(
          { expressionSelectors: [{ key: 'tier', operator, ...(values ? { values } : {}) }] },
          candidates,
        );
      expect(by('In', ['1', '2'])).to.deep.equal(['orders-1']);
      expect(by('NotIn', ['1'])).to.deep.equal(['carts-1']);
      expect(by('Exists')).to.deep.equal(['orders-1']);
      expect(by('DoesNotExist')).to.deep.equal(['carts-1']);
    });

    it('matches names in any namespace', () => {
      expect(idsOf({ pods: { shop: ['carts-1'] } }, candidates)).to.deep.equal(['carts-1']);
    });

    it('says what there is where nothing matches', () => {
      const selection = selectTargets(
        { selector: { labelSelectors: { app: 'order' } }, mode: 'all' },
        candidates,
        () => 0,
      );
      expect(selection.status).to.equal('none');
      if (selection.status !== 'none') return;
      expect(selection.finding.message).to.contain('{"labelSelectors":{"app":"order"}}');
      expect(selection.finding.remedy).to.contain('orders-1 (app=orders, tier=1)');
    });
  });

  describe('laws', () => {
    const anyChoice = fc.record({
      mode: fc.constantFrom<SelectionMode>('one', 'all', 'fixed', 'fixed-percent', 'random-max-percent'),
      value: fc.integer({ min: 1, max: 100 }).map(String),
    });

    it('draws the same for the same seed, in whatever order the candidates come', () => {
      fc.assert(
        fc.property(anyChoice, fc.string(), fc.shuffledSubarray(replicas(12)), (choice, seed, candidates) => {
          const select = (from: typeof candidates) =>
            selectTargets({ selector: {}, ...choice }, from, seededRandom(seed));
          expect(select([...candidates].reverse())).to.deep.equal(select(candidates));
        }),
      );
    });

    it('takes different candidates, each of them matched, and never more than the mode allows', () => {
      fc.assert(
        fc.property(anyChoice, fc.string(), fc.integer({ min: 1, max: 30 }), (choice, seed, count) => {
          const taken = choose(choice, count, seed);
          if (!Array.isArray(taken)) {
            expect(choice.mode).to.equal('random-max-percent');
            return;
          }
          const most = {
            one: 1,
            all: count,
            fixed: Math.min(count, Number(choice.value)),
            'fixed-percent': Math.ceil((count * Number(choice.value)) / 100),
            'random-max-percent': Math.ceil((count * Number(choice.value)) / 100),
          }[choice.mode];
          expect(new Set(taken).size).to.equal(taken.length);
          expect(taken.length).to.be.within(1, most);
          if (choice.mode !== 'random-max-percent') expect(taken).to.have.length(most);
        }),
      );
    });

    it('can draw every candidate', () => {
      const drawn = new Set(
        Array.from({ length: 200 }, (_, run) => JSON.stringify(choose({ mode: 'one' }, 5, `run ${run}`))),
      );
      expect(drawn).to.have.property('size', 5);
    });
  });
});
