/** One line of the doctor's. */
export interface Finding {
  grade: 'fine' | 'doubtful' | 'bad';
  text: string;
}
