type EnumValues<T extends string> = { readonly [Name in T]: { readonly value: Name; readonly description: string } };

/** Values of an enum whose names are its values. */
export function describedEnum<T extends string>(descriptions: Readonly<Record<T, string>>): EnumValues<T> {
  const entries = Object.entries<string>(descriptions).map(([name, description]) => [name, { value: name, description }]);
  return Object.fromEntries(entries) as EnumValues<T>;
}
