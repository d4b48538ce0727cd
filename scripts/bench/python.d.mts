export function findPython():
  | {
      readonly command: string
      readonly versions: Readonly<Record<string, string>>
      readonly missing?: undefined
    }
  | { readonly missing: string }
