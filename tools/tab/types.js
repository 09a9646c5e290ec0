'use strict';
// Writes the TypeScript types of report.json from its schema, so that the schema stays the only place that describes it.
// usage: node types.js docs/report.schema.json >OUT.ts
const fs = require('fs');

const named = (name) => name[0].toUpperCase() + name.slice(1);

// typeOf is the type of what a schema allows. It knows the keywords that report.schema.json uses, and stops at others.
function typeOf(schema, indent) {
  const known = ['$ref', '$schema', '$defs', 'title', 'description', 'type', 'const', 'enum', 'properties', 'required', 'additionalProperties', 'items', 'minimum', 'format'];
  const other = Object.keys(schema).find((key) => !known.includes(key));
  if (other) throw new Error(`types.js doesn't know the keyword ${other}`);
  if (schema.$ref) return named(schema.$ref.replace('#/$defs/', ''));
  if (schema.enum || schema.const) return (schema.enum || [schema.const]).map((value) => JSON.stringify(value)).join(' | ');
  switch (schema.type) {
    case 'string': case 'boolean': return schema.type;
    case 'integer': case 'number': return 'number';
    case 'array': {
      const item = typeOf(schema.items, indent);
      return /^[\w{]/.test(item) && !item.includes(' | ') ? `${item}[]` : `(${item})[]`;
    }
    case 'object': {
      const inner = indent + '  ';
      const fields = Object.entries(schema.properties).map(([name, property]) => {
        const about = property.description ? `${inner}/** ${property.description} */\n` : '';
        return `${about}${inner}${name}${(schema.required || []).includes(name) ? '' : '?'}: ${typeOf(property, inner)};\n`;
      });
      return `{\n${fields.join('')}${indent}}`;
    }
  }
  throw new Error(`types.js doesn't know the type ${schema.type}`);
}

const [source] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(source, 'utf8'));
const types = [['Report', schema], ...Object.entries(schema.$defs)].map(([name, s]) => `export type ${named(name)} = ${typeOf(s, '')};\n`);
process.stdout.write(`// Written by tools/tab/types.js from docs/report.schema.json; don't edit it.\n\n${types.join('\n')}`);
