// The client preset with persisted documents, against the live address: the manifest that it emits is the one that
// `documents_manifest` takes.
export default {
  schema: [{ [process.env.TIDUI_URL]: { headers: { authorization: `Bearer ${process.env.TIDUI_TOKEN}` } } }],
  documents: ['documents.graphql'],
  generates: { 'build/generated/': { preset: 'client', presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } } } },
};
