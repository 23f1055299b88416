/** The two directions of a cipher. */
export type Direction = 'encrypt' | 'decrypt';
