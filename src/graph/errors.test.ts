import { GraphQLError, graphqlSync, parse, Source, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../model/errors.ts';
import { type LogFields, type Logger, silentLogger } from '../runtime/logger.ts';
import { badInput, maskError, printErrorCatalogue } from './errors.ts';
import { buildSchema } from './schema.ts';

function listening(): { logger: Logger; heard: LogFields[] } {
  const heard: LogFields[] = [];
  return { heard, logger: { ...silentLogger, error: (_message, fields = {}) => heard.push(fields) } };
}

describe('what leaves the process', () => {
  it('is an error of the list as it is', () => {
    const error = badInput('first', 'must be small');
    expect(maskError(error, 'id-1', silentLogger)).toBe(error);
    expect(error.toJSON()).toMatchObject({ message: 'first: must be small', extensions: { code: 'BAD_USER_INPUT', retryable: false } });
  });

  it.each([
    { name: 'a fault', error: new Error('password=hunter2') },
    {
      name: 'a fault in a resolver',
      error: new GraphQLError('password=hunter2', { path: ['pods'], originalError: new TypeError('password=hunter2') }),
    },
    { name: 'something that is no error', error: 'password=hunter2' },
  ])('is $name without its text, which is logged under the same id', ({ error }) => {
    const { logger, heard } = listening();
    const masked = JSON.stringify(maskError(error, 'id-2', logger));
    expect(masked).not.toContain('hunter2');
    expect(masked).not.toContain('stack');
    expect(JSON.parse(masked)).toMatchObject({
      message: expect.stringContaining('id-2'),
      extensions: { code: 'INTERNAL', correlationId: 'id-2' },
    });
    expect(heard).toMatchObject([{ correlationId: 'id-2', error: 'password=hunter2' }]);
  });

  it('keeps the place of a masked error in the answer', () => {
    const error = new GraphQLError('x', { path: ['pods', 'nodes'], originalError: new Error('x') });
    expect(maskError(error, 'id', silentLogger).path).toEqual(['pods', 'nodes']);
  });

  it('names mistakes in documents, without telling names of the schema', () => {
    const [unknownField] = validate(buildSchema(), parse('{ viewer { nam } }'));
    expect(unknownField?.message).toContain('Did you mean');
    const masked = maskError(unknownField, 'id', silentLogger);
    expect(masked.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(masked.message).not.toContain('Did you mean');
    const { errors } = graphqlSync({ schema: buildSchema(), source: new Source('{ viewer {') });
    expect(maskError(errors?.[0], 'id', silentLogger).extensions['code']).toBe('GRAPHQL_PARSE_FAILED');
  });
});

describe('a variable', () => {
  it.each([
    { name: 'that is missing', variableValues: {} },
    { name: 'of the wrong type', variableValues: { name: 7 } },
    { name: 'that is null', variableValues: { name: null } },
  ])('$name is the input of the caller', ({ variableValues }) => {
    const source = 'query ($name: String!) { cluster(name: $name) { name } }';
    const { errors } = graphqlSync({ schema: buildSchema(), source, variableValues });
    expect(maskError(errors?.[0], 'id', silentLogger).extensions['code']).toBe('BAD_USER_INPUT');
  });
});

describe('the catalogue', () => {
  it('is printed whole', () => {
    for (const code of Object.keys(ERROR_CATALOGUE)) expect(printErrorCatalogue()).toContain(`| \`${code}\` |`);
  });
});
