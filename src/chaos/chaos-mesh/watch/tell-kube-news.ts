import { describeKubeNews, isNews, type KubeNews } from './kube-news.js';
import type { Pod } from '../pod.js';

/** Picks what Kubernetes has to say about the targets, and about those who start new ones. */
export interface KubeNewsTeller {
  readonly take: (news: KubeNews) => void;
  /** A pod that the selectors mean: what was said of it before it was known is told now. */
  readonly know: (pod: Pod) => void;
}

/** News of pods that nobody has seen yet: they may become targets. Enough for a busy namespace. */
const MOST_WAITING = 500;

export function createKubeNewsTeller(
  emit: (kind: string, message: string, target: string) => void,
): KubeNewsTeller {
  const pods = new Map<string, string>();
  const owners = new Set<string>();
  const waiting = new Map<string, KubeNews>();
  const told = new Map<string, number>();

  function tell(news: KubeNews, target: string): void {
    const before = told.get(news.uid);
    // What repeats is told again when it has become twice as much, and not each time.
    if (before !== undefined && news.count < before * 2) return;
    told.set(news.uid, news.count);
    emit('pod-event', `${target}: ${describeKubeNews(news)}`, target);
  }

  function take(news: KubeNews): void {
    if (!isNews(news)) return;
    const { kind, name, uid } = news.about;
    if (kind !== 'Pod') {
      const owner = `${kind}/${name}`;
      if (owners.has(owner)) tell(news, owner);
      return;
    }
    const id = pods.get(uid);
    if (id !== undefined) {
      tell(news, id);
      return;
    }
    waiting.set(news.uid, news);
    const [oldest] = waiting.keys();
    if (waiting.size > MOST_WAITING && oldest !== undefined) waiting.delete(oldest);
  }

  return {
    take,
    know({ uid, id, owner }) {
      if (owner !== '') owners.add(owner);
      if (pods.has(uid)) return;
      pods.set(uid, id);
      for (const [key, news] of waiting) {
        if (news.about.uid !== uid) continue;
        waiting.delete(key);
        tell(news, id);
      }
    },
  };
}
