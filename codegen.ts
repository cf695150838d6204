import type { CodegenConfig } from '@graphql-codegen/cli';

/** The one recipe for the clients' types: typed documents over the committed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['schema/operations/**/*.graphql'],
  generates: {
    'clients/sdk/__generated__/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: true },
      config: {
        useTypeImports: true,
        importExtension: '.ts',
        enumsAsTypes: true,
        scalars: {
          DateTime: 'string',
          JSON: 'unknown',
          JSONObject: 'Record<string, unknown>',
          Quantity: 'string',
          IntOrString: 'number | string',
          LabelSelector: 'string',
        },
      },
    },
  },
};

// The generator looks for a default export.
export default config;
