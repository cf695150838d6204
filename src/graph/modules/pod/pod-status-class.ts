import type { PodStatusClass as Class } from '../../../status/pod-class.ts';
import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';

export const PodStatusClass = builder.enumType('PodStatusClass', {
  description: 'What a pod is doing: the first that holds, in this order. Values may be added.',
  values: describedEnum<Class>({
    TERMINATING: 'Its deletion was asked for.',
    FAILED: 'Ended, and not well.',
    SUCCEEDED: 'Ended well.',
    UNSCHEDULABLE: 'No node fits.',
    IMAGE_ERROR: 'An image cannot be had.',
    CONFIG_ERROR: 'A container cannot be made from its configuration.',
    CRASH_LOOP: 'A container ends again and again.',
    HOOK_BLOCKED: 'Waits for a lifecycle hook of OpenKruise for a long time.',
    IN_PLACE_UPDATING: 'Being updated in place.',
    NODE_DOWN: 'Not ready, and its node is not ready or gone.',
    NOT_READY: 'Not ready for another reason.',
    READY_NOT_AVAILABLE: 'Ready, but not yet for long enough.',
    AVAILABLE: 'Ready for long enough.',
  }),
});
