export default {
  schema: "../schema.graphql",
  documents: "made/documents/*.graphql",
  generates: {
    "made/types.ts": {
      plugins: ["typescript-operations"],
      config: {
        strictScalars: true,
        scalars: {
          CountryCode: "string",
          CurrencyCode: "string",
          Date: "string",
          DateTime: "string",
          Decimal: "string",
          JSON: "unknown",
          NaiveDate: "string",
          Url: "string",
        },
      },
    },
  },
};
