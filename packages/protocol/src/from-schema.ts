/**
 * The TypeScript type that a JSON Schema literal describes. Knows what the schemas of this
 * package use: const, enum, oneOf, $ref, objects, maps, arrays, tuples and the plain types.
 * `Defs` is the object that `#/$defs/Name` points into.
 */
export type FromSchema<Schema, Defs> = Schema extends {
  readonly $ref: `#/$defs/${infer Name}`;
}
  ? Name extends keyof Defs
    ? FromSchema<Defs[Name], Defs>
    : never
  : Schema extends { readonly const: infer Value }
    ? Value
    : Schema extends { readonly enum: readonly (infer Value)[] }
      ? Value
      : Schema extends { readonly oneOf: readonly (infer Choice)[] }
        ? Choices<Choice, Defs>
        : FromTyped<Schema, Defs>;

/** Distributes over the union of choices. */
type Choices<Choice, Defs> = Choice extends unknown ? FromSchema<Choice, Defs> : never;

type FromTyped<Schema, Defs> = Schema extends { readonly prefixItems: infer Items }
  ? { readonly [Index in keyof Items]: FromSchema<Items[Index], Defs> }
  : Schema extends { readonly type: 'array'; readonly items: infer Item }
    ? readonly FromSchema<Item, Defs>[]
    : Schema extends { readonly type: 'object' }
      ? FromObject<Schema, Defs>
      : Schema extends { readonly type: readonly (infer Name)[] }
        ? Plain<Name>
        : Schema extends { readonly type: infer Name }
          ? Plain<Name>
          : never;

type FromObject<Schema, Defs> = Schema extends { readonly properties: infer Properties }
  ? Simplify<
      {
        readonly [Key in keyof Properties as Key extends RequiredKey<Schema>
          ? Key
          : never]: FromSchema<Properties[Key], Defs>;
      } & {
        readonly [Key in keyof Properties as Key extends RequiredKey<Schema>
          ? never
          : Key]?: FromSchema<Properties[Key], Defs>;
      }
    >
  : Schema extends { readonly additionalProperties: infer Values }
    ? { readonly [key: string]: FromSchema<Values, Defs> }
    : never;

type RequiredKey<Schema> = Schema extends { readonly required: readonly (infer Key)[] }
  ? Key
  : never;

interface PlainTypes {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
  null: null;
}

type Plain<Name> = Name extends keyof PlainTypes ? PlainTypes[Name] : never;

/** Shows as one object in editors and error messages instead of an intersection. */
type Simplify<T> = { [Key in keyof T]: T[Key] };
