import type { ContainerImage as Image } from '../../../model/object-record.ts';
import { builder } from '../../builder.ts';

export const ContainerImage = builder.objectRef<Image>('ContainerImage').implement({
  description: 'The image of one container.',
  fields: (t) => ({
    container: t.exposeString('container', { description: 'Name of the container.' }),
    image: t.exposeString('image', { description: 'Image as the spec names it.' }),
  }),
});
