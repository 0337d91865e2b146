import { Document, isCollection, visit } from "yaml";

/** Characters up to which a map or a list stands on one line. */
const mostOnALine = 150;

/** YAML with small maps and lists on one line, as people write it. */
export function stringifyShort(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Collection: (key, node) => {
      if (key === null) return undefined;
      if (JSON.stringify(node.toJSON()).length > mostOnALine) return undefined;
      if (isCollection(node)) node.flow = true;
      return visit.SKIP;
    },
  });
  return document.toString({ flowCollectionPadding: false, lineWidth: 0 });
}
