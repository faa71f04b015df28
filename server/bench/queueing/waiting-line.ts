/** Jobs that wait: higher priorities first, of equal ones the oldest. */
import type { Job } from './job.ts';

export class WaitingLine {
  /** By priority, the highest first; each in the order of arrival. */
  private readonly classes: { readonly priority: number; readonly jobs: Job[] }[] = [];

  add(job: Job): void {
    const { priority } = job;
    const found = this.classes.find((item) => item.priority === priority);
    if (found) found.jobs.push(job);
    else {
      this.classes.push({ priority, jobs: [job] });
      this.classes.sort((a, b) => b.priority - a.priority);
    }
  }

  /** Takes out the first that may start; null where none may. */
  take(mayStart: (job: Job) => boolean): Job | null {
    for (const { jobs } of this.classes) {
      const at = jobs.findIndex(mayStart);
      if (at >= 0) return jobs.splice(at, 1)[0] ?? null;
    }
    return null;
  }
}
