// Runs checks, says what became of each, and counts.

export class Tally {
  passed = 0;
  failed = 0;

  // A check throws, or gives a list of what is wrong.
  async check(name, body) {
    let problems;
    try {
      problems = (await body()) ?? [];
    } catch (error) {
      problems = [error.stack];
    }
    if (problems.length === 0) {
      this.passed++;
      return;
    }
    this.failed++;
    console.log(`${name}: failed`);
    for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
    if (problems.length > 20) console.log(`  … and ${problems.length - 20} more`);
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed > 0 ? 1 : 0;
  }
}

// What is in one list and not in the other, either way.
export function differences(a, nameA, b, nameB) {
  const [setA, setB] = [new Set(a), new Set(b)];
  return [
    ...[...setA].filter((item) => !setB.has(item)).map((item) => `${item} is in ${nameA}, not in ${nameB}`),
    ...[...setB].filter((item) => !setA.has(item)).map((item) => `${item} is in ${nameB}, not in ${nameA}`),
  ];
}
