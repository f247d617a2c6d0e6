import type { KubeMetadata } from '../../shared/kubernetes/kube-client.js';

const VERSION = /v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/;
/** What a build that nobody gave a version calls itself. */
const NO_VERSION = '0.0.0';

/** The version in an image's tag: `2.8.3` of `ghcr.io/chaos-mesh/chaos-mesh:v2.8.3@sha256:...`; undefined for `latest`. */
export function versionOfImage(image: string): string | undefined {
  const [named = ''] = image.split('@');
  const tag = named.slice(named.lastIndexOf('/') + 1).split(':')[1];
  return tag === undefined ? undefined : versionIn(tag, /^v?\d/);
}

/** The version that an object's labels or annotations tell, as Helm and most installers set them. */
export function versionOfMetadata({ labels = {}, annotations = {} }: KubeMetadata): string | undefined {
  const told = { ...annotations, ...labels };
  return (
    versionIn(told['app.kubernetes.io/version'] ?? '', /^v?\d/) ??
    versionIn(told['helm.sh/chart'] ?? '', /^chaos-mesh-v?\d/)
  );
}

/** Releases of one minor version share the shape of their objects. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function versionIn(text: string, form: RegExp): string | undefined {
  if (!form.test(text)) return undefined;
  const version = VERSION.exec(text)?.[1];
  return version === NO_VERSION ? undefined : version;
}
