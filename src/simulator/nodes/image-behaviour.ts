/**
 * What the tag of an image makes its container do. A word counts when the tag is the word or ends with "-word",
 * so that ":v2-crash" is version 2 of something that crashes. Images on real test nodes behave alike.
 */
export type ImageBehaviour = 'good' | 'broken' | 'crash' | 'missing' | 'slow';

const WORDS: readonly ImageBehaviour[] = ['broken', 'crash', 'missing', 'slow'];

export function behaviourOf(image: string): ImageBehaviour {
  const tag = tagOf(image);
  return WORDS.find((word) => tag === word || tag.endsWith(`-${word}`)) ?? 'good';
}

/** "" for an image named by digest alone; "latest" where there is no tag. */
export function tagOf(image: string): string {
  const [name = '', digest] = image.split('@');
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) return name.slice(colon + 1);
  return digest === undefined ? 'latest' : '';
}

/** Different for each image, as a digest is. */
export function imageIdOf(image: string): string {
  return `sim://${image}`;
}
