/** The keywords of JSON Schema that docs/report.schema.json uses; others are for readers. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** Says where a value isn't what its schema says. */
export class Misfit extends Error {}

/**
 * Returns a copy of a parsed JSON value that has what the schema names and nothing else: a key such as `__proto__`, or one of a
 * later version, isn't copied. An optional field with a value that a later version may have added to its list is left out, too.
 * It throws a Misfit for a value that doesn't fit, and for one with more than `most` parts.
 */
export function conform(schema: Schema, value: unknown, most: number): unknown {
  let parts = 0;

  function copy(s: Schema, from: unknown, at: string): unknown {
    if (++parts > most) throw new Misfit(`it has more than ${most} parts`);
    const named = s.$ref === undefined ? s : schema.$defs?.[s.$ref.replace("#/$defs/", "")];
    if (named === undefined) throw new Misfit(`${at}: the schema has no ${s.$ref}`);
    const allowed = named.const === undefined ? named.enum : [named.const];
    if (allowed !== undefined) {
      if (!allowed.includes(from)) throw new Misfit(`${at}: unknown value`);
      return from;
    }
    switch (named.type) {
      case "object":
        return copyObject(named, from, at);
      case "array":
        if (!Array.isArray(from)) throw new Misfit(`${at}: not a list`);
        return from.map((item: unknown, i) => copy(named.items ?? {}, item, `${at}[${i}]`));
      case "integer":
      case "number":
        if (typeof from !== "number" || (named.type === "integer" && !Number.isInteger(from))) throw new Misfit(`${at}: not a number`);
        return from;
      default:
        if (typeof from !== named.type) throw new Misfit(`${at}: not a ${named.type}`);
        return from;
    }
  }

  function copyObject(s: Schema, from: unknown, at: string): Record<string, unknown> {
    if (typeof from !== "object" || from === null || Array.isArray(from)) throw new Misfit(`${at}: not an object`);
    const made: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(s.properties ?? {})) {
      if (!Object.hasOwn(from, name)) {
        if (s.required?.includes(name)) throw new Misfit(`${at}.${name}: missing`);
        continue;
      }
      const value = (from as Record<string, unknown>)[name];
      const optionalWord = property.enum !== undefined && !s.required?.includes(name);
      if (optionalWord && typeof value === "string" && !property.enum.includes(value)) continue;
      made[name] = copy(property, value, `${at}.${name}`);
    }
    return made;
  }

  return copy(schema, value, "report");
}
