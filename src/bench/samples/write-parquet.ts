import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';

/** A column of a Parquet file, with some of its rows. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: 'DOUBLE' | 'INT32' | 'STRING';
  /** Null where there is no value. */
  readonly data: readonly (string | number | null)[] | Float64Array;
}

export interface ParquetFile {
  /** Appends rows, as a row group of their own. */
  append(columns: readonly ParquetColumn[]): void;
  /** Writes the footer, without which no reader opens the file. */
  close(): void;
}

/**
 * Begins a Parquet file, over one that is there. Everything is written at once and in the calling thread; throws what the
 * file system throws.
 *
 * @param columns say what there is, and their rows do not count
 */
export function createParquetFile(
  path: string,
  columns: readonly Pick<ParquetColumn, 'name' | 'type'>[],
  metadata: Readonly<Record<string, string>>,
): ParquetFile {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: schemaFromColumnData({ columnData: columns.map(({ name, type }) => ({ name, type, data: [] })) }),
    createdBy: 'plimsoll',
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return {
    append(rows) {
      const columnData = rows.map(({ name, type, data }) => ({ name, type, data: data as unknown[] }));
      const count = rows[0]?.data.length ?? 0;
      if (count > 0) void writer.write({ columnData, rowGroupSize: count });
    },
    close() {
      void writer.finish();
    },
  };
}
