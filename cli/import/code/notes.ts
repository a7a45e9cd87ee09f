/** What an import could not derive, or had to guess: for the comments at the place, and for the end of the command. */

/** Collects it by the member of the protocol that it is about. */
export class Notes {
  private readonly byMember = new Map<string, string[]>();
  private readonly untold: string[] = [];
  private readonly hide: (text: string) => string;

  /** `hide` takes secrets out of what is noted. */
  constructor(hide: (text: string) => string) {
    this.hide = hide;
  }

  /** A comment above a member. */
  comment(member: string, text: string): void {
    const known = this.byMember.get(member) ?? [];
    if (!known.includes(text)) this.byMember.set(member, [...known, text]);
  }

  /** What somebody must look at: a comment, and a line at the end. */
  open(member: string, text: string): void {
    this.comment(member, text);
    this.tell(text);
  }

  /** A line at the end only. */
  tell(text: string): void {
    if (!this.untold.includes(text)) this.untold.push(text);
  }

  commentsOf(member: string): readonly string[] {
    return (this.byMember.get(member) ?? []).map(this.hide);
  }

  all(): readonly string[] {
    return this.untold.map(this.hide);
  }
}
