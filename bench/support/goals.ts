interface Row {
  readonly what: string;
  readonly measured: string;
  readonly goal: string;
  readonly isMet: boolean;
}

/** What a script measures, beside what has to be reached. */
export interface Goals {
  add(what: string, measured: string, goal: string, isMet: boolean): void;
  /** Within a share of what it should be: `near('p95', 552, 550, 0.05, 'ms')`. */
  near(what: string, measured: number, expected: number, share: number, unit: string): void;
  /** Prints the table; the process ends with 1 where a goal is missed. */
  print(title: string): void;
}

export function createGoals(): Goals {
  const rows: Row[] = [];
  return {
    add(what, measured, goal, isMet) {
      rows.push({ what, measured, goal, isMet });
    },
    near(what, measured, expected, share, unit) {
      const off = (measured / expected - 1) * 100;
      rows.push({
        what,
        measured: `${shown(measured)} ${unit}, ${off < 0 ? '' : '+'}${off.toFixed(2)} %`,
        goal: `${shown(expected)} ${unit} ± ${shown(share * 100)} %`,
        isMet: Math.abs(measured - expected) <= share * expected,
      });
    },
    print(title) {
      const width = (cell: (row: Row) => string): number => Math.max(...rows.map((row) => cell(row).length));
      const [what, measured] = [width((row) => row.what), width((row) => row.measured)];
      console.log(`\n${title}`);
      for (const row of rows)
        console.log(
          `  ${row.isMet ? 'met   ' : 'MISSED'}  ${row.what.padEnd(what)}  ${row.measured.padStart(measured)}  goal ${row.goal}`,
        );
      if (rows.length === 0 || rows.some((row) => !row.isMet)) process.exitCode = 1;
    },
  };
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
