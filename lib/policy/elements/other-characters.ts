/** What an element does with ASCII letters and digits outside its alphabet. */
export type OtherCharacters = 'keep' | 'refuse';

/** Returns the option of an element; policies of earlier versions do not have it. */
export function otherCharactersOf(element: object): OtherCharacters {
  return 'otherCharacters' in element && element.otherCharacters === 'refuse' ? 'refuse' : 'keep';
}
