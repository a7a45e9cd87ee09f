/** What we use of jStat, which brings no types. */
declare module 'jstat' {
  const jStat: {
    studentt: {
      /** The value of Student's t, with so many degrees of freedom, below which a share of it lies. */
      inv(share: number, freedom: number): number;
    };
    /** The standard deviation; of the population that `values` are a sample of, or of themselves. */
    stdev(values: readonly number[], isSample: boolean): number;
  };
  export default jStat;
}
