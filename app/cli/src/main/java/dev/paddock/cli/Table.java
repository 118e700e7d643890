package dev.paddock.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, each as wide as its widest cell. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(List.of(header));
  }

  void row(String... cells) {
    rows.add(
        List.of(cells).stream().map(cell -> Screen.printable(cell).replace('\n', ' ')).toList());
  }

  private boolean isEmpty() {
    return rows.size() == 1;
  }

  /** On stdout; a sentence on stderr where there are no rows. */
  void print(String none) {
    if (isEmpty()) {
      System.err.println(none);
    } else {
      System.out.print(this);
    }
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().size();
    int[] width = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        width[i] = Math.max(width[i], row.get(i).codePointCount(0, row.get(i).length()));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        line.append(cell);
        line.repeat(' ', width[i] - cell.codePointCount(0, cell.length()) + 2);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
