/** Getting a container's image, again and again until it is there or the pod ends, with the states and Events of the kubelet. */
import { imageName } from './image-name.ts';
import { type PodContext, pause, tell } from './pod-context.ts';
import type { Image } from './pull.ts';
import { type Slot, setWaiting } from './slot.ts';

const longest = 300_000;

/** Undefined where the pod ended before. */
export async function obtainImage(context: PodContext, slot: Slot): Promise<Image | undefined> {
  const { images, ending, cluster } = context;
  const { image, imagePullPolicy } = slot.spec;
  const { imageBackOff, imageBackOffShown } = cluster.settings.timing;
  const present = images.present(image);
  if (present && (imagePullPolicy !== 'Always' || present.folder === undefined)) {
    tell(context, 'Normal', 'Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`, slot);
    return present;
  }
  for (let wait = imageBackOff; !ending.aborted; wait = Math.min(wait * 2, longest)) {
    if (!imageName(image) || imagePullPolicy === 'Never') {
      await refuse(context, slot, imageName(image) ? neverPull(image) : badName(image));
      continue;
    }
    const pulled = await pull(context, slot);
    if (typeof pulled !== 'string') return pulled;
    const shown = Math.min(imageBackOffShown, wait);
    await pause(shown, ending);
    if (!ending.aborted) backOff(context, slot, pulled);
    await pause(wait - shown, ending);
  }
  return undefined;
}

/** The image, or the words of the failure. */
async function pull(context: PodContext, slot: Slot): Promise<Image | string> {
  const { image } = slot.spec;
  tell(context, 'Normal', 'Pulling', `Pulling image "${image}"`, slot);
  const began = Date.now();
  try {
    const pulled = await context.images.pull(image);
    const took = `${Date.now() - began}ms`;
    tell(
      context,
      'Normal',
      'Pulled',
      `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.size} bytes.`,
      slot,
    );
    return pulled;
  } catch (error) {
    const { message } = error as Error;
    tell(context, 'Warning', 'Failed', `Failed to pull image "${image}": ${message}`, slot);
    tell(context, 'Warning', 'Failed', 'Error: ErrImagePull', slot);
    setWaiting(slot, 'ErrImagePull', message);
    context.publish();
    return message;
  }
}

function backOff(context: PodContext, slot: Slot, message: string): void {
  const words = `Back-off pulling image "${slot.spec.image}"`;
  tell(context, 'Normal', 'BackOff', words, slot);
  tell(context, 'Warning', 'Failed', 'Error: ImagePullBackOff', slot);
  setWaiting(slot, 'ImagePullBackOff', `${words}: ErrImagePull: ${message}`);
  context.publish();
}

interface Refusal {
  waiting: string;
  event: string;
  message: string;
}

const neverPull = (image: string): Refusal => ({
  waiting: 'ErrImageNeverPull',
  event: 'ErrImageNeverPull',
  message: `Container image "${image}" is not present with pull policy of Never`,
});

const badName = (image: string): Refusal => ({
  waiting: 'InvalidImageName',
  event: 'InspectFailed',
  message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
});

async function refuse(context: PodContext, slot: Slot, { waiting, event, message }: Refusal): Promise<void> {
  tell(context, 'Warning', event, message, slot);
  tell(context, 'Warning', 'Failed', `Error: ${waiting}`, slot);
  setWaiting(slot, waiting, message);
  context.publish();
  await pause(context.cluster.settings.timing.volumeRetry, context.ending);
}
