package dev.paddock.sandbox.spi;

/** Characters of a terminal's window. */
public record TerminalSize(int columns, int rows) {
  public static final TerminalSize USUAL = new TerminalSize(120, 30);

  public TerminalSize {
    if (columns < 1 || columns > 1000 || rows < 1 || rows > 1000) {
      throw new IllegalArgumentException(
          "a terminal has 1 to 1,000 columns and rows, not %d x %d".formatted(columns, rows));
    }
  }
}
