import type { Outcome } from '../shared/outcome.js';
import { worst } from '../shared/outcome.js';
import type { Course } from './evidence.js';
import type { Judgement, Verdict } from './judgement.js';

/** The worst of the judgements, unless the course of the run says otherwise. */
export function decideVerdict(judgements: readonly Judgement[], course: Course): Verdict {
  const { outcome, reason, beside } = weigh(judgements, course);
  const caveats = [...beside, ...judgements.map(({ caveat }) => caveat), ...course.caveats].filter(
    (caveat): caveat is string => caveat !== undefined && caveat !== reason,
  );
  return { outcome, reason, caveats: [...new Set(caveats)].map(toSentence) };
}

/** What decides, and what stands beside it and would have decided otherwise. */
function weigh(
  judgements: readonly Judgement[],
  { stopped, invalid, doubts }: Course,
): Pick<Verdict, 'outcome' | 'reason'> & { readonly beside: readonly (string | undefined)[] } {
  if (invalid !== undefined)
    return { outcome: 'inconclusive', reason: invalid, beside: [stopped, ...doubts] };
  // An objective that is open because of a doubt about the whole run is no news beside that.
  const news = judgements.filter(({ reason }) => !doubts.some((doubt) => reason.includes(doubt)));
  const open = describeAll(news, 'inconclusive');
  if (stopped !== undefined) {
    return {
      outcome: 'breach',
      reason: stopped,
      beside: [describeAll(judgements, 'breach'), ...doubts, open],
    };
  }
  const outcome = worst(judgements.map((judgement) => judgement.outcome));
  if (outcome === 'breach') {
    return { outcome, reason: describeAll(judgements, outcome) ?? '', beside: [...doubts, open] };
  }
  const [doubt, ...furtherDoubts] = doubts;
  if (doubt !== undefined)
    return { outcome: 'inconclusive', reason: doubt, beside: [...furtherDoubts, open] };
  if (outcome === 'pass') return { outcome, reason: describePass(judgements.length), beside: [] };
  return { outcome, reason: open ?? 'there is no objective, so that nothing was judged', beside: [] };
}

/** The first judgement of an outcome, and how many others there are. */
function describeAll(judgements: readonly Judgement[], outcome: Outcome): string | undefined {
  const [first, ...others] = judgements.filter((judgement) => judgement.outcome === outcome);
  if (first === undefined || others.length === 0) return first?.reason;
  const are = outcome === 'breach' ? 'breached' : 'inconclusive';
  return others.length === 1
    ? `${first.reason}, and one other objective is ${are}`
    : `${first.reason}, and ${others.length} other objectives are ${are}`;
}

function describePass(count: number): string {
  return count === 1 ? 'the one objective held' : `all ${count} objectives held`;
}

function toSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
